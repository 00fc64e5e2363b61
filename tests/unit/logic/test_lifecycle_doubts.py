"""A change of mind while the lock has not yet shown what was written to it before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import (
    Operation,
    SlotState,
    UnresolvedCommand,
)
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    CommandReturned,
    DeadlinePassed,
    OutcomeUnknown,
)
from tests.harness.logic.scenario import Scenario, in_sync

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


@both
def test_a_new_pin_is_not_proven_while_the_former_write_may_still_land(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=50)
    scenario.run(3)
    scenario.lock.late_writes = None
    scenario.want_present(revision=2)
    scenario.run(40)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held is not None
    assert scenario.lock.held.code == "9072"


def test_a_former_write_that_lands_late_is_ours_and_no_outside_change() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.late_writes = timedelta(seconds=50)
    scenario.run(3)
    scenario.lock.late_writes = None
    scenario.want_present(revision=2)
    scenario.run(600)
    assert scenario.published() == []
    assert scenario.record.restored_at == ()


@both
def test_a_change_of_mind_charges_nothing(best_evidence: Evidence) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 3
    scenario.run(130)
    assert scenario.record.retry.failed_attempts == 2
    scenario.want_present(revision=2)
    assert scenario.record.retry.failed_attempts == 0
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_clear_under_way_is_finished_when_the_code_is_wanted_again(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.lock.drop_clears = 1
    scenario.want_absent()
    scenario.run(1)
    scenario.want_present()
    scenario.run(10)
    assert scenario.published() == []
    assert scenario.record.retry.failed_attempts == 0
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_late_clear_does_not_take_the_code_that_is_wanted_again(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.lock.late_clears = timedelta(seconds=40)
    scenario.want_absent()
    scenario.run(1)
    scenario.lock.late_clears = None
    scenario.want_present()
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held is not None


@both
def test_a_clear_of_an_empty_slot_may_land_after_the_next_write(
    best_evidence: Evidence,
) -> None:
    """It had been given as landed, because the slot it left was empty before it too."""
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 1
    scenario.run(3)
    scenario.lock.late_clears = timedelta(seconds=30)
    scenario.want_absent()
    scenario.run(1)
    scenario.lock.late_clears = None
    scenario.want_present()
    scenario.run(25)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held is not None


def test_a_clear_of_a_code_reported_gone_may_land_after_the_next_write() -> None:
    """The empty slot was the removal's doing, and was taken for the clear's landing."""
    scenario = in_sync(MASKING)
    scenario.lock.mute_reads = 1
    scenario.keypad(None, event=ChangeKind.CLEARED)
    scenario.look()
    scenario.lock.late_clears = timedelta(seconds=30)
    scenario.want_absent()
    scenario.run(1)
    assert "clear" in scenario.operations()
    scenario.want_present()
    scenario.run(20)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held is not None


@both
def test_of_two_writes_either_may_be_the_one_that_showed(
    best_evidence: Evidence,
) -> None:
    """The second write was forgotten when the first one's landing was seen."""
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=14)
    scenario.run(3)
    scenario.want_absent()
    scenario.run(1)
    scenario.lock.late_writes = timedelta(seconds=59)
    scenario.want_present()
    scenario.run(60)
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None


def test_the_second_of_two_writes_stays_unresolved() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.drop_writes = 1
    scenario.run(3)
    scenario.want_absent()
    scenario.want_present()
    scenario.run(0)
    assert scenario.state() is SlotState.IN_SYNC
    assert [command.operation for command in scenario.record.unresolved_commands] == [
        Operation.WRITE,
        Operation.WRITE,
    ]


@both
def test_the_second_of_two_clears_may_land_after_the_next_write(
    best_evidence: Evidence,
) -> None:
    """What the first clear had done was taken for the second one's landing."""
    scenario = in_sync(best_evidence)
    scenario.lock.late_clears = timedelta(seconds=12)
    scenario.want_absent()
    scenario.run(10.5)
    scenario.lock.late_clears = timedelta(seconds=59)
    scenario.run(5)
    scenario.lock.late_clears = None
    scenario.want_present()
    scenario.run(50)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held is not None


def test_a_clear_may_land_for_a_minute_from_when_it_came_back() -> None:
    scenario = in_sync(READABLE)
    scenario.holds_returns = True
    scenario.lock.drop_clears = 1
    scenario.want_absent()
    scenario.run(0)
    scenario.now += timedelta(seconds=100)
    returned_at = scenario.now
    scenario.deliver()
    scenario.run(11)
    timing = scenario.rules.timing
    assert [
        command.may_land_until for command in scenario.record.unresolved_commands
    ] == [returned_at + timing.write_window]


