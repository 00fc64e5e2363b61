"""What others do to a code while it is switched off."""

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import Occupancy
from custom_components.keyholder.model.slot import Observation, SlotState
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    Observed,
    SlotNotice,
)
from tests.harness.logic.disabled_slots import MASKING, both, disabled, enabled
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held, pin_of


@both
def test_a_code_that_is_enabled_by_itself_is_reported_and_cleared(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.lock.held = Held(pin_of(1))
    scenario.look()
    assert scenario.published() == [SlotNotice.CODE_CHANGED]
    scenario.run(1)
    assert scenario.record.is_cleared
    assert scenario.operations()[-2:] == ["clear", "read"]


@both
def test_a_code_that_is_lost_while_it_is_off_is_written_when_it_is_wanted(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.lock.held = None
    scenario.want_present()
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1))


@both
def test_a_report_while_the_code_is_off_has_it_cleared(best_evidence: Evidence) -> None:
    scenario = disabled(best_evidence)
    scenario.hint(ChangeKind.UNKNOWN)
    scenario.run(60)
    assert "clear" in scenario.operations()
    assert scenario.record.is_cleared


@both
def test_what_the_lock_reports_of_our_own_switch_is_no_change(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    scenario.disable_code()
    scenario.run(1)
    scenario.hint(ChangeKind.UNKNOWN)
    scenario.run(60)
    assert "clear" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.published() == []


@both
def test_an_unmanaged_code_in_its_place_is_left_alone(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.lock.held = Held(UNMANAGED_CODE, foreign=True)
    scenario.look()
    scenario.want_present()
    scenario.run(3600)
    if best_evidence is MASKING:
        assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)
    assert {"switch_on", "switch_off"}.isdisjoint(scenario.operations())


@both
def test_a_change_right_after_our_own_switch_is_found(best_evidence: Evidence) -> None:
    """It may be somebody else's, although it looks like what the lock reports of ours."""
    scenario = enabled(best_evidence)
    scenario.disable_code()
    scenario.run(1)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.lock.held = Held(pin_of(1))
    scenario.hint(ChangeKind.UNKNOWN)
    scenario.run(1)
    assert scenario.record.is_cleared


def test_a_lock_that_never_shows_a_disabled_code_is_cleared() -> None:
    scenario = disabled(MASKING)
    unsaid = Observation(occupancy=Occupancy.MASKED, enabled=None, made_by_us=True)
    scenario.send(Observed(unsaid))
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(1)
    assert scenario.published() == []
    assert scenario.record.is_cleared
