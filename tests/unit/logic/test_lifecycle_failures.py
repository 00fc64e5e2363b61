"""What is charged to a lock, what is not, and what follows from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import (
    DesiredState,
    Operation,
    Reason,
    SlotState,
    UnresolvedCommand,
)
from custom_components.keyholder.model.slot_events import (
    CommandStarted,
    OutcomeUnknown,
    Rejected,
    SlotNotice,
    Step,
)
from tests.harness.logic.scenario import SUSPENDED, Scenario, in_sync

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


@both
def test_a_write_that_does_not_show_is_counted_once_at_its_deadline(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 9
    scenario.run(59)
    assert scenario.record.retry.failed_attempts == 0
    assert scenario.state() is SlotState.PENDING_CONFIRMATION
    scenario.run(2)
    assert scenario.record.retry.failed_attempts == 1
    scenario.look()
    assert scenario.record.retry.failed_attempts == 1


@both
def test_three_counted_failures_suspend_and_are_reported_once(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 99
    scenario.run(24 * 3600)
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.NOT_STORED
    assert scenario.published() == [SUSPENDED]
    assert scenario.operations().count("write") == 3


def test_failures_count_however_far_apart_until_the_next_proof() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.drop_writes = 2
    scenario.run(300)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.retry.failed_attempts == 0


def test_a_user_decision_ends_a_suspension() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.drop_writes = 3
    scenario.run(3600)
    assert scenario.state() is SlotState.SUSPENDED
    scenario.resume()
    scenario.run()
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_lock_out_of_reach_is_never_counted_and_the_read_decides(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.lock.drop_writes = 20
    scenario.run(1000)
    assert scenario.record.retry.failed_attempts == 0
    assert scenario.record.retry.suspended_reason is None
    scenario.lock.drop_writes = 0
    scenario.run(1000)
    assert scenario.state() is SlotState.IN_SYNC


@both
@pytest.mark.parametrize("desired", list(DesiredState))
def test_a_lock_that_answers_only_reads_gets_ever_fewer_commands(
    best_evidence: Evidence, desired: DesiredState
) -> None:
    """Each look showed the lock in reach again, and began the waits anew."""
    scenario = in_sync(best_evidence)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.lock.drop_writes = scenario.lock.drop_clears = 10**6
    scenario.want(desired, revision=2)
    scenario.run(3 * 24 * 3600)
    assert scenario.record.retry.suspended_reason is None
    commands = [at for at, what in scenario.radio if what in ("write", "clear")]
    a_day = [at for at in commands if at > 2 * 24 * 3600]
    assert 1 <= len(a_day) <= 50
    if desired is DesiredState.ABSENT:
        # taking away goes on, half an hour apart at most
        assert commands[-1] - commands[-2] <= 1800 + 10

    # the newest wish does not wait longer than for what may still land
    scenario.lock.drop_writes = scenario.lock.drop_clears = 0
    scenario.want(DesiredState.PRESENT, revision=3)
    scenario.run(150)
    assert scenario.state() is SlotState.IN_SYNC


def test_an_answer_that_was_lost_on_the_way_is_found_out_by_reading() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=True)
    scenario.run()
    assert scenario.operations() == ["read", "write", "read"]
    assert scenario.state() is SlotState.IN_SYNC


def test_a_code_that_the_lock_refuses_is_suspended_with_the_locks_reason() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.answer = Rejected(Reason.DUPLICATE)
    scenario.run(24 * 3600)
    assert scenario.operations() == ["read", "write", "read"]
    assert scenario.reason() is Reason.DUPLICATE
    assert scenario.published() == [SUSPENDED]


def test_a_suspended_slot_that_turns_out_right_is_in_sync_again() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.drop_writes = 3
    scenario.run(3600)
    scenario.keypad("9071")
    scenario.look()
    assert scenario.state() is SlotState.IN_SYNC


def test_a_superseded_code_goes_although_the_new_one_was_refused() -> None:
    scenario = in_sync(READABLE)
    scenario.lock.answer = Rejected(Reason.REJECTED)
    scenario.want_present(revision=2)
    scenario.run(1)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(3600)
    assert scenario.lock.held is None
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.REJECTED


def test_a_superseded_code_is_cleared_again_and_again_with_longer_waits() -> None:
    scenario = in_sync(MASKING)
    scenario.lock.drop_clears = 10**6
    scenario.want_present(revision=2)
    scenario.run(2 * 24 * 3600)
    assert scenario.state() in (SlotState.SUSPENDED, SlotState.PENDING_CONFIRMATION)
    assert scenario.published() == [SUSPENDED]
    clears = [at for at, what in scenario.radio if what == "clear"]
    assert 60 <= len(clears) <= 110
    assert not any(what == "write" for _, what in scenario.radio)
    assert clears[-1] - clears[-2] <= 1800 + 10
    scenario.lock.drop_clears = 0
    scenario.run(3600)
    assert scenario.lock.held is None


def test_a_late_superseded_write_is_seen_in_a_suspended_slot() -> None:
    """A refused new PIN left the slot unwatched while the old one was on its way."""
    scenario = Scenario(READABLE)
    scenario.lock.late_writes = timedelta(seconds=50)
    scenario.run(3)
    scenario.lock.answer = Rejected(Reason.REJECTED)
    scenario.want_present(revision=2)
    scenario.run(1)
    assert scenario.reason() is Reason.REJECTED
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(3600)
    assert scenario.lock.held is None


def test_a_right_read_at_the_deadline_is_no_failure() -> None:
    """A doubted but correct reading was charged to the lock."""
    scenario = Scenario(READABLE)
    scenario.lock.mute_reads = 0
    scenario.look()
    scenario.send(CommandStarted(Operation.WRITE))
    pending = scenario.record.pending
    assert pending is not None
    late_clear = UnresolvedCommand(
        operation=Operation.CLEAR,
        revision=1,
        started_at=scenario.now,
        may_land_until=pending.deadline + timedelta(seconds=30),
    )
    scenario.record = replace(scenario.record, unresolved_commands=(late_clear,))
    scenario.lock.write(1, scenario.now)
    scenario.now = pending.deadline
    scenario.look()
    assert scenario.record.pending is None
    assert scenario.record.retry.failed_attempts == 0
    assert scenario.step() == Step(None, late_clear.may_land_until)


def test_a_masked_slot_that_the_lock_shows_disabled_is_not_in_sync() -> None:
    """A masked reading that said `disabled` counted as presence."""
    scenario = in_sync(MASKING)
    assert scenario.lock.held is not None
    scenario.lock.held = type(scenario.lock.held)("9071", enabled=False)
    scenario.look()
    assert scenario.state() is not SlotState.IN_SYNC
    assert scenario.published() == [SlotNotice.CODE_CHANGED]
    scenario.run()
    assert scenario.lock.held.enabled
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_lock_that_disables_every_code_is_suspended(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.switches_off = True
    scenario.run(30)
    assert scenario.state() is SlotState.PENDING_CONFIRMATION
    scenario.run(24 * 3600)
    assert scenario.reason() is Reason.NOT_STORED
    assert scenario.published() == [SUSPENDED]
    assert scenario.operations().count("write") == 3
