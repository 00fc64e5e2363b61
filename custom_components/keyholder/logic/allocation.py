"""Which slot a credential gets: found by reading as few as possible, for good."""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass

from ..model.reading import Occupancy


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCount:
    """How the slots that may be used are taken, for the user to read."""

    usable: int
    managed: int
    occupied: int
    unreadable: int

    @property
    def has_free(self) -> bool:
        """Return whether a slot was seen empty or there are some left to look at."""
        return self.free_at_most > 0

    @property
    def free_at_most(self) -> int:
        """Return how many slots are free or have not been looked at."""
        return self.usable - self.managed - self.occupied - self.unreadable


def next_candidate(
    usable: range, managed: AbstractSet[int], seen: Mapping[int, Occupancy]
) -> int | None:
    """Return the slot to look at next, or None if none is left.

    A slot that was seen empty comes first, then those never looked at, ascending. One
    that was seen occupied, or could not be read, is not offered.
    """
    open_slots = [slot for slot in usable if slot not in managed]
    for slot in open_slots:
        if seen.get(slot) is Occupancy.EMPTY:
            return slot
    return next((slot for slot in open_slots if slot not in seen), None)


def count_slots(
    usable: range, managed: AbstractSet[int], seen: Mapping[int, Occupancy]
) -> SlotCount:
    """Return how the usable slots are taken, as far as they were looked at."""
    others = [seen.get(slot) for slot in usable if slot not in managed]
    return SlotCount(
        usable=len(usable),
        managed=sum(slot in managed for slot in usable),
        occupied=sum(
            occupancy is not None and occupancy.is_occupied for occupancy in others
        ),
        unreadable=others.count(Occupancy.UNKNOWN),
    )
