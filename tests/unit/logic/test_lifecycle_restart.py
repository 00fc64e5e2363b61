"""Home Assistant, or the way to the lock, was away: what is uncertain is read first."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import Operation, Reason, SlotState
from custom_components.keyholder.model.slot_events import CommandStarted, Step
from tests.harness.logic.scenario import Scenario, in_sync
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


@both
def test_a_verified_slot_is_neither_read_nor_written(best_evidence: Evidence) -> None:
    scenario = in_sync(best_evidence)
    before = scenario.record
    scenario.restart(after=3600)
    scenario.run()
    assert scenario.operations() == []
    assert scenario.record.evidence is before.evidence
    assert scenario.record.verified_at == before.verified_at


@both
@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("away", [1, 30, 86_400])
def test_a_power_cut_between_intent_and_answer_is_resolved_by_reading(
    best_evidence: Evidence, arrived: bool, away: float
) -> None:
    scenario = Scenario(best_evidence)
    scenario.look()
    scenario.operations()
    scenario.send(CommandStarted(Operation.WRITE))
    if arrived:
        scenario.lock.write(1, scenario.now)
    scenario.restart(after=away)
    assert scenario.step() == Step(None, min(scenario.now, scenario.step().after))  # type: ignore[union-attr]
    scenario.run()
    assert scenario.operations()[0] == "read"
    assert scenario.record.retry.failed_attempts == 0
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_write_that_shows_after_the_restart_is_not_written_again(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=20)
    scenario.run(3)
    scenario.restart(after=30)
    scenario.operations()
    scenario.run()
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_deadline_is_never_further_away_than_its_window(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.look()
    scenario.send(CommandStarted(Operation.WRITE))
    scenario.now -= timedelta(days=3)
    scenario.restart()
    window = scenario.rules.timing.write_window
    assert scenario.record.pending is not None
    assert scenario.record.pending.deadline == scenario.now + window
    assert not scenario.record.pending.counts_as_failure


@both
def test_an_unresolved_command_never_outlives_its_window(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.holds_returns = True
    scenario.run(0)
    scenario.want_absent()
    scenario.restart()
    window = scenario.rules.timing.write_window
    assert [
        command.may_land_until for command in scenario.record.unresolved_commands
    ] == [scenario.now + window]


@both
def test_a_revocation_that_was_interrupted_goes_on_after_one_look(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    scenario.restart(after=600)
    scenario.run()
    assert scenario.operations() == ["read", "clear", "read"]
    assert scenario.record.is_cleared


@both
def test_an_interrupted_revocation_does_not_wait_for_an_answer(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    scenario.restart(after=600)
    scenario.lock.mute_reads = 1
    scenario.look()
    step = scenario.step()
    assert step is not None
    assert step.operation is Operation.CLEAR
    scenario.run()
    assert scenario.operations()[:2] == ["read", "clear"]
    assert scenario.record.is_cleared


@both
def test_a_late_write_from_before_the_restart_does_not_undo_a_revocation(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=58)
    scenario.run(3)
    scenario.want_absent()
    scenario.run(1)
    scenario.restart(after=20)
    scenario.run(3600)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


def test_waits_from_before_are_over() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.mute_reads = 12
    scenario.run(3600)
    assert scenario.record.retry.at is not None
    scenario.restart()
    assert scenario.step() == Step(None, scenario.now)


def test_the_bound_on_undoing_changes_outlives_a_restart() -> None:
    scenario = in_sync(READABLE)
    scenario.keypad("90999")
    scenario.look()
    scenario.run(60)
    scenario.keypad("90999")
    scenario.look()
    scenario.operations()
    scenario.restart(after=60)
    scenario.run(1000)
    assert scenario.operations() == ["read"]
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_suspended_slot_stays_suspended(best_evidence: Evidence) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 99
    scenario.run(3600)
    scenario.operations()
    scenario.restart(after=60)
    scenario.run()
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.SUSPENDED


@both
def test_a_code_written_just_before_a_power_cut_is_ours_when_it_is_found(
    best_evidence: Evidence,
) -> None:
    """A masked code in a slot stored as empty was taken for somebody else's."""
    scenario = Scenario(best_evidence)
    scenario.look()
    stored = scenario.record
    scenario.run(1)
    scenario.cut(stored)
    scenario.run()
    assert scenario.operations()[-1] == "read"
    assert scenario.operations().count("write") == 0
    assert scenario.published() == []
    assert scenario.state() is SlotState.IN_SYNC


def test_a_slot_cleared_before_a_power_cut_is_no_external_change() -> None:
    """Our own making room was reported as a code removed at the lock, and counted."""
    scenario = in_sync(MASKING)
    scenario.want_present(revision=2)
    stored = scenario.record
    scenario.lock.held = None
    scenario.cut(stored)
    scenario.run()
    assert scenario.published() == []
    assert scenario.record.restored_at == ()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held("9072")


@both
def test_a_revocation_cut_off_is_finished(best_evidence: Evidence) -> None:
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    stored = scenario.record
    scenario.cut(stored)
    scenario.run()
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


def test_a_masked_code_found_after_a_restart_is_not_ours() -> None:
    """Only a power cut can have lost what we sent; otherwise the record knows it."""
    scenario = Scenario(MASKING)
    scenario.look()
    scenario.keypad(UNMANAGED_CODE)
    scenario.restart(after=60)
    scenario.run()
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)


@both
def test_a_write_lost_by_a_power_cut_does_not_undo_a_revocation(
    best_evidence: Evidence,
) -> None:
    """It was held to be over with the restart, and landed after the proof."""
    scenario = Scenario(best_evidence)
    scenario.look()
    stored = scenario.record
    scenario.lock.late_writes = timedelta(seconds=50)
    scenario.run(1)
    scenario.now += timedelta(seconds=20)
    scenario.cut(stored)
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


@both
def test_a_write_on_its_way_behind_a_record_that_was_not_stored_is_awaited(
    best_evidence: Evidence,
) -> None:
    """Nothing could be stored while a code was cleared and wanted again."""
    scenario = in_sync(best_evidence)
    stored = scenario.record
    scenario.want_absent()
    scenario.run(10)
    scenario.lock.late_writes = timedelta(seconds=30)
    scenario.want_present()
    scenario.run(1)
    scenario.cut(stored)
    scenario.want_absent()
    scenario.run(10)
    assert (scenario.lock.held, scenario.record.is_verified) == (None, False)
    scenario.run(3600)
    assert (scenario.lock.held, scenario.record.is_verified) == (None, True)


def test_a_code_in_a_slot_never_seen_is_not_ours_after_a_power_cut_either() -> None:
    """What had been there before us was cleared as a write of ours gone missing."""
    somebodys = Held(UNMANAGED_CODE, foreign=True)
    scenario = Scenario(MASKING, held=somebodys)
    scenario.cut(scenario.record)
    scenario.run(3600)
    assert scenario.lock.held == somebodys
    assert scenario.reason() is Reason.OCCUPIED
