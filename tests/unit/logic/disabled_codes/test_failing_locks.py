"""Locks that do not switch a code, say that they did, or let it in all the same."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import (
    CodeUsed,
    OutcomeUnknown,
    ResumeChoice,
)
from tests.harness.logic.disabled_slots import (
    MASKING,
    READABLE,
    both,
    disabled,
    enabled,
)
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held, pin_of


@both
def test_a_code_that_stays_on_is_cleared_and_not_switched_again(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    scenario.lock.drop_switches = 99
    scenario.disable_code()
    scenario.run(11)
    assert scenario.lock.held is None
    scenario.run(600)
    assert scenario.record.is_cleared
    scenario.want_present()
    scenario.run(3600)
    scenario.operations()
    scenario.disable_code()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_lock_that_cannot_is_cleared_at_once(best_evidence: Evidence) -> None:
    scenario = enabled(best_evidence)
    scenario.lock.refuses_switches = Reason.NOT_SUPPORTED
    scenario.disable_code()
    scenario.run(0.5)
    assert scenario.operations() == ["switch_off", "clear", "read"]
    assert scenario.record.is_cleared
    assert scenario.published() == []


@both
def test_a_report_is_no_proof(best_evidence: Evidence) -> None:
    scenario = enabled(best_evidence)
    scenario.lock.drop_switches = 1
    scenario.lock.answer = WriteResult.CONFIRMED
    scenario.disable_code()
    scenario.run(1)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(60)
    assert scenario.lock.held is None


@both
def test_a_code_that_cannot_be_enabled_is_written(best_evidence: Evidence) -> None:
    scenario = disabled(best_evidence)
    scenario.lock.drop_switches = 1
    scenario.want_present()
    scenario.run(30)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1))


@both
def test_no_answer_after_disabling_ends_in_a_clear(best_evidence: Evidence) -> None:
    scenario = enabled(best_evidence)
    scenario.lock.drop_switches = 1
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.lock.mute_reads = 4
    scenario.disable_code()
    scenario.run(11)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(600)
    assert scenario.record.is_cleared
    assert not scenario.record.disable_unsupported


@both
def test_a_disabled_code_that_opens_is_cleared_for_good(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.send(CodeUsed(scenario.now))
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]
    scenario.want_present()
    scenario.run(3600)
    scenario.operations()
    scenario.disable_code()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_use_from_before_the_code_was_off_is_no_fault_of_the_lock(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    used_at = scenario.now
    scenario.disable_code()
    scenario.run(60)
    scenario.send(CodeUsed(used_at))
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_use_of_a_disabled_code_does_not_wait_for_a_read(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.lock.mute_reads = 1
    scenario.look()
    assert scenario.record.retry.at is not None
    scenario.send(CodeUsed(scenario.now))
    scenario.run(0)
    assert scenario.operations()[-2:] == ["clear", "read"]
    assert scenario.record.is_cleared


@both
def test_a_lock_that_is_busy_is_asked_again_at_the_next_window(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    scenario.lock.refuses_switches = Reason.LOCK_BUSY
    scenario.disable_code()
    scenario.run(60)
    assert scenario.record.is_cleared
    scenario.lock.refuses_switches = None
    scenario.want_present()
    scenario.run(3600)
    scenario.operations()
    scenario.disable_code()
    scenario.run(60)
    assert scenario.operations() == ["switch_off", "read"]


@both
@pytest.mark.parametrize("choice", ResumeChoice)
def test_a_user_decision_lets_a_lock_try_again_that_did_not_switch_a_code(
    best_evidence: Evidence, choice: ResumeChoice
) -> None:
    scenario = enabled(best_evidence)
    scenario.lock.refuses_switches = Reason.NOT_SUPPORTED
    scenario.disable_code()
    scenario.run(60)
    scenario.lock.refuses_switches = None
    scenario.want_present()
    scenario.run(3600)
    scenario.resume(choice)
    scenario.run(60)
    scenario.operations()
    scenario.disable_code()
    scenario.run(60)
    assert scenario.operations() == ["switch_off", "read"]
    assert scenario.state() is SlotState.IN_SYNC


def test_a_lock_that_finds_the_code_to_be_unmanaged_is_looked_at_first() -> None:
    scenario = enabled(MASKING)
    scenario.lock.refuses_switches = Reason.OCCUPIED
    scenario.lock.held = Held(UNMANAGED_CODE, foreign=True)
    scenario.disable_code()
    scenario.run(60)
    assert scenario.operations()[:2] == ["switch_off", "read"]
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)


@both
def test_a_removal_does_not_wait_for_a_lock_that_did_not_disable(
    best_evidence: Evidence,
) -> None:
    scenario = enabled(best_evidence)
    scenario.lock.answer = OutcomeUnknown(
        counts_as_failure=True, reason=Reason.LOCK_BUSY
    )
    scenario.lock.drop_switches = 1
    scenario.disable_code()
    step = scenario.step()
    assert step is not None
    scenario.execute(step)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(0)
    assert scenario.operations() == ["switch_off", "clear", "read"]
    assert scenario.record.is_cleared


@both
def test_a_use_reported_after_another_read_counts_as_well(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    used_at = scenario.now
    scenario.run(60)
    scenario.look()
    assert scenario.state() is SlotState.IN_SYNC
    scenario.send(CodeUsed(used_at))
    scenario.run(0)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


@both
def test_a_use_between_two_disabled_times_is_no_fault(
    best_evidence: Evidence,
) -> None:
    scenario = disabled(best_evidence)
    scenario.want_present()
    scenario.run(3600)
    used_at = scenario.now
    scenario.run(60)
    scenario.disable_code()
    scenario.run(60)
    scenario.send(CodeUsed(used_at))
    assert scenario.state() is SlotState.IN_SYNC


def test_a_late_enable_is_not_taken_for_the_effect_of_a_write() -> None:
    """The write is still to come: it must not land after the code is said to be gone."""
    scenario = disabled(READABLE)
    scenario.lock.late_switches = timedelta(seconds=2)
    scenario.lock.late_writes = timedelta(seconds=9)
    scenario.lock.mute_reads = 1
    scenario.want_present()
    scenario.run(0)
    scenario.disable_code()
    scenario.want_present()
    scenario.run(3)
    assert "write" in scenario.operations()
    scenario.want_absent()
    scenario.run(1)
    assert not scenario.record.is_cleared
    scenario.run(600)
    assert scenario.lock.held is None
