"""What counts at the very moment at which a window ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.keyholder.logic.disturbance import before_restoring
from custom_components.keyholder.logic.operations import charge, on_refusal
from custom_components.keyholder.logic.parking import needs_its_limits_seen
from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lifecycle import Notice, Rules
from custom_components.keyholder.model.limits import Limits, WeekDayLimit
from custom_components.keyholder.model.reading import Occupancy
from custom_components.keyholder.model.slot import (
    Desired,
    Doubt,
    Observation,
    Operation,
    Pending,
    Reason,
    SlotLimits,
    SlotRecord,
)
from custom_components.keyholder.model.timing import Timing

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
RULES = Rules(best_evidence=Evidence.VALUE, timing=Timing())
OFFICE = Limits(week_days=(WeekDayLimit(Weekday.MONDAY, 540, 1020),))
SLOT = SlotRecord(
    slot=1,
    credential=CredentialRef("ada"),
    label="Ada",
    desired=Desired.PRESENT,
    revision=1,
)


@pytest.mark.parametrize(("age", "counted"), [(-TICK, 1), (0 * TICK, 0), (TICK, 0)])
def test_an_undone_change_counts_for_a_week_and_no_longer(
    age: timedelta, counted: int
) -> None:
    at = NOW - RULES.timing.restore_memory - age
    record, _ = before_restoring(replace(SLOT, restores=(at,)), NOW, RULES)
    assert len(record.restores) == counted


@pytest.mark.parametrize(("age", "needed"), [(0 * TICK, False), (TICK, True)])
def test_limits_that_were_seen_are_fresh_up_to_and_with_the_last_moment(
    age: timedelta, needed: bool
) -> None:
    seen = Observation(
        occupancy=Occupancy.MASKED,
        at=NOW - RULES.timing.fresh - age,
        limits=OFFICE,
    )
    record = replace(SLOT, observed=seen, limits=SlotLimits(wanted=OFFICE, held=OFFICE))
    assert needs_its_limits_seen(record, NOW, RULES) is needed


def given_up(until: datetime, operation: Operation = Operation.WRITE) -> Doubt:
    return Doubt(operation=operation, revision=1, started_at=NOW, until=until)


@pytest.mark.parametrize(
    ("doubts", "desired", "revision", "left", "suspended"),
    [
        # a refusal is believed only of a write that may still be on its way
        ((given_up(NOW + TICK),), Desired.PRESENT, 1, 0, True),
        ((given_up(NOW),), Desired.PRESENT, 1, 1, False),
        ((), Desired.PRESENT, 1, 0, False),
        ((given_up(NOW + TICK, Operation.CLEAR),), Desired.PRESENT, 1, 1, False),
        # of one that is not wanted any more it is no bad news
        ((given_up(NOW + TICK),), Desired.ABSENT, 1, 0, False),
        ((given_up(NOW + TICK),), Desired.PRESENT, 2, 0, False),
        # it says nothing of any other write
        ((given_up(NOW + TICK), given_up(NOW + 2 * TICK)), Desired.PRESENT, 1, 1, True),
    ],
)
def test_a_late_refusal_is_of_a_write_that_may_still_land(
    doubts: tuple[Doubt, ...],
    desired: Desired,
    revision: int,
    left: int,
    suspended: bool,
) -> None:
    before = replace(SLOT, doubts=doubts, desired=desired, revision=revision)
    after, notices = on_refusal(before, Reason.DUPLICATE, NOW, RULES)
    assert len(after.doubts) == left
    assert after.suspended is (Reason.DUPLICATE if suspended else None)
    assert notices == ((Notice.SUSPENDED,) if suspended else ())


def test_a_code_that_was_read_back_is_not_called_refused() -> None:
    doubts = (given_up(NOW + TICK),)
    before = replace(SLOT, doubts=doubts, evidence=Evidence.VALUE)
    assert on_refusal(before, Reason.DUPLICATE, NOW, RULES) == (before, ())


@pytest.mark.parametrize(("unheard", "waits"), [(0, False), (1, True), (2, True)])
def test_only_from_the_second_write_in_vain_on_the_next_one_waits(
    unheard: int, waits: bool
) -> None:
    # the way to the lock may fail once
    ended = Pending(
        operation=Operation.WRITE,
        revision=1,
        started_at=NOW - timedelta(minutes=10),
        deadline=NOW,
        chargeable=False,
    )
    record, notices = charge(replace(SLOT, pending=ended, unheard=unheard), NOW, RULES)
    assert record.unheard == unheard + 1
    assert (record.retry_at is not None) is waits
    assert notices == ()


def test_a_write_without_effect_is_in_doubt_as_long_as_it_may_land() -> None:
    window = RULES.timing.write_window
    ended = Pending(
        operation=Operation.WRITE,
        revision=1,
        started_at=NOW - window,
        returned_at=NOW - window,
        deadline=NOW,
    )
    for now, doubts in ((NOW - TICK, 1), (NOW, 0)):
        record, _ = charge(replace(SLOT, pending=ended), now, RULES)
        assert len(record.doubts) == doubts
