"""Delivery of frames on the radio: each at its time, in the order in which it was sent."""

import asyncio
from collections.abc import Callable
import heapq
from itertools import count


class RadioMedium:
    """Runs callbacks after delays, in order, in the loop that runs at the first of them."""

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Return the time of the loop that runs."""
        return asyncio.get_running_loop().time()

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Call this in so many seconds, after earlier callbacks for the same moment."""
        due = self.now() + seconds
        heapq.heappush(self._waiting, (due, next(self._order), do))
        self._arm()

    def clear(self) -> None:
        """Drop every frame that is under way."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def is_still(self) -> bool:
        """Return whether nothing is under way."""
        return not self._waiting

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._waiting[0][0], self._land)

    def _land(self) -> None:
        self._timer = None
        # Only what is for one moment: where the loop is late, what was to come after it
        # still comes after what follows from it
        due = self._waiting[0][0]
        while self._waiting and self._waiting[0][0] <= due:
            heapq.heappop(self._waiting)[2]()
        self._arm()
