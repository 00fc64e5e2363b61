"""Filter out responses that belong to an earlier request which timed out.

Where a response does not say which request it belongs to, one that is late is taken for
the response to a new request of the same subject. It says how the slot was then, not
how it is now. So as many responses are dropped as are still outstanding.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Final

_MAX_OUTSTANDING: Final = 2


class StaleResponseFilter[Subject: Hashable, Response]:
    """The outstanding responses of one lock, by the subject of the request."""

    def __init__(self, window: float, is_no_answer: Callable[[Response], bool]) -> None:
        """Begin without outstanding responses.

        `window` is how many seconds after its request a response may still arrive.
        """
        self._window = window
        self._is_no_answer = is_no_answer
        self._sent_at: defaultdict[Subject, list[float]] = defaultdict(list)

    async def async_read(
        self, subject: Subject, read: Callable[[], Awaitable[Response]]
    ) -> Response:
        """Return a response that was requested within this call.

        Reads once, and once more for every outstanding response.
        """
        since = monotonic() - self._window
        outstanding = [sent for sent in self._sent_at.pop(subject, []) if sent > since]
        while True:
            sent_at = monotonic()
            response = await read()
            if self._is_no_answer(response):
                self._sent_at[subject] = [*outstanding, sent_at][-_MAX_OUTSTANDING:]
                return response
            if not outstanding:
                return response
            outstanding.pop(0)
