"""Clause 16.27: no code is written again on the word of a report that others can send."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    ResumeChoice,
    SlotNotice,
    UserResumed,
)
from tests.harness.logic.scenario import Scenario, in_sync
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held

HOUR = 3600.0
READABLE, MASKING, BLIND = Evidence.VALUE, Evidence.PRESENCE, Evidence.ACKNOWLEDGED
OURS = Held("9071")
each_lock = pytest.mark.parametrize("best_evidence", [READABLE, MASKING, BLIND])
each_change = pytest.mark.parametrize("change", ChangeKind)


def on_broker(scenario: Scenario) -> Scenario:
    """Let anybody on a broker report for the lock."""
    scenario.rules = replace(scenario.rules, reports_can_be_forged=True)
    scenario.operations()
    scenario.published()
    return scenario


def settled(best_evidence: Evidence) -> Scenario:
    scenario = in_sync(best_evidence)
    scenario.run(HOUR)
    return on_broker(scenario)


@each_lock
@each_change
def test_a_forged_report_makes_nobody_send_a_pin(
    best_evidence: Evidence, change: ChangeKind
) -> None:
    scenario = settled(best_evidence)

    for _ in range(5):
        scenario.hint(change)
        scenario.run(2 * HOUR)

    assert set(scenario.operations()) <= {"read"}
    assert scenario.lock.held == OURS


def test_a_lock_that_shows_its_code_is_read_and_proven_again() -> None:
    scenario = settled(READABLE)

    scenario.hint(ChangeKind.CLEARED)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(HOUR)

    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.published() == []


@pytest.mark.parametrize("best_evidence", [MASKING, BLIND])
def test_where_no_read_can_tell_the_user_decides(best_evidence: Evidence) -> None:
    scenario = settled(best_evidence)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(HOUR)
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.CHANGE_REPORTED
    assert SlotNotice.CODE_CHANGED in scenario.published()

    scenario.send(UserResumed(ResumeChoice.RETRY))
    scenario.run(HOUR)

    assert scenario.lock.held == OURS
    assert scenario.state() in (SlotState.IN_SYNC, SlotState.ACCEPTED)


@pytest.mark.parametrize("best_evidence", [READABLE, MASKING])
def test_what_a_read_shows_to_be_gone_is_put_back(best_evidence: Evidence) -> None:
    """The lock answers a question of ours: that is not the word of a report."""
    scenario = settled(best_evidence)

    scenario.keypad(None, event=ChangeKind.CLEARED)
    assert scenario.state() is not SlotState.SUSPENDED
    scenario.run(HOUR)

    assert scenario.lock.held == OURS
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.operations()[0] == "read"


@each_lock
@each_change
def test_a_forged_report_during_a_write_makes_nobody_send_it_twice(
    best_evidence: Evidence, change: ChangeKind
) -> None:
    scenario = on_broker(Scenario(best_evidence))
    scenario.run(0)
    scenario.hint(change)
    scenario.run(2 * HOUR)

    assert scenario.operations().count("write") == 1
    assert scenario.lock.held == OURS


@each_lock
def test_a_code_is_taken_away_whatever_was_reported(best_evidence: Evidence) -> None:
    scenario = settled(best_evidence)
    scenario.hint(ChangeKind.SET)
    scenario.run(HOUR)

    scenario.want_absent()
    scenario.run(HOUR)

    assert scenario.lock.held is None
    assert "write" not in scenario.operations()


@each_lock
def test_another_pin_is_written_whatever_was_reported(best_evidence: Evidence) -> None:
    scenario = settled(best_evidence)
    scenario.hint(ChangeKind.SET)
    scenario.run(HOUR)

    scenario.want_present(revision=2)
    scenario.run(HOUR)

    assert scenario.lock.held == Held("9072")
    assert scenario.operations().count("write") == 1


def test_a_late_report_after_a_start_makes_nobody_send_a_pin() -> None:
    """What was proven just before a start may be reported after it."""
    scenario = on_broker(Scenario(MASKING))
    scenario.run(1)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.operations()
    scenario.restart()

    scenario.hint(ChangeKind.SET)
    scenario.run(HOUR)

    assert set(scenario.operations()) <= {"read"}
    assert scenario.state() is SlotState.IN_SYNC
