"""What counts at the very moment at which a window ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.keyholder.logic.disabled_codes import needs_schedule_check
from custom_components.keyholder.logic.on_command_result import fail_pending, on_refusal
from custom_components.keyholder.logic.restores import limit_restores
from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import (
    LockSchedule,
    WeekDaySchedule,
)
from custom_components.keyholder.model.provider_io import Occupancy
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Operation,
    PendingCommand,
    Reason,
    Retry,
    SlotRecord,
    SlotSchedule,
    Target,
    UnresolvedCommand,
)
from custom_components.keyholder.model.slot_events import LockTraits
from custom_components.keyholder.model.timing import Timing
from tests.harness.logic.scenario import SUSPENDED, trouble_between

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
RULES = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())
OFFICE = LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 540, 1020),))
SLOT = SlotRecord(
    slot=1,
    credential=CredentialRef("ada"),
    person_name="Ada",
    target=Target(DesiredState.PRESENT, 1),
)


@pytest.mark.parametrize(("age", "counted"), [(-TICK, 1), (0 * TICK, 0), (TICK, 0)])
def test_an_undone_change_counts_for_a_week_and_no_longer(
    age: timedelta, counted: int
) -> None:
    at = NOW - RULES.timing.restore_window - age
    record = limit_restores(replace(SLOT, restored_at=(at,)), NOW, RULES)
    assert len(record.restored_at) == counted


@pytest.mark.parametrize(("age", "needed"), [(0 * TICK, False), (TICK, True)])
def test_limits_that_were_seen_are_fresh_up_to_and_with_the_last_moment(
    age: timedelta, needed: bool
) -> None:
    seen = Observation(
        occupancy=Occupancy.MASKED,
        observed_at=NOW - RULES.timing.empty_read_max_age - age,
        schedule=OFFICE,
    )
    record = replace(
        SLOT,
        target=replace(SLOT.target, schedule=OFFICE),
        observed=seen,
        schedule=SlotSchedule(in_force=OFFICE),
    )
    assert needs_schedule_check(record, NOW, RULES) is needed


def given_up(
    until: datetime, operation: Operation = Operation.WRITE
) -> UnresolvedCommand:
    return UnresolvedCommand(
        operation=operation, revision=1, started_at=NOW, may_land_until=until
    )


@pytest.mark.parametrize(
    ("unresolved", "desired", "revision", "left", "suspended"),
    [
        # a refusal is believed only of a write that may still be on its way
        ((given_up(NOW + TICK),), DesiredState.PRESENT, 1, 0, True),
        ((given_up(NOW),), DesiredState.PRESENT, 1, 1, False),
        ((), DesiredState.PRESENT, 1, 0, False),
        ((given_up(NOW + TICK, Operation.CLEAR),), DesiredState.PRESENT, 1, 1, False),
        # of one that is not wanted any more it is no bad news
        ((given_up(NOW + TICK),), DesiredState.ABSENT, 1, 0, False),
        ((given_up(NOW + TICK),), DesiredState.PRESENT, 2, 0, False),
        # it says nothing of any other write
        (
            (given_up(NOW + TICK), given_up(NOW + 2 * TICK)),
            DesiredState.PRESENT,
            1,
            1,
            True,
        ),
    ],
)
def test_a_late_refusal_is_of_a_write_that_may_still_land(
    unresolved: tuple[UnresolvedCommand, ...],
    desired: DesiredState,
    revision: int,
    left: int,
    suspended: bool,
) -> None:
    before = replace(
        SLOT,
        unresolved_commands=unresolved,
        target=replace(SLOT.target, desired=desired, revision=revision),
    )
    after = on_refusal(before, Reason.DUPLICATE, NOW, RULES)
    assert len(after.unresolved_commands) == left
    assert after.retry.suspended_reason is (Reason.DUPLICATE if suspended else None)
    assert trouble_between(before, after) == [SUSPENDED] * suspended


def test_a_code_that_was_read_back_is_not_called_refused() -> None:
    unresolved = (given_up(NOW + TICK),)
    before = replace(SLOT, unresolved_commands=unresolved, evidence=Evidence.VALUE)
    assert on_refusal(before, Reason.DUPLICATE, NOW, RULES) == before


@pytest.mark.parametrize(("unheard", "waits"), [(0, False), (1, True), (2, True)])
def test_only_from_the_second_write_in_vain_on_the_next_one_waits(
    unheard: int, waits: bool
) -> None:
    # the way to the lock may fail once
    ended = PendingCommand(
        operation=Operation.WRITE,
        revision=1,
        started_at=NOW - timedelta(minutes=10),
        deadline=NOW,
        counts_as_failure=False,
    )
    before = replace(SLOT, pending=ended, retry=Retry(unanswered_commands=unheard))
    record = fail_pending(before, NOW, RULES)
    assert record.retry.unanswered_commands == unheard + 1
    assert (record.retry.at is not None) is waits
    assert not trouble_between(before, record)


def test_a_write_without_effect_is_unresolved_as_long_as_it_may_land() -> None:
    window = RULES.timing.write_window
    ended = PendingCommand(
        operation=Operation.WRITE,
        revision=1,
        started_at=NOW - window,
        returned_at=NOW - window,
        deadline=NOW,
    )
    for now, unresolved in ((NOW - TICK, 1), (NOW, 0)):
        record = fail_pending(replace(SLOT, pending=ended), now, RULES)
        assert len(record.unresolved_commands) == unresolved
