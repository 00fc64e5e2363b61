"""Slot allocation: find a free slot for a credential with as few reads as possible.

A slot once assigned stays the credential's.
"""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass

from ..model.provider_io import Occupancy


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCount:
    """How many slots of the slot range are taken, for display to the user."""

    usable: int
    managed: int
    occupied: int
    unreadable: int

    @property
    def has_free(self) -> bool:
        """Return whether a slot was read as empty or some have not been read yet."""
        return self.free_at_most > 0

    @property
    def free_at_most(self) -> int:
        """Return how many slots are free or have not been read."""
        return self.usable - self.managed - self.occupied - self.unreadable


def next_candidate(
    usable: range, managed: AbstractSet[int], seen: Mapping[int, Occupancy]
) -> int | None:
    """Return the slot to read next, or None if none is left.

    A slot that was read as empty comes first, then those never read, ascending. A slot
    that was occupied, or could not be read, is not offered.
    """
    open_slots = [slot for slot in usable if slot not in managed]
    for slot in open_slots:
        if seen.get(slot) is Occupancy.EMPTY:
            return slot
    return next((slot for slot in open_slots if slot not in seen), None)


def count_slots(
    usable: range, managed: AbstractSet[int], seen: Mapping[int, Occupancy]
) -> SlotCount:
    """Return how many of the usable slots are taken, as far as they have been read."""
    others = [seen.get(slot) for slot in usable if slot not in managed]
    return SlotCount(
        usable=len(usable),
        managed=sum(slot in managed for slot in usable),
        occupied=sum(
            occupancy is not None and occupancy.is_occupied for occupancy in others
        ),
        unreadable=others.count(Occupancy.UNKNOWN),
    )
