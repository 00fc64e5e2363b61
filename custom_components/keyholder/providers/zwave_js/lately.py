"""Which slots were written lately: a lock may explain a refusal seconds after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from ..base import CodeRejectedError

LATELY_SECONDS: Final = 120.0
"""How late a lock may say why it did not keep a code."""


class RecentWrites:
    """The slots of one lock that were written and not refused, as far as is known."""

    def __init__(self) -> None:
        """Begin with nothing written."""
        self._at: dict[int, float] = {}
        self._is_writing = False

    @contextmanager
    def track(self, slot: int) -> Iterator[None]:
        """Note a write when it ends. A refusal that it hears itself needs no other."""
        self._at.pop(slot, None)
        self._is_writing = True
        refused = False
        try:
            yield
        except CodeRejectedError:
            refused = True
            raise
        finally:
            self._is_writing = False
            if not refused:
                self._at[slot] = monotonic()

    def match_rejection(self, slot: int | None) -> int | None:
        """Return which write a late refusal is about, if about any; it is told once.

        A lock that names no slot means the write that is under way, which hears it. Else
        it can only be understood if one slot alone was written.
        """
        since = monotonic() - LATELY_SECONDS
        lately = [each for each, at in self._at.items() if at > since]
        if slot is None and len(lately) == 1 and not self._is_writing:
            slot = lately[0]
        if slot not in lately:
            return None
        self._at.pop(slot, None)
        return slot
