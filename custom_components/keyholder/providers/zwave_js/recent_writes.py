"""Recent writes by slot, to match a rejection that the lock reports seconds later."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from ..base import CodeRejectedError

LATE_REJECTION_WINDOW: Final = 120.0
"""Seconds after a write in which the lock may report why it did not keep the code."""


class RecentWrites:
    """The recently written slots of one lock without a rejection so far."""

    def __init__(self) -> None:
        """Begin without writes."""
        self._at: dict[int, float] = {}
        self._is_writing = False

    @contextmanager
    def track(self, slot: int) -> Iterator[None]:
        """Record a write when it ends, unless it is rejected: then no report is awaited."""
        self._at.pop(slot, None)
        self._is_writing = True
        rejected = False
        try:
            yield
        except CodeRejectedError:
            rejected = True
            raise
        finally:
            self._is_writing = False
            if not rejected:
                self._at[slot] = monotonic()

    def match_rejection(self, slot: int | None) -> int | None:
        """Return the slot whose write a late rejection is about, None if there is none.

        Each write is matched once. A rejection without a slot belongs to a write in
        progress, which receives it itself; otherwise it is matched only if exactly one
        slot was written recently.
        """
        since = monotonic() - LATE_REJECTION_WINDOW
        recent = [each for each, at in self._at.items() if at > since]
        if slot is None and len(recent) == 1 and not self._is_writing:
            slot = recent[0]
        if slot not in recent:
            return None
        self._at.pop(slot, None)
        return slot
