"""Reads that bring nothing change nothing, and are made again."""

from datetime import timedelta
from itertools import pairwise

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import Occupancy
from custom_components.keyholder.model.slot import Observation, Reason, SlotState
from custom_components.keyholder.model.slot_events import DeadlinePassed, Observed
from tests.harness.logic.scenario import Scenario, in_sync

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])
MUTE = 10**6


@both
def test_a_failed_read_of_a_verified_slot_keeps_its_proof(
    best_evidence: Evidence,
) -> None:
    """Nothing asked again: the look that somebody wanted was simply lost."""
    scenario = in_sync(best_evidence)
    before = scenario.record
    scenario.lock.mute_reads = 2
    scenario.look()
    assert scenario.record.evidence is before.evidence
    assert scenario.record.verified_at == before.verified_at
    assert scenario.state() is SlotState.IN_SYNC
    scenario.run()
    began = scenario.radio[0][0]
    assert [at - began for at, _ in scenario.radio] == [0, 2, 6]
    assert scenario.record.retry.failed_reads == 0


def test_the_waits_between_failed_reads_grow_to_half_an_hour() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.mute_reads = MUTE
    scenario.run(24 * 3600)
    reads = [at for at, _ in scenario.radio]
    waits = [after - before for before, after in pairwise(reads)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 1800
    assert scenario.state() is None
    assert scenario.reason() is Reason.NO_ANSWER


def test_a_reading_of_unknown_says_as_little_as_no_answer() -> None:
    scenario = in_sync(READABLE)
    before = scenario.record
    scenario.send(Observed(Observation()))
    assert scenario.record.observed == before.observed
    assert scenario.record.evidence is Evidence.VALUE
    assert scenario.record.retry.failed_reads == 1


@both
def test_a_slot_that_is_not_usable_keeps_what_is_known_of_its_code(
    best_evidence: Evidence,
) -> None:
    """Clause 16.8: such an answer is neither "gone" nor "free", and it is no silence."""
    scenario = in_sync(best_evidence)
    before = scenario.record
    scenario.send(Observed(Observation(occupancy=Occupancy.NOT_USABLE)))
    assert scenario.record.observed == before.observed
    assert scenario.record.evidence is before.evidence
    assert scenario.record.retry.failed_reads == 1
    assert scenario.record.retry.slot_not_usable

    scenario.look()

    assert not scenario.record.retry.slot_not_usable


@both
def test_a_write_into_a_slot_that_then_is_not_usable_is_never_proven(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.look()
    scenario.lock.mute_reads = MUTE
    scenario.run(61)
    scenario.send(Observed(Observation(occupancy=Occupancy.NOT_USABLE)))
    assert scenario.state() is None
    assert scenario.reason() is Reason.SLOT_UNAVAILABLE
    assert not scenario.record.is_verified


@both
def test_a_write_that_could_not_be_read_is_no_failure(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.look()
    scenario.lock.mute_reads = 4
    scenario.run(61)
    assert scenario.record.pending is None
    assert scenario.record.retry.failed_attempts == 0
    assert scenario.state() is None
    scenario.operations()
    scenario.run()
    assert scenario.operations()[0] == "read"
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_nothing_is_written_after_a_write_that_could_not_be_read(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.look()
    scenario.lock.mute_reads = MUTE
    scenario.run(24 * 3600)
    assert scenario.operations().count("write") == 1
    assert scenario.record.retry.failed_attempts == 0


def test_an_operation_without_a_read_ends_30_s_after_its_deadline() -> None:
    scenario = Scenario(READABLE)
    scenario.holds_returns = True
    scenario.run(0)
    pending = scenario.record.pending
    assert pending is not None
    scenario.now = pending.deadline + scenario.rules.timing.final_read_grace
    scenario.send(DeadlinePassed())
    assert scenario.record.pending is None
    assert scenario.record.retry.failed_attempts == 0
    assert scenario.record.needs_read


def test_a_moment_that_comes_too_early_changes_nothing() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.drop_writes = 1
    scenario.run(3)
    before = scenario.record
    scenario.send(DeadlinePassed())
    assert scenario.record == before


def test_reads_while_the_operation_is_in_flight_are_no_read_backs() -> None:
    scenario = Scenario(READABLE)
    scenario.holds_returns = True
    scenario.lock.late_writes = timedelta(seconds=1)
    scenario.run(0)
    scenario.look()
    scenario.look()
    scenario.deliver()
    assert scenario.record.pending is not None
    assert scenario.record.pending.read_backs == 0


@both
def test_an_unresolved_command_is_read_with_pauses_after_its_window(
    best_evidence: Evidence,
) -> None:
    """Only an answer ended the doubt, so a mute lock was read at every instant."""
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 1
    scenario.run(55)
    scenario.lock.mute_reads = MUTE
    scenario.want_absent()
    scenario.operations()
    scenario.run(11)
    assert scenario.operations() == ["clear", "read", "read", "read", "read", "read"]
    scenario.lock.mute_reads = 0
    scenario.run()
    assert scenario.record.is_cleared
