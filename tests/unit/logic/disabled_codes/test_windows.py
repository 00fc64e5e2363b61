"""A window that ends switches its code off, one that begins switches it on."""

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice, UserResumed
from tests.harness.logic.disabled_slots import MASKING, both, disabled, enabled
from tests.harness.logic.scenario import Scenario
from tests.harness.logic.simulated_lock import Held, pin_of


@both
def test_a_window_that_ends_disables_and_one_that_begins_enables(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.want_present()
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(3600)
    assert scenario.operations() == ["switch_on", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.evidence is best_evidence
    assert scenario.lock.held == Held(pin_of(1))
    assert scenario.published() == []


@both
def test_a_code_that_is_off_frees_nothing(best_evidence: Evidence) -> None:
    scenario = disabled(best_evidence)
    assert scenario.record.is_verified
    assert not scenario.record.is_cleared


@both
def test_whoever_is_to_go_for_good_while_their_code_is_off_is_cleared(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.want_absent()
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


@both
def test_whoever_goes_for_good_is_cleared_as_ever(best_evidence: Evidence) -> None:
    scenario = enabled(best_evidence)
    scenario.want_absent()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_new_pin_does_not_come_by_switching_on(best_evidence: Evidence) -> None:
    scenario = disabled(best_evidence)
    scenario.want_present(revision=2)
    scenario.run(3600)
    assert "switch_on" not in scenario.operations()
    assert scenario.lock.held == Held(pin_of(2))
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_code_that_is_not_proven_is_not_disabled_but_cleared(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence, switches=True)
    scenario.look()
    scenario.holds_returns = True
    scenario.run(0)
    scenario.operations()
    scenario.disable_code()
    scenario.deliver()
    scenario.holds_returns = False
    scenario.run(600)
    assert "clear" in scenario.operations()
    assert scenario.record.is_cleared


def test_a_lock_that_does_not_show_whose_a_code_is_is_cleared() -> None:
    scenario = Scenario(MASKING)
    scenario.run(3600)
    scenario.operations()
    scenario.disable_code()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_window_that_begins_again_at_once_costs_one_read(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    scenario.disable_code()
    scenario.want_present()
    scenario.run(3600)
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_user_decision_has_a_code_looked_at_that_is_off(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.send(UserResumed(ResumeChoice.RETRY))
    scenario.run(60)
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.IN_SYNC
