"""Taking a code away: first, to the end, and against late writes."""

from datetime import timedelta
from itertools import pairwise

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import Operation, Reason, SlotState
from custom_components.keyholder.model.slot_events import (
    OutcomeUnknown,
    Rejected,
    SlotNotice,
    Step,
)
from tests.harness.logic.scenario import NOT_CLEARED, Scenario, in_sync

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


@both
def test_a_clear_that_does_not_show_is_tried_again_after_its_ten_seconds(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.lock.drop_clears = 1
    scenario.want_absent()
    began = scenario.seconds
    scenario.run()
    assert [(at - began, what) for at, what in scenario.radio] == [
        (0, "clear"),
        (0, "read"),
        (2, "read"),
        (5, "read"),
        (10, "read"),
        (15, "clear"),
        (15, "read"),
    ]
    assert scenario.record.is_cleared


@both
def test_a_code_that_cannot_be_cleared_is_never_given_up(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.lock.drop_clears = 10**6
    scenario.want_absent()
    scenario.run(44)
    assert scenario.published() == []
    scenario.run(3 * 24 * 3600)
    assert scenario.published() == [NOT_CLEARED]
    assert scenario.record.retry.suspended_reason is None
    assert scenario.reason() is Reason.NOT_CLEARED
    clears = [at for at, what in scenario.radio if what == "clear"]
    assert max(b - a for a, b in pairwise(clears)) == 1810
    scenario.lock.drop_clears = 0
    scenario.run(2000)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


def test_a_refused_clear_goes_on_too_and_is_reported() -> None:
    scenario = in_sync(READABLE)
    scenario.lock.answer = Rejected(Reason.NOT_SUPPORTED)
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.published() == [NOT_CLEARED]
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(3600)
    assert scenario.record.is_cleared


def test_a_suspended_slot_is_cleared_all_the_same() -> None:
    scenario = in_sync(READABLE)
    scenario.lock.drop_writes = 3
    scenario.lock.drop_clears = 1
    scenario.want_present(revision=2)
    scenario.run(200)
    assert scenario.record.retry.suspended_reason is not None
    scenario.want_absent()
    scenario.run()
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


@both
def test_a_clear_is_sent_at_once_before_its_write_has_shown(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=30)
    scenario.run(3)
    scenario.operations()
    scenario.want_absent()
    assert scenario.step() == Step(Operation.CLEAR, scenario.now)
    scenario.run(1)
    assert scenario.operations()[:2] == ["clear", "read"]


@both
def test_a_write_that_lands_after_the_clear_does_not_undo_a_revocation(
    best_evidence: Evidence,
) -> None:
    """On a masking lock the late code was taken for somebody else's, and stayed."""
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=59)
    scenario.run(3)
    scenario.want_absent()
    scenario.run(55)
    assert scenario.lock.held is None
    assert not scenario.record.is_verified
    scenario.run(600)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None
    assert SlotNotice.CODE_ADDED not in scenario.published()


@both
def test_a_revocation_is_not_proven_while_a_write_is_unresolved(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 1
    scenario.run(3)
    scenario.want_absent()
    scenario.run(30)
    scenario.look()
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(26)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.operations()
    scenario.run(2)
    assert scenario.operations() == ["read"]
    assert scenario.record.is_cleared


@both
def test_a_write_still_on_its_way_to_the_lock_is_outlived_too(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.holds_returns = True
    scenario.lock.late_writes = timedelta(seconds=170)
    scenario.run(0)
    scenario.want_absent()
    scenario.run(0)
    scenario.now += timedelta(seconds=110)
    scenario.holds_returns = False
    write_returned = scenario.on_the_way
    assert write_returned is not None
    scenario.send(write_returned)
    scenario.run(3600)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


def test_a_code_is_cleared_although_the_lock_answers_no_read() -> None:
    """A slot that had to be read first was never cleared on a lock that stays silent."""
    scenario = in_sync(MASKING)
    scenario.restart()
    scenario.lock.mute_reads = 10**6
    scenario.look()
    scenario.want_absent()
    scenario.operations()
    scenario.run(3600)
    assert "clear" in scenario.operations()
    assert scenario.lock.held is None
    assert not scenario.record.is_verified
    assert scenario.reason() is Reason.NO_ANSWER
    scenario.lock.mute_reads = 0
    scenario.run(3600)
    assert scenario.record.is_cleared


def test_clears_without_an_answer_keep_their_distance() -> None:
    scenario = in_sync(READABLE)
    scenario.lock.mute_reads = 10**6
    scenario.want_absent()
    scenario.run(24 * 3600)
    assert scenario.operations().count("clear") <= 60


def test_a_refused_clear_has_not_met_the_late_write() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.late_writes = timedelta(seconds=40)
    scenario.run(3)
    scenario.lock.answer = Rejected(Reason.REJECTED)
    scenario.want_absent()
    scenario.run(1)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.operations()
    scenario.run(10)
    assert scenario.operations()[0] == "clear"
    scenario.run()
    assert scenario.record.is_cleared


def test_a_clear_of_a_lock_out_of_reach_is_not_counted() -> None:
    scenario = in_sync(READABLE)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.lock.drop_clears = 10**6
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.published() == []
    assert scenario.record.retry.failed_attempts == 0
    scenario.lock.drop_clears = 0
    scenario.run(3600)
    assert scenario.record.is_cleared


def test_what_somebody_put_over_ours_is_cleared_with_the_slot() -> None:
    scenario = in_sync(READABLE)
    scenario.keypad("90999")
    scenario.want_absent()
    scenario.run()
    assert scenario.lock.held is None
    assert scenario.record.is_cleared