def test_an_abandoned_operation_that_returns_restarts_its_window() -> None:
    scenario = Scenario(READABLE)
    scenario.holds_returns = True
    scenario.run(0)
    started_at = scenario.now
    scenario.now += timedelta(seconds=100)
    scenario.want_absent()
    scenario.send(CommandReturned(started_at, WriteResult.OPTIMISTIC))
    assert [
        command.may_land_until for command in scenario.record.unresolved_commands
    ] == [scenario.now + scenario.rules.timing.write_window]


@both
def test_many_changes_of_mind_end_where_the_last_one_points(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=20)
    scenario.lock.late_clears = timedelta(seconds=8)
    for revision in range(1, 7):
        scenario.want_present(revision)
        scenario.run(4)
        scenario.want_absent()
        scenario.run(4)
    scenario.run(3600)
    assert scenario.record.is_cleared
    assert scenario.lock.held is None
    scenario.send(DeadlinePassed())
    assert scenario.record.unresolved_commands == ()
    assert not scenario.is_report_expected()


def test_a_masking_lock_is_not_written_while_a_write_is_unresolved() -> None:
    scenario = Scenario(MASKING)
    scenario.lock.late_writes = timedelta(seconds=50)
    scenario.run(3)
    scenario.operations()
    scenario.lock.late_writes = None
    scenario.want_present(revision=2)
    scenario.run(600)
    assert scenario.operations() == ["read", "clear", "read", "write", "read"]


def test_a_readable_lock_is_written_as_soon_as_the_clear_is_read() -> None:
    """It waited for the clear's deadline, as if a revocation were to be proven."""
    scenario = Scenario(READABLE)
    scenario.lock.late_writes = timedelta(seconds=50)
    scenario.run(3)
    scenario.want_absent()
    scenario.run(1)
    scenario.operations()
    scenario.lock.late_writes = None
    scenario.want_present(revision=2)
    scenario.run(2)
    assert scenario.operations()[:2] == ["read", "write"]


def test_a_code_that_is_masked_now_may_be_the_former_one_that_landed_late() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.late_writes = timedelta(seconds=50)
    scenario.run(3)
    scenario.lock.late_writes = None
    scenario.lock.best_evidence = MASKING
    scenario.lock.drop_writes = 1
    scenario.want_present(revision=2)
    scenario.run(59.5)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held is not None
    assert scenario.lock.held.code == "9072"


@pytest.mark.parametrize("best_evidence", [READABLE, MASKING])
def test_a_lock_without_answers_for_months_keeps_one_attempt(
    best_evidence: Evidence,
) -> None:
    """The record grew with each of thousands of attempts, and the journal with it."""
    scenario = in_sync(best_evidence)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.lock.drop_clears = scenario.lock.mute_reads = 1_000_000
    scenario.want_absent()
    scenario.run(60 * 24 * 3600)
    assert len(scenario.operations()) > 1000
    assert len(scenario.record.unresolved_commands) < 10


@both
def test_a_command_that_returns_after_months_may_have_landed_now(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.lock.drop_clears = scenario.lock.mute_reads = 1_000_000
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.want_absent()
    scenario.holds_returns = True
    scenario.run(60)
    first = scenario.on_the_way
    assert first is not None
    scenario.holds_returns = False
    scenario.run(60 * 24 * 3600)
    before = scenario.now
    scenario.send(CommandReturned(first.started_at, WriteResult.OPTIMISTIC))
    assert any(
        command.may_land_until > before
        for command in scenario.record.unresolved_commands
    )


@pytest.mark.parametrize("passed", [timedelta(minutes=1), timedelta(hours=1)])
def test_of_abandoned_operations_the_last_started_is_remembered(
    passed: timedelta,
) -> None:
    """One that came back late is over after another that was started after it."""
    scenario = in_sync(READABLE)
    scenario.want_present(revision=2)
    now = scenario.now
    first, last = (
        UnresolvedCommand(
            operation=Operation.WRITE,
            revision=2,
            started_at=now - timedelta(seconds=started),
            may_land_until=now + timedelta(seconds=until),
        )
        for started, until in ((300, 40), (100, 10))
    )
    scenario.record = replace(scenario.record, unresolved_commands=(first, last))
    for moment in (now + timedelta(seconds=20), now + passed):
        scenario.now = moment
        scenario.send(DeadlinePassed())
    assert scenario.record.unresolved_commands == (last,)
