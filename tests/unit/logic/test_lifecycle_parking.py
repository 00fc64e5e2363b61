"""A code that time alone keeps away is switched off, and on again, where a read proves it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lifecycle import (
    Change,
    Choice,
    CodeUsed,
    Notice,
    Resumed,
    Uncertain,
)
from custom_components.keyholder.model.limits import (
    UNRESTRICTED,
    Limits,
    WeekDayLimit,
)
from custom_components.keyholder.model.reading import WriteResult
from custom_components.keyholder.model.slot import Operation, SlotState

from .scenario import Scenario
from .simulated_lock import FOREIGN, Held, pin_of

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])
OFFICE = Limits(week_days=(WeekDayLimit(Weekday.MONDAY, 9 * 60, 17 * 60),))


def in_place(best_evidence: Evidence, limits: Limits | None = None) -> Scenario:
    """Return a slot that holds our first PIN, proven, on a lock that switches codes."""
    scenario = Scenario(best_evidence, switches=True)
    if limits is not None:
        scenario.limit(limits)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.operations()
    scenario.told()
    return scenario


def parked(best_evidence: Evidence, limits: Limits | None = None) -> Scenario:
    """Return one whose code was switched off, proven, long ago."""
    scenario = in_place(best_evidence, limits)
    scenario.park()
    scenario.run(3600)
    assert scenario.operations() == ["switch_off", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1), enabled=False)
    assert scenario.told() == []
    return scenario


@both
def test_a_window_that_ends_switches_off_and_one_that_begins_switches_on(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    scenario.want_present()
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(3600)
    assert scenario.operations() == ["switch_on", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.evidence is best_evidence
    assert scenario.lock.held == Held(pin_of(1))
    assert scenario.told() == []


@both
def test_a_code_that_is_off_frees_nothing(best_evidence: Evidence) -> None:
    scenario = parked(best_evidence)
    assert scenario.record.is_settled
    assert not scenario.record.is_gone


@both
def test_whoever_is_to_go_for_good_while_their_code_is_off_is_cleared(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    scenario.want_absent()
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]
    assert scenario.record.is_gone
    assert scenario.lock.held is None


@both
def test_whoever_goes_for_good_is_cleared_as_ever(best_evidence: Evidence) -> None:
    scenario = in_place(best_evidence)
    scenario.want_absent()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_new_pin_does_not_come_by_switching_on(best_evidence: Evidence) -> None:
    scenario = parked(best_evidence)
    scenario.want_present(revision=2)
    scenario.run(3600)
    assert "switch_on" not in scenario.operations()
    assert scenario.lock.held == Held(pin_of(2))
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_code_that_is_not_proven_is_not_switched_off_but_cleared(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence, switches=True)
    scenario.look()
    scenario.holds_returns = True
    scenario.run(0)
    scenario.operations()
    scenario.park()
    scenario.deliver()
    scenario.holds_returns = False
    scenario.run(600)
    assert "clear" in scenario.operations()
    assert scenario.record.is_gone


def test_a_lock_that_does_not_show_whose_a_code_is_is_cleared() -> None:
    scenario = Scenario(MASKING)
    scenario.run(3600)
    scenario.operations()
    scenario.park()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_code_that_stays_on_is_cleared_and_not_switched_again(
    best_evidence: Evidence,
) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.drop_switches = 99
    scenario.park()
    scenario.run(11)
    assert scenario.lock.held is None
    scenario.run(600)
    assert scenario.record.is_gone
    scenario.want_present()
    scenario.run(3600)
    scenario.operations()
    scenario.park()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_lock_that_cannot_is_cleared_at_once(best_evidence: Evidence) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.refuses_switches = True
    scenario.park()
    scenario.run(0.5)
    assert scenario.operations() == ["switch_off", "read", "clear", "read"]
    assert scenario.record.is_gone
    assert scenario.told() == []


@both
def test_a_word_is_no_proof(best_evidence: Evidence) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.drop_switches = 1
    scenario.lock.answer = WriteResult.CONFIRMED
    scenario.park()
    scenario.run(1)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(60)
    assert scenario.lock.held is None


@both
def test_a_code_that_wakes_by_itself_is_told_and_cleared(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    scenario.lock.held = Held(pin_of(1))
    scenario.look()
    assert scenario.told() == [Notice.CODE_CHANGED]
    scenario.run(1)
    assert scenario.record.is_gone
    assert scenario.operations()[-2:] == ["clear", "read"]


@both
def test_a_code_that_is_lost_while_it_is_off_is_written_when_it_is_wanted(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    scenario.lock.held = None
    scenario.want_present()
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1))


@both
def test_a_code_that_cannot_be_woken_is_written(best_evidence: Evidence) -> None:
    scenario = parked(best_evidence)
    scenario.lock.drop_switches = 1
    scenario.want_present()
    scenario.run(30)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1))


@both
def test_a_code_that_wakes_late_is_not_left_on(best_evidence: Evidence) -> None:
    scenario = parked(best_evidence)
    scenario.lock.late_switches = timedelta(seconds=50)
    scenario.want_present()
    scenario.run(3)
    scenario.lock.late_switches = None
    scenario.park()
    scenario.run(1)
    assert scenario.lock.held is None
    scenario.run(3600)
    assert scenario.lock.held is None
    assert scenario.record.is_gone


@both
def test_a_code_that_goes_off_late_is_not_called_in_place_before(
    best_evidence: Evidence,
) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.late_switches = timedelta(seconds=9)
    scenario.park()
    scenario.run(1)
    scenario.want_present()
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1))
    assert scenario.told() == []


@both
def test_a_window_that_begins_again_before_anything_was_sent_costs_one_look(
    best_evidence: Evidence,
) -> None:
    scenario = in_place(best_evidence)
    scenario.park()
    scenario.want_present()
    scenario.run(3600)
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_report_while_the_code_is_off_has_it_cleared(best_evidence: Evidence) -> None:
    scenario = parked(best_evidence)
    scenario.hint(Change.UNKNOWN)
    scenario.run(60)
    assert "clear" in scenario.operations()
    assert scenario.record.is_gone


@both
def test_what_the_lock_reports_of_our_own_switch_is_no_change(
    best_evidence: Evidence,
) -> None:
    scenario = in_place(best_evidence)
    scenario.park()
    scenario.run(1)
    scenario.hint(Change.UNKNOWN)
    scenario.run(60)
    assert "clear" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.told() == []


@both
def test_somebody_elses_code_in_its_place_is_left_alone(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    scenario.lock.held = Held(FOREIGN, foreign=True)
    scenario.look()
    scenario.want_present()
    scenario.run(3600)
    if best_evidence is MASKING:
        assert scenario.lock.held == Held(FOREIGN, foreign=True)
    assert {"switch_on", "switch_off"}.isdisjoint(scenario.operations())


@both
def test_silence_after_switching_off_ends_in_a_clear(best_evidence: Evidence) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.drop_switches = 1
    scenario.lock.answer = Uncertain(chargeable=False)
    scenario.lock.mute_reads = 4
    scenario.park()
    scenario.run(11)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(600)
    assert scenario.record.is_gone
    assert not scenario.record.never_parks


@both
def test_after_a_cut_what_was_being_switched_is_cleared(
    best_evidence: Evidence,
) -> None:
    scenario = in_place(best_evidence)
    scenario.holds_returns = True
    scenario.park()
    scenario.run(0)
    assert scenario.record.pending is not None
    assert scenario.record.pending.operation is Operation.SWITCH_OFF
    scenario.holds_returns = False
    scenario.cut(scenario.record)
    scenario.run(3600)
    assert scenario.record.is_gone
    assert scenario.lock.held is None


@both
def test_after_a_cut_what_was_proven_to_be_off_still_is(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    scenario.cut(scenario.record)
    scenario.run(3600)
    scenario.want_present()
    scenario.run(3600)
    assert "write" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_restart_in_good_order_goes_on(best_evidence: Evidence) -> None:
    scenario = in_place(best_evidence)
    scenario.park()
    scenario.run(0)
    scenario.restart(after=20)
    scenario.run(600)
    assert "clear" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_limits_are_looked_at_before_a_code_is_switched_on(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence, OFFICE)
    scenario.want_present()
    scenario.run(3600)
    assert scenario.operations() == ["read", "read limits", "switch_on", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert set(scenario.lock.live) == {OFFICE}


@both
def test_a_code_whose_limits_were_taken_off_is_never_switched_on(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence, OFFICE)
    scenario.lock.limits = UNRESTRICTED
    scenario.want_present()
    scenario.run(3600)
    assert "switch_on" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC
    assert set(scenario.lock.live) == {OFFICE}


@both
def test_other_limits_are_not_had_by_switching_on(best_evidence: Evidence) -> None:
    morning = replace(OFFICE, week_days=(WeekDayLimit(Weekday.MONDAY, 9 * 60, 720),))
    scenario = parked(best_evidence, OFFICE)
    scenario.limit(morning)
    scenario.run(3600)
    assert "switch_on" not in scenario.operations()
    assert scenario.lock.live[-1] == morning
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_code_that_opens_the_door_while_it_is_off_is_cleared_and_never_parked_again(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    scenario.send(CodeUsed(scenario.now))
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]
    scenario.want_present()
    scenario.run(3600)
    scenario.operations()
    scenario.park()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_use_from_before_the_code_was_off_is_no_fault_of_the_lock(
    best_evidence: Evidence,
) -> None:
    scenario = in_place(best_evidence)
    used_at = scenario.now
    scenario.park()
    scenario.run(60)
    scenario.send(CodeUsed(used_at))
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_switch_that_was_given_up_and_shows_late_is_told_of_nobody(
    best_evidence: Evidence,
) -> None:
    """The machine found it: a call that hung was carried out when nobody waited for it."""
    scenario = in_place(best_evidence)
    scenario.lock.late_switches = timedelta(seconds=12)
    scenario.lock.drop_clears = 1
    scenario.park()
    scenario.run(600)
    assert scenario.record.is_gone
    assert scenario.told() == []


@both
def test_a_switch_that_is_on_no_record_after_a_cut_is_told_of_nobody(
    best_evidence: Evidence,
) -> None:
    scenario = in_place(best_evidence)
    scenario.park()
    stored = scenario.record
    scenario.run(0)
    scenario.cut(stored)
    scenario.run(600)
    assert scenario.record.is_gone
    assert scenario.told() == []


@both
def test_a_users_word_has_a_code_looked_at_that_is_off(best_evidence: Evidence) -> None:
    scenario = parked(best_evidence)
    scenario.send(Resumed(Choice.RETRY))
    scenario.run(60)
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.IN_SYNC
