"""Slots of locks that store codes and show them as empty."""

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import DesiredState, SlotState
from tests.harness.logic.scenario import Scenario


def hiding(best_evidence: Evidence, *, run: float = 600) -> Scenario:
    """Return a slot with a code that the lock has acknowledged and never shows."""
    scenario = Scenario(best_evidence)
    scenario.lock.reads_empty = True
    scenario.run(run)
    scenario.operations()
    scenario.published()
    return scenario


def is_said_to_be_gone(scenario: Scenario) -> bool:
    """Return whether a read is said to have proven that the code is gone."""
    is_absent = scenario.record.desired is DesiredState.ABSENT
    return is_absent and scenario.state() is SlotState.IN_SYNC


def assert_accepted_as_gone(scenario: Scenario) -> None:
    """Fail unless the code is gone, and that is said at no better grade than it is known."""
    assert scenario.lock.held is None
    assert scenario.record.is_cleared
    assert scenario.record.evidence is Evidence.ACKNOWLEDGED
    assert scenario.state() is SlotState.ACCEPTED
