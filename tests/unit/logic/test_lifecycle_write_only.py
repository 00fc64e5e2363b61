"""A lock that shows nothing: its word is the most that can be had, and is called so."""

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import (
    Operation,
    Origin,
    Reason,
    SlotState,
)
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    CommandReturned,
    CommandStarted,
    LockTraits,
    OutcomeUnknown,
    Rejected,
    Restarted,
    ResumeChoice,
    SlotNotice,
)
from tests.harness.logic.scenario import NOT_CLEARED, SUSPENDED, Scenario, in_sync


def accepted() -> Scenario:
    return in_sync(Evidence.ACKNOWLEDGED)


def test_a_code_the_lock_took_is_accepted_and_never_in_sync() -> None:
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.run(24 * 3600)
    assert scenario.operations() == ["write"]
    assert scenario.record.evidence is Evidence.ACKNOWLEDGED
    assert scenario.state() is SlotState.ACCEPTED


def test_a_new_pin_and_a_revocation_are_one_command_each() -> None:
    scenario = accepted()
    scenario.want_present(revision=2)
    scenario.run(3600)
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.operations() == ["write", "clear"]
    assert scenario.record.is_cleared


def test_a_cleared_slot_is_unresolved_while_the_clear_may_land() -> None:
    """Whoever had the slot next lost their code to a clear that landed late."""
    scenario = accepted()
    scenario.want_absent()
    scenario.run(30)
    assert scenario.record.is_cleared
    assert [command.operation for command in scenario.record.unresolved_commands] == [
        Operation.CLEAR
    ]
    scenario.run(60)
    assert scenario.record.unresolved_commands == ()
    assert scenario.record.is_cleared


def test_it_is_never_read_whatever_happens() -> None:
    scenario = accepted()
    scenario.hint(ChangeKind.SET)
    scenario.run(3600)
    scenario.resume()
    scenario.run(3600)
    scenario.want_absent()
    scenario.restart()
    scenario.run(3600)
    assert "read" not in scenario.operations()


def test_a_clear_that_returns_when_the_code_is_wanted_proves_nothing() -> None:
    """The answer to the clear was taken for the code's: accepted, and never written."""
    scenario = accepted()
    scenario.want_absent()
    started_at = scenario.now
    scenario.send(CommandStarted(Operation.CLEAR))
    scenario.want_present()
    scenario.send(CommandReturned(started_at, WriteResult.OPTIMISTIC))
    assert scenario.record.evidence is Evidence.NONE
    scenario.run(3600)
    assert scenario.operations()[0] == "write"
    assert scenario.state() is SlotState.ACCEPTED


def test_an_uncertain_answer_is_counted_and_tried_again_with_back_off() -> None:
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=True)
    scenario.run(3600)
    assert [at for at, _ in scenario.radio] == [0, 5, 15]
    assert scenario.reason() is Reason.NOT_STORED
    assert scenario.published() == [SUSPENDED]


def test_a_lock_out_of_reach_is_not_counted() -> None:
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.run(60)
    assert scenario.record.retry.failed_attempts == 0
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(200)
    assert scenario.state() is SlotState.ACCEPTED


def test_a_revocation_goes_on_with_back_off_and_is_reported_once() -> None:
    scenario = accepted()
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=True)
    scenario.want_absent()
    scenario.run(24 * 3600)
    assert scenario.published() == [NOT_CLEARED]
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(3600)
    assert scenario.record.is_cleared


def test_a_refused_code_is_suspended() -> None:
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.lock.answer = Rejected(Reason.REJECTED)
    scenario.run(3600)
    assert scenario.operations() == ["write"]
    assert scenario.reason() is Reason.REJECTED


def test_a_write_that_may_still_land_is_cleared_once_more_after_its_time() -> None:
    """Its late landing would have been noticed by nobody."""
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.run(1)
    scenario.want_absent()
    scenario.run(1)
    assert not scenario.record.is_verified
    scenario.run(3600)
    assert scenario.operations() == ["write", "clear", "clear"]
    assert scenario.record.is_cleared


def test_a_power_cut_during_a_write_is_followed_by_the_same_write() -> None:
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.send(CommandStarted(Operation.WRITE))
    scenario.send(Restarted())
    scenario.run(3600)
    assert scenario.operations() == ["write"]
    assert scenario.state() is SlotState.ACCEPTED


