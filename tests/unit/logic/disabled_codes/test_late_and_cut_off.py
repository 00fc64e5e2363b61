"""Switches that land late, and power that goes while a code is switched."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import Operation, SlotState
from custom_components.keyholder.model.slot_events import ChangeKind, SlotNotice
from tests.harness.logic.disabled_slots import MASKING, both, disabled, enabled
from tests.harness.logic.simulated_lock import Held, pin_of


@both
def test_a_code_that_is_enabled_late_is_disabled_again(best_evidence: Evidence) -> None:
    scenario = disabled(best_evidence)
    scenario.lock.late_switches = timedelta(seconds=50)
    scenario.want_present()
    scenario.run(3)
    scenario.lock.late_switches = None
    scenario.disable_code()
    scenario.run(1)
    assert scenario.lock.held is None
    scenario.run(3600)
    assert scenario.lock.held is None
    assert scenario.record.is_cleared


@both
def test_an_enable_seen_too_early_does_not_wake_a_disabled_code(
    best_evidence: Evidence,
) -> None:
    """The machine found it: the code was enabled already when the enable was sent."""
    scenario = disabled(best_evidence)
    scenario.lock.held = Held(pin_of(1))
    scenario.lock.late_switches = timedelta(seconds=9)
    scenario.want_present()
    scenario.run(3)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.lock.late_switches = None
    scenario.disable_code()
    scenario.run(3)
    assert scenario.record.is_verified
    scenario.run(3600)
    assert scenario.record.is_verified
    assert scenario.lock.held is None


@both
def test_a_code_is_disabled_again_once_the_enable_can_no_longer_land(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.want_present()
    scenario.run(61)
    scenario.operations()
    scenario.disable_code()
    scenario.run(3600)
    assert scenario.operations() == ["switch_off", "read"]
    assert scenario.lock.held == Held(pin_of(1), enabled=False)


def test_a_change_well_after_an_enable_was_seen_is_reported() -> None:
    """The enable may still land, but it was seen: its report came in time."""
    scenario = disabled(MASKING)
    scenario.want_present()
    scenario.run(30)
    scenario.keypad(pin_of(1), event=ChangeKind.UNKNOWN)
    assert scenario.published() == [SlotNotice.CODE_CHANGED]


@both
def test_a_code_that_goes_off_late_is_not_called_in_place_before(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    scenario.lock.late_switches = timedelta(seconds=9)
    scenario.disable_code()
    scenario.run(1)
    scenario.want_present()
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1))
    assert scenario.published() == []


@both
def test_after_a_cut_what_was_being_switched_is_cleared(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    scenario.holds_returns = True
    scenario.disable_code()
    scenario.run(0)
    assert scenario.record.pending is not None
    assert scenario.record.pending.operation is Operation.DISABLE
    scenario.holds_returns = False
    scenario.cut(scenario.record)
    scenario.run(3600)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


@both
def test_after_a_cut_what_was_proven_to_be_off_still_is(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.cut(scenario.record)
    scenario.run(3600)
    scenario.want_present()
    scenario.run(3600)
    assert "write" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_restart_in_good_order_goes_on(best_evidence: Evidence) -> None:
    scenario = enabled(best_evidence)
    scenario.disable_code()
    scenario.run(0)
    scenario.restart(after=20)
    scenario.run(600)
    assert "clear" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_an_abandoned_disable_that_lands_late_is_no_external_change(
    best_evidence: Evidence,
) -> None:
    """The machine found it: a call that hung was carried out when nobody waited for it."""
    scenario = enabled(best_evidence)
    scenario.lock.late_switches = timedelta(seconds=12)
    scenario.lock.drop_clears = 1
    scenario.disable_code()
    scenario.run(600)
    assert scenario.record.is_cleared
    assert scenario.published() == []


@both
def test_an_unrecorded_disable_after_a_power_cut_is_no_external_change(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    scenario.disable_code()
    stored = scenario.record
    scenario.run(0)
    scenario.cut(stored)
    scenario.run(600)
    assert scenario.record.is_cleared
    assert scenario.published() == []


@both
@pytest.mark.parametrize("wanted", [False, True])
def test_a_clear_that_followed_a_switch_unrecorded_is_no_external_change(
    best_evidence: Evidence, wanted: bool
) -> None:
    """The power went twice; the disk knew of the disable, not of the clear after it."""
    scenario = enabled(best_evidence)
    scenario.holds_returns = True
    scenario.disable_code()
    scenario.run(0)
    stored = scenario.record
    assert stored.pending is not None
    scenario.holds_returns = False
    scenario.lock.held = None
    scenario.cut(stored)
    if wanted:
        scenario.want_present()
    scenario.run(600)
    assert scenario.published() == []
    assert scenario.lock.held == (Held(pin_of(1)) if wanted else None)
