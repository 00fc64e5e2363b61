"""Slots whose code is in place, or switched off, on locks that can do that."""

import pytest

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import (
    LockSchedule,
    WeekDaySchedule,
)
from custom_components.keyholder.model.slot import SlotState
from tests.harness.logic.scenario import Scenario
from tests.harness.logic.simulated_lock import Held, pin_of

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])
OFFICE = LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 9 * 60, 17 * 60),))


def enabled(best_evidence: Evidence, limits: LockSchedule | None = None) -> Scenario:
    """Return a slot that holds our first PIN, proven, on a lock that switches codes."""
    scenario = Scenario(best_evidence, switches=True)
    if limits is not None:
        scenario.limit(limits)
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.operations()
    scenario.published()
    return scenario


def disabled(best_evidence: Evidence, limits: LockSchedule | None = None) -> Scenario:
    """Return one whose code was switched off, proven, long ago."""
    scenario = enabled(best_evidence, limits)
    scenario.disable_code()
    scenario.run(3600)
    assert scenario.operations() == ["switch_off", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1), enabled=False)
    assert scenario.published() == []
    return scenario
