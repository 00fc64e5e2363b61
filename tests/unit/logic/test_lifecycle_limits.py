"""A code that the lock itself turns away at times is never live without its limits."""

from datetime import timedelta

import pytest

from custom_components.keyholder.logic.slot_schedule import active_schedule
from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    WeekDaySchedule,
)
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import DesiredState, Reason, SlotState
from custom_components.keyholder.model.slot_events import OutcomeUnknown, SlotNotice
from tests.harness.logic.scenario import SUSPENDED, Scenario

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


def limits(start: int, end: int) -> LockSchedule:
    return LockSchedule(
        week_days=(WeekDaySchedule(Weekday.MONDAY, start * 60, end * 60),)
    )


OFFICE = limits(9, 17)
MORNING = limits(9, 12)


def limited(best_evidence: Evidence, wanted: LockSchedule = OFFICE) -> Scenario:
    """Return a slot whose code is under limits, proven, long ago."""
    scenario = Scenario(best_evidence)
    scenario.limit(wanted)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.operations()
    scenario.published()
    return scenario


@both
def test_the_limits_come_with_the_first_write(best_evidence: Evidence) -> None:
    scenario = Scenario(best_evidence)
    scenario.limit(OFFICE)
    scenario.run(3600)
    assert scenario.operations() == ["read", "write", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live == [OFFICE]
    assert active_schedule(scenario.record) == OFFICE


@both
def test_what_an_earlier_holder_left_is_taken_off_before_the_code_is_live(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.limits = MORNING
    scenario.limit(NO_SCHEDULE)
    scenario.run(3600)
    assert scenario.lock.live == [NO_SCHEDULE]
    assert active_schedule(scenario.record) is None


@both
def test_a_slot_is_searched_once_for_what_an_earlier_holder_left(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.limit(NO_SCHEDULE)
    scenario.run(3600)
    assert scenario.lock.asked == [NO_SCHEDULE]
    scenario.want_absent()
    scenario.run(3600)
    scenario.want_present()
    scenario.run(3600)
    scenario.want_present(revision=2)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.asked == [NO_SCHEDULE]


@both
def test_a_slot_is_searched_again_if_the_first_search_was_lost(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.limit(NO_SCHEDULE)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.lock.drop_writes = 1
    scenario.run(30)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.lock.limits = MORNING
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live[-1] == NO_SCHEDULE


@both
def test_other_limits_need_an_empty_slot(best_evidence: Evidence) -> None:
    scenario = limited(best_evidence)
    scenario.limit(MORNING)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.operations()[0] == "clear"
    assert scenario.lock.live == [OFFICE, MORNING]


@both
def test_a_rule_that_is_lifted_lifts_the_limits(best_evidence: Evidence) -> None:
    scenario = limited(best_evidence)
    scenario.limit(NO_SCHEDULE)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live == [OFFICE, NO_SCHEDULE]


@both
def test_limits_that_were_read_meanwhile_are_lifted_as_well(
    best_evidence: Evidence,
) -> None:
    scenario = limited(best_evidence)
    scenario.look()
    assert scenario.operations() == ["read", "read limits"]
    scenario.limit(NO_SCHEDULE)
    scenario.run(3600)
    assert scenario.lock.live[-1] == NO_SCHEDULE


@both
def test_a_new_pin_is_never_live_without_the_limits(best_evidence: Evidence) -> None:
    scenario = limited(best_evidence)
    scenario.want_present(revision=2)
    # while the old one is still there, somebody takes the limits off at the lock
    scenario.lock.limits = NO_SCHEDULE
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live == [OFFICE, OFFICE]


@both
def test_a_lock_that_has_learnt_to_limit_is_not_written_for_it(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.run(3600)
    scenario.operations()
    scenario.limit(NO_SCHEDULE)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.operations() == []


@both
def test_a_code_that_comes_back_comes_back_with_its_limits(
    best_evidence: Evidence,
) -> None:
    scenario = limited(best_evidence)
    scenario.want_absent()
    scenario.run(3600)
    scenario.lock.limits = NO_SCHEDULE
    scenario.want_present()
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live == [OFFICE, OFFICE]


@both
def test_a_lock_that_refuses_schedules_gets_the_code_without(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.refuses_limits = True
    scenario.limit(OFFICE)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.published() == []
    assert scenario.lock.live == [NO_SCHEDULE]
    assert active_schedule(scenario.record) is None


@both
def test_a_lock_that_keeps_old_schedules_is_suspended(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.limits = MORNING
    scenario.lock.keeps_limits = True
    scenario.limit(NO_SCHEDULE)
    scenario.run(3600)
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.LIMITS_REFUSED
    assert scenario.published() == [SUSPENDED]
    assert scenario.lock.held is None


@both
def test_refused_limits_are_not_tried_again_until_they_are_others(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.refuses_limits = True
    scenario.limit(OFFICE)
    scenario.run(3600)
    scenario.operations()
    scenario.limit(OFFICE)
    scenario.run(3600)
    assert scenario.operations() == []
    scenario.lock.refuses_limits = False
    scenario.limit(MORNING)
    scenario.run(3600)
    assert scenario.lock.live == [NO_SCHEDULE, MORNING]
    assert active_schedule(scenario.record) == MORNING


@both
def test_limits_that_are_taken_off_at_the_lock_take_the_code_off_at_once(
    best_evidence: Evidence,
) -> None:
    scenario = limited(best_evidence)
    scenario.lock.limits = NO_SCHEDULE
    scenario.look()
    assert scenario.state() is not SlotState.IN_SYNC
    assert scenario.published() == [SlotNotice.CODE_CHANGED]
    assert scenario.operations() == ["read", "read limits"]
    scenario.run(5)
    assert scenario.operations()[0] == "clear"
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.limits == OFFICE


@both
def test_limits_that_are_taken_off_again_and_again_end_with_no_code(
    best_evidence: Evidence,
) -> None:
    scenario = limited(best_evidence)
    for _ in range(4):
        scenario.lock.limits = NO_SCHEDULE
        scenario.look()
        scenario.run(7200)
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.CHANGED_REPEATEDLY
    assert scenario.lock.held is None


@both
def test_after_a_power_cut_a_code_needs_the_schedule_that_is_read(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.limit(OFFICE)
    scenario.look()
    stored = scenario.record
    scenario.run(1)
    scenario.cut(stored)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert set(scenario.lock.live) == {OFFICE}


@both
def test_after_a_cut_a_code_without_its_limits_is_cleared_first(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.limit(OFFICE)
    scenario.run(1)
    stored = scenario.record
    scenario.run(1)
    scenario.cut(stored)
    scenario.lock.limits = NO_SCHEDULE
    scenario.operations()
    scenario.look()
    scenario.run(3600)
    assert "clear" in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.limits == OFFICE


@both
def test_an_unresolved_write_is_waited_for_before_a_schedule(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.limit(OFFICE)
    scenario.lock.late_writes = timedelta(seconds=50)
    scenario.run(3)
    scenario.lock.late_writes = None
    scenario.limit(MORNING)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live[-1] == MORNING
    assert set(scenario.lock.live) <= {OFFICE, MORNING}


@both
def test_a_lost_write_is_repeated_with_its_limits(best_evidence: Evidence) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 1
    scenario.limit(OFFICE)
    scenario.run(30)
    scenario.lock.limits = NO_SCHEDULE
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live == [OFFICE]


@both
def test_a_clear_that_makes_room_for_limits_goes_on_until_it_shows(
    best_evidence: Evidence,
) -> None:
    scenario = limited(best_evidence)
    scenario.lock.drop_clears = 2
    scenario.limit(MORNING)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live == [OFFICE, MORNING]


@both
def test_limits_do_not_matter_to_a_code_that_is_taken_away(
    best_evidence: Evidence,
) -> None:
    scenario = limited(best_evidence)
    scenario.want(DesiredState.ABSENT)
    scenario.run(60)
    assert scenario.record.is_cleared
    assert scenario.operations() == ["clear", "read"]


@both
def test_schedules_that_were_never_sent_are_not_in_force(
    best_evidence: Evidence,
) -> None:
    """A late clear kept them from the lock; then a rule asked for the same again."""
    scenario = limited(best_evidence, NO_SCHEDULE)
    scenario.lock.late_clears = timedelta(seconds=18)
    scenario.limit(MORNING)
    scenario.run(6)
    scenario.limit(OFFICE)
    scenario.run(6)
    scenario.limit(NO_SCHEDULE)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.limits == NO_SCHEDULE
    for wanted in (OFFICE, MORNING, NO_SCHEDULE):
        scenario.limit(wanted)
        assert scenario.record.is_verified is (wanted == scenario.lock.limits)
        scenario.run(3600)
        assert scenario.state() is SlotState.IN_SYNC
        assert scenario.lock.limits == wanted


@both
def test_limits_of_a_write_that_was_cut_and_never_noted_are_looked_for(
    best_evidence: Evidence,
) -> None:
    """The lock had the limits and not yet the code; then the rule was lifted."""
    scenario = limited(best_evidence, NO_SCHEDULE)
    scenario.limit(OFFICE)
    stored = scenario.record
    scenario.lock.held = None
    scenario.lock.limits = OFFICE
    scenario.cut(stored)
    scenario.limit(NO_SCHEDULE)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.live[-1] == NO_SCHEDULE
