"""Answers that come when nobody waits for them any more.

A question that the lock does not answer within a second is given up by the driver; when
the answer comes after all while the same slot is asked again, the driver takes it for
the answer to the new question. It tells how the slot was then, not how it is now. So as
many answers are thrown away as are still owed.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from ...model.reading import Occupancy, Reading

OWED_SECONDS: Final = 30.0
"""How late an answer may come."""
_MOST_OWED: Final = 2


class LateAnswers:
    """What one lock still owes, by slot."""

    def __init__(self) -> None:
        """Begin with nothing owed."""
        self._asked_at: defaultdict[int, list[float]] = defaultdict(list)

    async def ask(self, slot: int, read: Callable[[], Awaitable[Reading]]) -> Reading:
        """Return a reading that was not asked for before this call.

        Asks once, and once more for every answer that is owed.
        """
        since = monotonic() - OWED_SECONDS
        owed = [asked for asked in self._asked_at.pop(slot, []) if asked > since]
        while True:
            asked_at = monotonic()
            reading = await read()
            if reading.occupancy is Occupancy.UNKNOWN:
                self._asked_at[slot] = [*owed, asked_at][-_MOST_OWED:]
                return reading
            if not owed:
                return reading
            owed.pop(0)
