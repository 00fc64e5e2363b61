"""What a lock should hold of people whose access begins later."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from custom_components.keyholder.logic.plan import LockPlan, plan_lock
from custom_components.keyholder.model.credential import CredentialRef, Person
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import (
    LockSchedule,
    YearDaySchedule,
)
from custom_components.keyholder.model.slot import (
    DesiredState,
    SlotRecord,
    SlotSchedule,
    Target,
)

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
STAY = LockSchedule(
    year_days=(
        YearDaySchedule(datetime(2026, 8, 9, 15), datetime(2026, 8, 16, 11)),  # noqa: DTZ001
    )
)


def reserved(slot: int, name: str) -> SlotRecord:
    """Return the record of a slot that is set aside."""
    return SlotRecord(
        slot=slot,
        credential=CredentialRef(name),
        person_name=name,
        target=Target(DesiredState.ABSENT, 1, STAY),
        evidence=Evidence.VALUE,
        verified_at=NOW,
        owner_saved=True,
    )


def plan(
    begins: Mapping[str, int],
    *records: SlotRecord,
    allowed: tuple[str, ...] = (),
    ahead: tuple[str, ...] = (),
    slots_needed: int = 0,
) -> LockPlan:
    """Plan a lock for people who may come in, or begin in so many days."""
    people = {
        name: Person(
            person_id=name, subentry_id=name, name=name, locks=None, enabled=True
        )
        for name in (*begins, *allowed)
    }
    return plan_lock(
        "front",
        people,
        {CredentialRef(name): 1 for name in people},
        records,
        known_owners=people,
        allowed=allowed,
        schedule=dict.fromkeys(people, STAY),
        ahead=ahead,
        not_begun={name: NOW + days * DAY for name, days in begins.items()},
        slots_needed=slots_needed,
    )


def test_who_begins_later_needs_a_slot_after_those_who_may_come_in() -> None:
    """Clause 16.38: those whose code is put ahead come before those who only wait."""
    planned = plan({"Ada": 30, "Ben": 3}, allowed=("Cleo",), ahead=("Ben",))
    assert [
        (each.person_name, each.only_scheduled, each.reserved)
        for each in planned.unassigned
    ] == [("Cleo", False, False), ("Ben", True, False), ("Ada", False, True)]


def test_a_slot_that_is_set_aside_gets_its_code_ahead_of_time() -> None:
    """Clause 16.38: under its schedule only."""
    planned = plan({"Ada": 3}, reserved(1, "Ada"), ahead=("Ada",))
    ((slot, event),) = planned.changes
    assert slot == 1
    assert event.target == Target(DesiredState.PRESENT, 1, STAY, only_scheduled=True)
    assert planned.reserved == frozenset()


def test_a_schedule_that_was_rejected_keeps_the_slot_without_a_code() -> None:
    """Clause 16.38: until the time comes, or the stay is another one."""
    refused = replace(reserved(1, "Ada"), schedule=SlotSchedule(rejected=STAY))
    planned = plan({"Ada": 3}, refused, ahead=("Ada",))
    assert planned.changes == ()
    assert planned.reserved == {1}


def test_the_time_itself_makes_it_a_code_as_any_other() -> None:
    """Clause 16.38: with the schedule that it has already."""
    target = Target(DesiredState.PRESENT, 1, STAY, only_scheduled=True)
    placed = replace(reserved(1, "Ada"), target=target)
    ((_, event),) = plan({}, placed, allowed=("Ada",)).changes
    assert event.target == replace(target, only_scheduled=False)


def test_slots_that_are_set_aside_give_way_the_last_to_begin_first() -> None:
    """Clause 16.38: to as many people as found no slot."""
    records = [reserved(1, "Ada"), reserved(2, "Ben"), reserved(3, "Cleo")]
    begins = {"Ada": 3, "Ben": 30, "Cleo": 9}
    assert plan(begins, *records).removable == ()
    assert plan(begins, *records).reserved == {1, 2, 3}
    assert plan(begins, *records, slots_needed=2).removable == (2, 3)
    assert plan(begins, *records, slots_needed=2).reserved == {1}


def test_a_slot_that_may_still_hold_a_code_does_not_give_way() -> None:
    """Clause 16.38: only one that is proven to hold none."""
    unproven = replace(reserved(1, "Ada"), evidence=Evidence.NONE)
    planned = plan({"Ada": 3}, unproven, slots_needed=1)
    assert (planned.removable, planned.reserved) == ((), frozenset())
