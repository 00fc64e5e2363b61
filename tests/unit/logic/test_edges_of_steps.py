"""Which step comes at the very moment at which a doubt, a deadline or a week ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.keyholder.logic.disabled_codes import disabled_code_after_read
from custom_components.keyholder.logic.external_changes import detect_external_change
from custom_components.keyholder.logic.next_step import next_step
from custom_components.keyholder.logic.on_command_result import on_returned
from custom_components.keyholder.logic.weekly import Week
from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.disabled_code import DisabledCode
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    WeekDaySchedule,
)
from custom_components.keyholder.model.provider_io import Occupancy, WriteResult
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Operation,
    PendingCommand,
    SlotRecord,
    SlotSchedule,
    Target,
    UnresolvedCommand,
)
from custom_components.keyholder.model.slot_events import (
    CommandReturned,
    LockTraits,
    SlotNotice,
    Step,
)
from custom_components.keyholder.model.timing import Timing

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
RULES = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())
LOOKS = len(RULES.timing.read_back_delays)
OFFICE = LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 540, 1020),))
SLOT = SlotRecord(
    slot=1,
    credential=CredentialRef("ada"),
    person_name="Ada",
    target=Target(DesiredState.PRESENT, 2),
)


def given_up(
    until: datetime,
    *,
    started: datetime = NOW - timedelta(minutes=5),
    revision: int = 1,
) -> UnresolvedCommand:
    return UnresolvedCommand(
        operation=Operation.WRITE,
        revision=revision,
        started_at=started,
        may_land_until=until,
    )


@pytest.mark.parametrize(
    ("reads", "doubted", "at"),
    [
        (LOOKS, -TICK, -TICK),
        (LOOKS, 0 * TICK, 0 * TICK),
        (LOOKS, TICK, 0 * TICK),
        (LOOKS, None, 0 * TICK),
        # one look after the doubt is enough
        (LOOKS + 1, -TICK, 0 * TICK),
    ],
)
def test_after_its_reads_a_write_is_read_once_earlier_ones_are_over(
    reads: int, doubted: timedelta | None, at: timedelta
) -> None:
    deadline = NOW + timedelta(minutes=10)
    pending = PendingCommand(
        operation=Operation.WRITE,
        revision=2,
        started_at=NOW,
        returned_at=NOW,
        deadline=deadline,
        read_backs=reads,
    )
    unresolved = () if doubted is None else (given_up(deadline + doubted),)
    record = replace(SLOT, pending=pending, unresolved_commands=unresolved)
    assert next_step(record, NOW, RULES) == Step(None, deadline + at)


@pytest.mark.parametrize(
    ("left", "step"),
    [
        (TICK, Step(Operation.CLEAR, NOW)),
        (0 * TICK, Step(None, NOW)),
        (-TICK, Step(None, NOW)),
    ],
)
def test_a_clear_goes_after_a_late_write_only_as_long_as_that_may_land(
    left: timedelta, step: Step
) -> None:
    record = replace(
        SLOT,
        observed=Observation(occupancy=Occupancy.EMPTY, observed_at=NOW),
        unresolved_commands=(given_up(NOW + left),),
        target=replace(SLOT.target, desired=DesiredState.ABSENT),
    )
    assert next_step(record, NOW, RULES) == step


@pytest.mark.parametrize(
    ("left", "starts", "extended"),
    [
        (-TICK, (TICK,), (True,)),
        (0 * TICK, (TICK,), (True,)),
        # one that may still land has not taken the place of the one that came back
        (TICK, (TICK,), (False,)),
        # nor has one that was started before it, and of two only the first
        (0 * TICK, (-TICK,), (False,)),
        (0 * TICK, (2 * TICK, TICK), (False, True)),
    ],
)
def test_a_write_that_returns_late_may_be_the_remembered_one(
    left: timedelta, starts: tuple[timedelta, ...], extended: tuple[bool, ...]
) -> None:
    began, until = NOW - timedelta(hours=1), NOW + left
    unresolved = tuple(given_up(until, started=began + start) for start in starts)
    back = CommandReturned(began, WriteResult.OPTIMISTIC)
    record = on_returned(
        replace(SLOT, unresolved_commands=unresolved), back, NOW, RULES
    )
    bounds = {True: NOW + RULES.timing.write_window, False: until}
    assert [each.may_land_until for each in record.unresolved_commands] == [
        bounds[each] for each in extended
    ]


@pytest.mark.parametrize(
    ("shown", "notice"),
    [
        (1, SlotNotice.CODE_CHANGED),
        (2, None),
        # a newer one is ours as well: what wants it has not been read back yet
        (3, None),
        (None, SlotNotice.CODE_CHANGED),
    ],
)
def test_only_a_former_or_an_unmanaged_code_is_a_change_at_the_lock(
    shown: int | None, notice: SlotNotice | None
) -> None:
    before = Observation(occupancy=Occupancy.PRESENT, revision=2, enabled=True)
    record = replace(SLOT, observed=before)
    assert detect_external_change(record, replace(before, revision=shown)) is notice


@pytest.mark.parametrize(
    ("wanted", "limits", "stays"),
    [
        (OFFICE, OFFICE, True),
        # while nobody has looked at them it may be under others
        (OFFICE, None, False),
        (NO_SCHEDULE, None, True),
    ],
)
def test_a_code_stays_disabled_while_its_new_schedule_is_read(
    wanted: LockSchedule, limits: LockSchedule | None, stays: bool
) -> None:
    off = Observation(
        occupancy=Occupancy.PRESENT, revision=2, enabled=False, schedule=limits
    )
    disabled_code = DisabledCode(revision=2)
    record = replace(
        SLOT,
        target=replace(SLOT.target, schedule=wanted),
        disabled_code=disabled_code,
        schedule=SlotSchedule(in_force=wanted),
    )
    assert disabled_code_after_read(record, off) == (disabled_code if stays else None)


def test_a_week_without_any_time_never_flips() -> None:
    nothing = Week.of(())
    assert nothing.spans == Week.of([(60, 60)]).spans == ()
    assert nothing.next_transition(NOW, ZoneInfo("Europe/Berlin")) is None
    assert not nothing.allows(NOW, ZoneInfo("Europe/Berlin"))
