"""Slot allocation: find a free slot for a credential with as few reads as possible.

A slot once assigned stays the credential's.
"""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass

from ..model.provider_io import Occupancy


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCount:
    """How many slots of the slot range are taken, for display to the user.

    `unreadable`: the lock gave no answer about them; `not_usable`: it answered that it
    does not let them be used.
    """

    usable: int
    managed: int
    occupied: int
    unreadable: int
    not_usable: int

    @property
    def has_free(self) -> bool:
        """Return whether a slot was read as empty or some have not been read yet."""
        return self.free_at_most > 0

    @property
    def free_at_most(self) -> int:
        """Return how many slots are free or have not been read."""
        taken = self.managed + self.occupied
        return self.usable - taken - self.unreadable - self.not_usable


def next_candidate(
    usable: range, managed: AbstractSet[int], seen: Mapping[int, Occupancy]
) -> int | None:
    """Return the slot to read next, or None if none is left.

    A slot that was read as empty comes first, then those never read, ascending. A slot
    that was occupied, could not be read, or is not usable, is not offered.
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
        not_usable=others.count(Occupancy.NOT_USABLE),
    )


def without_not_usable(seen: Mapping[int, Occupancy]) -> dict[int, Occupancy]:
    """Return what was seen without the slots that were not usable, so that they are read again."""
    return {
        slot: occupancy
        for slot, occupancy in seen.items()
        if occupancy is not Occupancy.NOT_USABLE
    }