def test_a_write_from_before_a_power_cut_may_still_land_on_a_revocation() -> None:
    """The restart had forgotten the write altogether."""
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.send(CommandStarted(Operation.WRITE))
    scenario.send(Restarted())
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.operations() == ["clear", "clear"]
    assert scenario.record.is_cleared


def test_a_change_at_the_lock_is_reported_and_undone_within_bounds() -> None:
    """It was undone at once, every time, without end."""
    scenario = accepted()
    for _ in range(6):
        scenario.hint(ChangeKind.SET)
        scenario.run(7200)
    assert scenario.operations() == ["write"] * 3
    assert scenario.reason() is Reason.CHANGED_REPEATEDLY
    assert scenario.published() == [SlotNotice.CODE_CHANGED] * 4 + [SUSPENDED]


def test_a_second_change_within_the_hour_waits() -> None:
    scenario = accepted()
    scenario.hint(ChangeKind.CLEARED)
    scenario.run(120)
    scenario.hint(ChangeKind.CLEARED)
    scenario.run(120)
    assert scenario.operations() == ["write"]
    assert scenario.state() is SlotState.OUT_OF_SYNC
    scenario.run(3600)
    assert scenario.state() is SlotState.ACCEPTED


def test_a_report_does_not_keep_a_slot_from_being_cleared() -> None:
    """`stale` could only be taken back by a read, and there is none."""
    scenario = accepted()
    scenario.hint(ChangeKind.SET)
    scenario.restart()
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.record.is_cleared


def test_a_code_reported_in_a_slot_we_emptied_is_not_ours_to_clear() -> None:
    scenario = accepted()
    scenario.want_absent()
    scenario.run(3600)
    scenario.operations()
    scenario.hint(ChangeKind.SET)
    scenario.run(3600)
    assert scenario.operations() == []
    assert scenario.published() == [SlotNotice.CODE_ADDED]
    assert scenario.record.is_cleared
    scenario.want_present()
    scenario.run(3600)
    assert scenario.operations() == []
    assert scenario.reason() is Reason.OCCUPIED
    assert scenario.published() == [SUSPENDED]


@pytest.mark.parametrize("replace", [True, False])
def test_it_is_ours_again_with_a_yes_or_once_it_is_reported_gone(replace: bool) -> None:
    scenario = accepted()
    scenario.want_absent()
    scenario.run(3600)
    scenario.hint(ChangeKind.SET)
    scenario.want_present()
    if replace:
        scenario.resume(ResumeChoice.REPLACE)
    else:
        scenario.hint(ChangeKind.CLEARED)
    scenario.run(3600)
    assert scenario.record.origin is Origin.MANAGED
    assert scenario.state() is SlotState.ACCEPTED


def test_its_answer_counts_when_it_starts_to_mask_codes() -> None:
    """Every code on it would have been taken for somebody else's."""
    scenario = accepted()
    scenario.rules = LockTraits(
        best_evidence=Evidence.PRESENCE, timing=scenario.rules.timing
    )
    scenario.lock.best_evidence = Evidence.PRESENCE
    scenario.look()
    scenario.run()
    assert scenario.record.origin is Origin.MANAGED
    assert scenario.state() is SlotState.IN_SYNC


def test_a_lock_that_no_longer_shows_codes_can_still_be_done_with() -> None:
    scenario = in_sync(Evidence.VALUE)
    scenario.hint(ChangeKind.SET)
    scenario.rules = LockTraits(
        best_evidence=Evidence.ACKNOWLEDGED, timing=scenario.rules.timing
    )
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.record.is_cleared
    assert scenario.operations() == ["clear"]


def test_a_refused_new_pin_does_not_leave_the_old_one_on_the_lock() -> None:
    """The slot was suspended, and the PIN that was taken back went on opening the door."""
    scenario = accepted()
    scenario.want_present(revision=2)
    answer, scenario.lock.answer = scenario.lock.answer, Rejected(Reason.DUPLICATE)
    step = scenario.step()
    assert step is not None
    assert step.operation is Operation.WRITE
    scenario.execute(step)
    scenario.lock.answer = answer
    assert scenario.state() is SlotState.SUSPENDED
    scenario.run(3600)
    assert scenario.operations() == ["write", "clear"]
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.lock.held is None


def test_a_refused_first_code_needs_no_clear() -> None:
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.lock.answer = Rejected(Reason.DUPLICATE)
    scenario.run(3600)
    assert scenario.operations() == ["write"]
    assert scenario.state() is SlotState.SUSPENDED
