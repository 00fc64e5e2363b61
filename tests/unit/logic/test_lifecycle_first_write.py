"""What it costs to bring a code onto a lock, to change it and to take it away."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import Operation, SlotState
from custom_components.keyholder.model.slot_events import (
    CommandReturned,
    CommandStarted,
    Step,
)
from tests.harness.logic.scenario import SUSPENDED, Scenario, in_sync

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


@both
def test_a_first_write_reads_writes_and_reads_back(best_evidence: Evidence) -> None:
    scenario = Scenario(best_evidence)
    scenario.run()
    assert scenario.operations() == ["read", "write", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.evidence is best_evidence
    assert scenario.published() == []


@both
def test_a_verified_slot_costs_nothing(best_evidence: Evidence) -> None:
    scenario = in_sync(best_evidence)
    scenario.run(30 * 24 * 3600)
    assert scenario.operations() == []


@both
def test_a_code_taken_away_is_cleared_and_seen_to_be_gone(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    scenario.run()
    assert scenario.operations() == ["clear", "read"]
    assert scenario.lock.held is None
    assert scenario.record.is_cleared


@both
def test_off_and_on_again_costs_no_more_than_a_first_write(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    scenario.run()
    scenario.operations()
    scenario.want_present()
    scenario.run()
    assert scenario.operations() == ["read", "write", "read"]
    assert scenario.state() is SlotState.IN_SYNC


def test_off_and_on_again_before_anything_was_sent_costs_one_read() -> None:
    scenario = in_sync(READABLE)
    scenario.want_absent()
    scenario.want_present()
    scenario.run()
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.IN_SYNC


def test_a_new_pin_on_a_readable_lock_is_written_over_the_old_one() -> None:
    scenario = in_sync(READABLE)
    scenario.want_present(revision=2)
    scenario.run()
    assert scenario.operations() == ["write", "read"]
    assert scenario.record.observed.holds_revision(2)
    assert scenario.state() is SlotState.IN_SYNC


def test_a_new_pin_on_a_masking_lock_makes_room_first() -> None:
    scenario = in_sync(MASKING)
    scenario.want_present(revision=2)
    scenario.run()
    assert scenario.operations() == ["clear", "read", "write", "read"]
    assert scenario.record.evidence is Evidence.PRESENCE
    assert scenario.lock.held is not None
    assert scenario.lock.held.code == "9072"


def test_the_same_desire_again_changes_nothing() -> None:
    scenario = in_sync(READABLE)
    proven_at = scenario.record.verified_at
    scenario.want_present()
    scenario.run()
    assert scenario.operations() == []
    assert scenario.record.verified_at == proven_at


@both
def test_the_read_back_is_at_once_then_after_two_and_five_seconds(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 1
    scenario.run(61)
    reads = [at for at, what in scenario.radio if what == "read"]
    assert reads[1:5] == [0, 2, 5, 60]


@both
def test_a_code_that_the_lock_takes_its_time_for_is_seen_at_the_next_look(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=4)
    scenario.run()
    assert scenario.operations() == ["read", "write", "read", "read", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.retry.failed_attempts == 0


def test_until_it_has_shown_a_write_waits_for_confirmation() -> None:
    scenario = Scenario(READABLE)
    scenario.holds_returns = True
    scenario.run(0)
    assert scenario.state() is SlotState.SYNCING
    scenario.lock.mute_reads = 9
    scenario.deliver()
    assert scenario.state() is SlotState.PENDING_CONFIRMATION


@pytest.mark.parametrize("result", [WriteResult.CONFIRMED, WriteResult.NO_CHANGE])
@both
def test_what_the_provider_has_seen_for_itself_is_not_read_again(
    best_evidence: Evidence, result: WriteResult
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.answer = result
    scenario.run()
    assert scenario.operations() == ["read", "write"]
    assert scenario.record.evidence is best_evidence
    scenario.want_absent()
    scenario.run()
    assert scenario.operations() == ["clear"]
    assert scenario.record.is_cleared


def test_an_empty_reading_that_is_not_fresh_is_taken_again_before_a_write() -> None:
    scenario = Scenario(READABLE)
    scenario.look()
    assert scenario.step() == Step(Operation.WRITE, scenario.now)
    scenario.now += scenario.rules.timing.empty_read_max_age + timedelta(seconds=1)
    assert scenario.step() == Step(None, scenario.now)


def test_a_write_after_a_stale_read_does_not_verify_a_masked_code() -> None:
    scenario = Scenario(MASKING)
    scenario.look()
    scenario.now += timedelta(minutes=1)
    scenario.send(CommandStarted(Operation.WRITE))
    assert scenario.record.pending is not None
    assert not scenario.record.pending.slot_was_empty


def test_a_masked_code_does_not_prove_an_overwrite() -> None:
    """`CONFIRMED` on a masking lock counted as presence, whatever was there before."""
    scenario = Scenario(MASKING)
    started_at = scenario.now
    scenario.send(CommandStarted(Operation.WRITE))
    scenario.send(CommandReturned(started_at, WriteResult.CONFIRMED))
    assert scenario.record.evidence is Evidence.NONE
    assert scenario.state() is SlotState.PENDING_CONFIRMATION


@both
def test_a_lock_that_is_slow_to_be_asked_is_not_read_without_end(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 2
    scenario.run(24 * 3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.operations().count("read") <= 11
    assert SUSPENDED not in scenario.published()
