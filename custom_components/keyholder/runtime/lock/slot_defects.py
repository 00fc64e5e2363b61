"""Exceptions of our own code while it processes a slot: how often, and what is still owed."""

import logging
from typing import Final

from ...model.slot_events import SlotEvent
from .job_queue import location_of

_LOGGER: Final = logging.getLogger(__name__)

_MAX_DEFECTS: Final = 3
"""Exceptions in a row after which a user is told."""


def log_defect(
    lock: str, slot: int, event: SlotEvent | None, err: BaseException
) -> None:
    """Log where an event of a slot, or the choice of its next step, has failed.

    Never the text of the exception, which may hold a code.
    """
    _LOGGER.error(
        "Slot %s of %s failed to process %s with %s at %s",
        slot,
        lock,
        "its record" if event is None else type(event).__name__,
        type(err).__name__,
        location_of(err),
    )


class SlotDefects:
    """The consecutive exceptions of each slot of one lock."""

    def __init__(self) -> None:
        """Begin with none."""
        self._counts: dict[int, int] = {}
        self._owed: set[int] = set()
        self.failing: frozenset[int] = frozenset()
        """Slots with so many exceptions in a row that a user is told."""

    def add(self, slot: int, *, owes_clear: bool) -> int:
        """Count an exception; return how many there were in a row.

        `owes_clear`: a code of ours has to be cleared whatever the reducer does.
        """
        count = self._counts[slot] = self._counts.get(slot, 0) + 1
        if owes_clear:
            self._owed.add(slot)
        else:
            self._owed.discard(slot)
        if count == _MAX_DEFECTS:
            self.failing |= {slot}
        return count

    def forget(self, slot: int) -> None:
        """Begin anew: the slot was processed, or has no record any more."""
        if self._counts.pop(slot, None) is not None:
            self._owed.discard(slot)
            self.failing -= {slot}

    def has(self, slot: int) -> bool:
        """Return whether the last event of the slot was lost."""
        return slot in self._counts

    def owes_clear(self, slot: int) -> bool:
        """Return whether a code of ours has to be cleared whatever the reducer does."""
        return slot in self._owed
