"""Answers that come when nobody waits for them any more.

A question that the lock does not answer within a second is given up by the driver; when
the answer comes after all while the same thing is asked again, the driver takes it for
the answer to the new question. It tells how the slot was then, not how it is now. So as
many answers are thrown away as are still owed.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Final

from ...model.reading import Occupancy, SlotReading
from .schedule_entries import EntryResponse, NoEntry

LATE_RESPONSE_WINDOW: Final = 30.0
"""How late an answer may come."""
_MOST_OWED: Final = 2


class StaleResponseFilter[About: Hashable]:
    """What one lock still owes, by what it was asked about."""

    def __init__(self) -> None:
        """Begin with nothing owed."""
        self._asked_at: defaultdict[About, list[float]] = defaultdict(list)

    async def read[Answer: SlotReading | EntryResponse](
        self, about: About, read: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Return an answer that was not asked for before this call.

        Asks once, and once more for every answer that is owed.
        """
        since = monotonic() - LATE_RESPONSE_WINDOW
        owed = [asked for asked in self._asked_at.pop(about, []) if asked > since]
        while True:
            asked_at = monotonic()
            answer = await read()
            if _says_nothing(answer):
                self._asked_at[about] = [*owed, asked_at][-_MOST_OWED:]
                return answer
            if not owed:
                return answer
            owed.pop(0)


def _says_nothing(answer: SlotReading | EntryResponse) -> bool:
    if isinstance(answer, SlotReading):
        return answer.occupancy is Occupancy.UNKNOWN
    return answer is NoEntry.NO_ANSWER
