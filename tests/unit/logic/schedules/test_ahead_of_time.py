"""A code ahead of its time: when it may be on a lock, and never without its schedule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.logic.native_schedule import (
    NativeSchedule,
    put_ahead_at,
)
from custom_components.keyholder.logic.next_step import next_step
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import (
    LockSchedule,
    ScheduleSupport,
    YearDaySchedule,
)
from custom_components.keyholder.model.provider_io import Occupancy
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Operation,
    Reason,
    SlotRecord,
    SlotSchedule,
    Target,
)
from custom_components.keyholder.model.slot_events import (
    CodeUsed,
    CommandReturned,
    CommandStarted,
    DesiredChanged,
    LockTraits,
    Observed,
    Rejected,
)
from custom_components.keyholder.model.timing import Timing

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
TRAITS = LockTraits(best_evidence=Evidence.PRESENCE, timing=Timing())
STAY = LockSchedule(
    year_days=(
        YearDaySchedule(datetime(2026, 8, 9, 15), datetime(2026, 8, 16, 11)),  # noqa: DTZ001
    )
)
OTHER_STAY = LockSchedule(
    year_days=(
        YearDaySchedule(datetime(2026, 8, 10, 15), datetime(2026, 8, 16, 11)),  # noqa: DTZ001
    )
)
SUPPORT = ScheduleSupport(year_days=1)
WHOLE = NativeSchedule(schedule=STAY, complete=True)


@pytest.mark.parametrize(
    ("native", "support", "days", "ahead", "at"),
    [
        (WHOLE, SUPPORT, 8, 14, -6),
        (WHOLE, SUPPORT, 20, 14, 6),
        (WHOLE, SUPPORT, 20, 0, None),
        (WHOLE, None, 8, 14, None),
        (WHOLE, replace(SUPPORT, trusts_clock=True), 8, 14, None),
        (replace(WHOLE, complete=False), SUPPORT, 8, 14, None),
        (NativeSchedule(schedule=None, complete=True), SUPPORT, 8, 14, None),
    ],
)
def test_a_code_is_ahead_only_where_the_lock_enforces_the_whole_rule(
    native: NativeSchedule,
    support: ScheduleSupport | None,
    days: int,
    ahead: int,
    at: int | None,
) -> None:
    """Clause 16.38: and keeps a time that somebody sets or reads."""
    moment = put_ahead_at(
        native,
        support,
        NOW + days * DAY,
        ahead=ahead * DAY,
        now=NOW,
        zone=BERLIN,
    )
    assert moment == (None if at is None else NOW + at * DAY)


def test_a_change_of_the_clock_is_waited_for() -> None:
    """Clause 16.38: a lock that does not know of it would open an hour early."""
    begin = datetime(2026, 10, 26, 14, tzinfo=UTC)
    for now, is_there in (
        (datetime(2026, 10, 24, 12, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), True),
    ):
        at = put_ahead_at(WHOLE, SUPPORT, begin, ahead=5 * DAY, now=now, zone=BERLIN)
        assert at is not None
        assert (at <= now) is is_there


def ahead(**changes: object) -> SlotRecord:
    """Return the record of a code that is wanted ahead of its time, its slot just read."""
    record = SlotRecord(
        slot=1,
        credential=CredentialRef("ann"),
        person_name="Ann",
        target=Target(DesiredState.PRESENT, 1, STAY, only_scheduled=True),
        observed=Observation(occupancy=Occupancy.EMPTY, observed_at=NOW),
        owner_saved=True,
    )
    return replace(record, **changes)  # type: ignore[arg-type]


PLACED = ahead(
    observed=Observation(occupancy=Occupancy.MASKED, observed_at=NOW),
    evidence=Evidence.PRESENCE,
    verified_at=NOW,
    schedule=SlotSchedule(in_force=STAY),
)


def test_a_schedule_that_the_lock_refuses_leaves_no_code_before_the_time() -> None:
    """Clause 16.38: elsewhere it would be written without; here it waits for its time."""
    started, _ = reduce(ahead(), CommandStarted(Operation.WRITE), NOW, TRAITS)
    returned = CommandReturned(NOW, Rejected(Reason.LIMITS_REFUSED))
    refused, _ = reduce(started, returned, NOW, TRAITS)

    assert refused.desired is DesiredState.ABSENT
    assert refused.schedule.rejected == STAY
    step = next_step(refused, NOW, TRAITS)
    assert step is None or step.operation is None

    at_last = DesiredChanged(Target(DesiredState.PRESENT, 1, STAY))
    begun, _ = reduce(refused, at_last, NOW, TRAITS)
    assert begun.desired is DesiredState.PRESENT
    assert not begun.target.only_scheduled


def test_a_code_whose_schedule_is_gone_is_cleared() -> None:
    """Clause 16.38: a lock that drops its schedules, found by a read."""
    seen = Observation(occupancy=Occupancy.MASKED, schedule=LockSchedule())
    found, _ = reduce(PLACED, Observed(seen), NOW, TRAITS)
    step = next_step(found, NOW, TRAITS)
    assert step is not None
    assert step.operation is Operation.CLEAR


def test_a_use_ahead_of_its_time_takes_the_code_off() -> None:
    """Clause 16.38: whatever the lock shows of the schedule, it does not obey it."""
    used, _ = reduce(PLACED, CodeUsed(NOW + DAY), NOW + DAY, TRAITS)
    assert used.desired is DesiredState.ABSENT
    assert not used.is_verified
    assert used.schedule.rejected == STAY
    step = next_step(used, NOW + DAY, TRAITS)
    assert step is not None
    assert step.operation is Operation.CLEAR


@pytest.mark.parametrize(
    ("record", "at"),
    [
        (PLACED, NOW - DAY),
        (replace(PLACED, target=replace(PLACED.target, only_scheduled=False)), NOW),
    ],
    ids=["before it was there", "in its time"],
)
def test_any_other_use_leaves_the_code(record: SlotRecord, at: datetime) -> None:
    """Clause 16.38: a late report of the slot's last owner says nothing of this code."""
    assert reduce(record, CodeUsed(at), NOW, TRAITS)[0] == record


def test_a_code_whose_time_has_come_is_read_once_more_and_not_written() -> None:
    """Clause 16.38: the lock may have lost the schedule, or the time, in two weeks."""
    begun = DesiredChanged(Target(DesiredState.PRESENT, 1, STAY))
    record, _ = reduce(PLACED, begun, NOW + 8 * DAY, TRAITS)
    assert record.is_verified
    step = next_step(record, NOW + 8 * DAY, TRAITS)
    assert step is not None
    assert step.operation is None


def test_a_stay_that_is_moved_has_its_code_cleared_before_the_new_schedule() -> None:
    """Clause 16.38: never under times that are not the person's."""
    moved = DesiredChanged(
        Target(DesiredState.PRESENT, 1, OTHER_STAY, only_scheduled=True)
    )
    record, _ = reduce(PLACED, moved, NOW, TRAITS)
    step = next_step(record, NOW, TRAITS)
    assert step is not None
    assert step.operation is Operation.CLEAR
