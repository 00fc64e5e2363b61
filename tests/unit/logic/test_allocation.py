"""Which slot is looked at next, and how many are left."""

import pytest

from custom_components.keyholder.logic.allocation import (
    count_slots,
    next_candidate,
    without_not_usable,
)
from custom_components.keyholder.model.provider_io import Occupancy

EMPTY, MASKED, PRESENT, UNKNOWN, NOT_USABLE = (
    Occupancy.EMPTY,
    Occupancy.MASKED,
    Occupancy.PRESENT,
    Occupancy.UNKNOWN,
    Occupancy.NOT_USABLE,
)


@pytest.mark.parametrize(
    ("usable", "managed", "seen", "candidate"),
    [
        (range(1, 5), set(), {}, 1),
        (range(1, 5), {1, 2}, {}, 3),
        (range(1, 5), {1}, {2: PRESENT}, 3),
        (range(1, 5), {1}, {2: MASKED, 3: UNKNOWN}, 4),
        (range(1, 5), {1}, {2: NOT_USABLE, 3: NOT_USABLE}, 4),
        (range(1, 3), set(), {1: NOT_USABLE, 2: NOT_USABLE}, None),
        (range(1, 5), set(), {4: EMPTY}, 4),
        (range(1, 5), {4}, {4: EMPTY}, 1),
        (range(1, 5), {1, 2, 3, 4}, {}, None),
        (range(1, 3), set(), {1: UNKNOWN, 2: PRESENT}, None),
        (range(1, 5), set(), {9: EMPTY}, 1),
        (range(0), set(), {}, None),
        (range(10, 12), {1}, {10: PRESENT}, 11),
    ],
)
def test_the_next_slot_to_look_at(
    usable: range,
    managed: set[int],
    seen: dict[int, Occupancy],
    candidate: int | None,
) -> None:
    assert next_candidate(usable, managed, seen) == candidate


def test_unknown_never_counts_as_free() -> None:
    slots = range(1, 11)
    seen = {2: PRESENT, 3: MASKED, 4: UNKNOWN, 5: EMPTY, 1: EMPTY, 99: PRESENT}
    counted = count_slots(slots, {1, 98}, seen)
    assert (counted.usable, counted.managed) == (10, 1)
    assert (counted.occupied, counted.unreadable) == (2, 1)
    assert counted.free_at_most == 6
    assert counted.has_free


def test_a_full_lock_has_none_free() -> None:
    counted = count_slots(range(1, 3), {1}, {2: MASKED})
    assert counted.free_at_most == 0
    assert not counted.has_free


def test_slots_that_are_not_usable_are_counted_apart_and_never_as_free() -> None:
    """Clause 16.8: the lock has answered about them, and there is no room in them."""
    seen = {1: NOT_USABLE, 2: NOT_USABLE, 3: UNKNOWN, 4: MASKED}
    counted = count_slots(range(1, 6), {5}, seen)
    assert (counted.not_usable, counted.unreadable, counted.occupied) == (2, 1, 1)
    assert not counted.has_free


def test_what_else_was_seen_is_kept_when_unusable_slots_are_read_again() -> None:
    seen = {1: NOT_USABLE, 2: MASKED, 3: NOT_USABLE, 4: UNKNOWN}
    assert without_not_usable(seen) == {2: MASKED, 4: UNKNOWN}
