"""Locks that do not switch a code, say that they did, or let it in all the same."""

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import (
    CodeUsed,
    OutcomeUnknown,
    ResumeChoice,
)

from ..simulated_lock import FOREIGN, Held, pin_of
from .slots import MASKING, both, in_place, parked


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
    assert scenario.record.is_cleared
    scenario.want_present()
    scenario.run(3600)
    scenario.operations()
    scenario.park()
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]


@both
def test_a_lock_that_cannot_is_cleared_at_once(best_evidence: Evidence) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.refuses_switches = Reason.NOT_SUPPORTED
    scenario.park()
    scenario.run(0.5)
    assert scenario.operations() == ["switch_off", "clear", "read"]
    assert scenario.record.is_cleared
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
def test_a_code_that_cannot_be_woken_is_written(best_evidence: Evidence) -> None:
    scenario = parked(best_evidence)
    scenario.lock.drop_switches = 1
    scenario.want_present()
    scenario.run(30)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1))


@both
def test_silence_after_switching_off_ends_in_a_clear(best_evidence: Evidence) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.drop_switches = 1
    scenario.lock.answer = OutcomeUnknown(chargeable=False)
    scenario.lock.mute_reads = 4
    scenario.park()
    scenario.run(11)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(600)
    assert scenario.record.is_cleared
    assert not scenario.record.disable_unsupported


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
def test_a_use_of_a_code_that_is_off_does_not_wait_for_a_read_to_be_tried_again(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
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
    scenario = in_place(best_evidence)
    scenario.lock.refuses_switches = Reason.LOCK_BUSY
    scenario.park()
    scenario.run(60)
    assert scenario.record.is_cleared
    scenario.lock.refuses_switches = None
    scenario.want_present()
    scenario.run(3600)
    scenario.operations()
    scenario.park()
    scenario.run(60)
    assert scenario.operations() == ["switch_off", "read"]


@both
@pytest.mark.parametrize("choice", ResumeChoice)
def test_a_users_word_lets_a_lock_try_again_that_did_not_switch_a_code(
    best_evidence: Evidence, choice: ResumeChoice
) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.refuses_switches = Reason.NOT_SUPPORTED
    scenario.park()
    scenario.run(60)
    scenario.lock.refuses_switches = None
    scenario.want_present()
    scenario.run(3600)
    scenario.resume(choice)
    scenario.run(60)
    scenario.operations()
    scenario.park()
    scenario.run(60)
    assert scenario.operations() == ["switch_off", "read"]
    assert scenario.state() is SlotState.IN_SYNC


def test_a_lock_that_finds_the_code_to_be_somebody_elses_is_looked_at_first() -> None:
    scenario = in_place(MASKING)
    scenario.lock.refuses_switches = Reason.OCCUPIED
    scenario.lock.held = Held(FOREIGN, foreign=True)
    scenario.park()
    scenario.run(60)
    assert scenario.operations()[:2] == ["switch_off", "read"]
    assert scenario.lock.held == Held(FOREIGN, foreign=True)


@both
def test_who_is_to_go_does_not_wait_for_a_lock_that_says_it_did_not_switch(
    best_evidence: Evidence,
) -> None:
    scenario = in_place(best_evidence)
    scenario.lock.answer = OutcomeUnknown(chargeable=True, reason=Reason.LOCK_BUSY)
    scenario.lock.drop_switches = 1
    scenario.park()
    step = scenario.step()
    assert step is not None
    scenario.execute(step)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(0)
    assert scenario.operations() == ["switch_off", "clear", "read"]
    assert scenario.record.is_cleared


@both
def test_a_use_that_is_told_after_another_look_at_the_code_counts_as_well(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    used_at = scenario.now
    scenario.run(60)
    scenario.look()
    assert scenario.state() is SlotState.IN_SYNC
    scenario.send(CodeUsed(used_at))
    scenario.run(0)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


@both
def test_a_use_between_two_times_that_the_code_was_off_is_no_fault_of_the_lock(
    best_evidence: Evidence,
) -> None:
    scenario = parked(best_evidence)
    scenario.want_present()
    scenario.run(3600)
    used_at = scenario.now
    scenario.run(60)
    scenario.park()
    scenario.run(60)
    scenario.send(CodeUsed(used_at))
    assert scenario.state() is SlotState.IN_SYNC
