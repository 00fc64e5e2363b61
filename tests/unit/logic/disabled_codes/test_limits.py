"""Codes that the lock itself limits, while they are switched off."""

from dataclasses import replace

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE, WeekDaySchedule
from custom_components.keyholder.model.slot import SlotState
from tests.harness.logic.disabled_slots import OFFICE, both, disabled


@both
def test_limits_are_looked_at_before_a_code_is_switched_on(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence, OFFICE)
    scenario.want_present()
    scenario.run(3600)
    assert scenario.operations() == ["read", "read limits", "switch_on", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert set(scenario.lock.live) == {OFFICE}


@both
def test_a_code_whose_limits_were_taken_off_is_never_switched_on(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence, OFFICE)
    scenario.lock.limits = NO_SCHEDULE
    scenario.want_present()
    scenario.run(3600)
    assert "switch_on" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC
    assert set(scenario.lock.live) == {OFFICE}


@both
def test_other_limits_are_not_had_by_switching_on(best_evidence: Evidence) -> None:
    morning = replace(OFFICE, week_days=(WeekDaySchedule(Weekday.MONDAY, 9 * 60, 720),))
    scenario = disabled(best_evidence, OFFICE)
    scenario.limit(morning)
    scenario.run(3600)
    assert "switch_on" not in scenario.operations()
    assert scenario.lock.live[-1] == morning
    assert scenario.state() is SlotState.IN_SYNC
