"""Filter out responses that belong to an earlier request which timed out.

The driver gives up a request that the lock does not answer within a second. If the
response arrives while the same thing is requested again, the driver takes it for the
response to the new request. It says how the slot was then, not how it is now. So as
many responses are dropped as are still outstanding.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Final

from ...model.provider_io import Occupancy, SlotReading
from .schedule_entries import EntryResponse, ZwaveNoEntry

LATE_RESPONSE_WINDOW: Final = 30.0
"""Seconds after its request in which a response may still arrive."""
_MAX_OUTSTANDING: Final = 2


class StaleResponseFilter[About: Hashable]:
    """The outstanding responses of one lock, by the subject of the request."""

    def __init__(self) -> None:
        """Begin without outstanding responses."""
        self._sent_at: defaultdict[About, list[float]] = defaultdict(list)

    async def read[Answer: SlotReading | EntryResponse](
        self, about: About, read: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Return a response that was requested within this call.

        Reads once, and once more for every outstanding response.
        """
        since = monotonic() - LATE_RESPONSE_WINDOW
        outstanding = [sent for sent in self._sent_at.pop(about, []) if sent > since]
        while True:
            sent_at = monotonic()
            answer = await read()
            if _is_no_answer(answer):
                self._sent_at[about] = [*outstanding, sent_at][-_MAX_OUTSTANDING:]
                return answer
            if not outstanding:
                return answer
            outstanding.pop(0)


def _is_no_answer(answer: SlotReading | EntryResponse) -> bool:
    if isinstance(answer, SlotReading):
        return answer.occupancy is Occupancy.UNKNOWN
    return answer is ZwaveNoEntry.NO_ANSWER
