"""A use is evidence: it contradicts that a slot is empty, and confirms a write.

Clause 16.2: a keypad operation with the slot of a record that is held to be absent,
cleared or not stored contradicts the record: read, clear again, and tell. One with the
slot of a pending record confirms it as present.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.keyholder.logic.code_uses import expects_use
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
    CodeUsed,
    CommandReturned,
    CommandStarted,
    OutcomeUnknown,
    ResumeChoice,
    UseNoted,
)
from tests.harness.logic.disabled_slots import MASKING, READABLE, both, disabled
from tests.harness.logic.scenario import Scenario, in_sync
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held, pin_of

WRITE_ONLY = Evidence.ACKNOWLEDGED
every = pytest.mark.parametrize("best_evidence", [READABLE, MASKING, WRITE_ONLY])


def cleared(best_evidence: Evidence) -> Scenario:
    """Return a slot whose code was cleared, as far as can be proven, an hour ago."""
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    scenario.run(3600)
    assert is_proven_gone(scenario)
    scenario.operations()
    scenario.published()
    return scenario


def is_proven_gone(scenario: Scenario) -> bool:
    """Return whether the lock has proven that the code is gone, as far as it can."""
    return scenario.record.is_cleared


def told(scenario: Scenario) -> datetime | None:
    """Return the time of the unexpected use that the user is told of."""
    return scenario.record.unexpected_use


def use(scenario: Scenario, ago: float = 0) -> None:
    """Let the lock report that the slot was used at the keypad."""
    scenario.send(CodeUsed(scenario.now - timedelta(seconds=ago)))


def hide_code(scenario: Scenario) -> None:
    """Let the lock hold the code, and show its slot as empty."""
    scenario.lock.held = Held(pin_of(1))
    scenario.lock.reads_empty = True


@every
def test_a_use_of_a_cleared_slot_has_it_read_and_cleared_again(
    best_evidence: Evidence,
) -> None:
    scenario = cleared(best_evidence)
    used_at = scenario.now
    use(scenario)
    assert not is_proven_gone(scenario)
    assert scenario.state() not in (SlotState.IN_SYNC, SlotState.ACCEPTED)
    scenario.run(600)
    reads = best_evidence.is_read_back
    assert scenario.operations() == (["read", "clear", "read"] if reads else ["clear"])
    assert is_proven_gone(scenario)
    assert scenario.record.evidence is best_evidence
    assert told(scenario) == used_at
    scenario.send(UseNoted())
    assert told(scenario) is None
    assert is_proven_gone(scenario)
    assert scenario.operations() == []


@every
def test_every_further_use_of_it_is_evidence_again(best_evidence: Evidence) -> None:
    scenario = cleared(best_evidence)
    use(scenario)
    scenario.run(600)
    scenario.operations()
    use(scenario)
    assert told(scenario) == scenario.now
    scenario.run(600)
    assert scenario.operations().count("clear") == 1
    assert is_proven_gone(scenario)


@both
def test_a_code_that_the_lock_kept_and_hid_is_off_it_then(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.lock.reads_empty = True
    scenario.lock.drop_clears = 1
    scenario.want_absent()
    scenario.run(3600)
    assert scenario.lock.held == Held(pin_of(1))
    use(scenario)
    scenario.run(600)
    assert scenario.lock.held is None


@every
def test_a_use_from_before_it_was_cleared_is_history(best_evidence: Evidence) -> None:
    """A burst of reports may come hours late."""
    scenario = cleared(best_evidence)
    before = scenario.record
    use(scenario, ago=2 * 3600)
    assert scenario.record == before


@every
def test_a_use_between_the_clear_and_a_later_proof_is_not(
    best_evidence: Evidence,
) -> None:
    """A read afterwards that showed it empty does not take the use back."""
    scenario = cleared(best_evidence)
    if best_evidence.is_read_back:
        scenario.look()
    scenario.restart(after=600)
    scenario.run(600)
    scenario.operations()
    use(scenario, ago=300)
    scenario.run(600)
    assert scenario.operations().count("clear") == 1


@every
def test_a_use_while_the_code_is_still_to_be_cleared_is_expected(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.lock.drop_clears = 99
    scenario.want_absent()
    scenario.run(20)
    use(scenario)
    assert told(scenario) is None
    scenario.lock.drop_clears = 0
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(3600)
    assert is_proven_gone(scenario)


@every
def test_a_use_of_a_code_that_is_there_is_no_news(best_evidence: Evidence) -> None:
    scenario = in_sync(best_evidence)
    before = scenario.record
    assert expects_use(before)
    use(scenario)
    assert replace(scenario.record, unresolved_commands=()) == replace(
        before, unresolved_commands=()
    )
    scenario.want_absent()
    assert not expects_use(scenario.record)


def test_a_readable_code_of_somebody_else_explains_the_use() -> None:
    """Law 5: what we did not put there stays."""
    scenario = cleared(READABLE)
    scenario.keypad(UNMANAGED_CODE)
    use(scenario)
    scenario.run(600)
    assert scenario.operations() == ["read"]
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)
    assert scenario.record.origin is Origin.UNMANAGED
    assert told(scenario) is None
    assert scenario.published() == ["code_added"]


def test_a_masked_code_that_turns_up_is_left_alone_and_told() -> None:
    """It is not ours, as far as is known; whether the PIN opens the door, a person can try."""
    scenario = cleared(MASKING)
    scenario.keypad(UNMANAGED_CODE)
    use(scenario)
    used_at = scenario.now
    scenario.run(600)
    assert scenario.operations() == ["read"]
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)
    assert scenario.record.origin is Origin.UNMANAGED
    assert told(scenario) == used_at
    assert scenario.published() == ["code_added"]


@both
def test_a_use_of_a_slot_that_is_reported_as_changed_waits_for_its_read(
    best_evidence: Evidence,
) -> None:
    """What was reported explains the use."""
    scenario = cleared(best_evidence)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    use(scenario)
    scenario.run(600)
    assert scenario.operations() == ["read"]
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)
    assert told(scenario) is None


@every
def test_the_slot_of_a_code_that_is_not_ours_is_left_alone(
    best_evidence: Evidence,
) -> None:
    scenario = cleared(best_evidence)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(600)
    assert scenario.record.origin is Origin.UNMANAGED
    scenario.operations()
    use(scenario)
    scenario.run(600)
    assert scenario.operations() == []
    assert told(scenario) is None


@both
def test_a_use_does_not_wait_for_reads_that_fail(best_evidence: Evidence) -> None:
    scenario = cleared(best_evidence)
    scenario.lock.mute_reads = 99
    use(scenario)
    scenario.run(5)
    assert scenario.operations()[:2] == ["read", "clear"]
    scenario.lock.mute_reads = 0
    scenario.run(3600)
    assert is_proven_gone(scenario)


@both
def test_a_use_that_the_disk_has_lasts_over_a_power_cut(
    best_evidence: Evidence,
) -> None:
    scenario = cleared(best_evidence)
    use(scenario)
    used_at = scenario.now
    scenario.cut(scenario.record)
    scenario.run(600)
    assert scenario.operations().count("clear") == 1
    assert told(scenario) == used_at
    assert is_proven_gone(scenario)


@both
def test_a_clear_after_a_use_is_sent_until_it_is_acknowledged(
    best_evidence: Evidence,
) -> None:
    """The slot was read as empty before as well: that is no effect of the clear."""
    scenario = cleared(best_evidence)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=True)
    hide_code(scenario)
    scenario.lock.drop_clears = 1
    use(scenario)
    scenario.run(600)
    assert scenario.lock.held is None
    assert not is_proven_gone(scenario)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(3600)
    assert is_proven_gone(scenario)


# Not stored


@both
def test_a_code_that_counts_as_not_stored_is_cleared_after_a_use(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 99
    scenario.run(3600)
    assert scenario.reason() is Reason.NOT_STORED
    scenario.operations()
    use(scenario)
    used_at = scenario.now
    scenario.run(3600)
    assert scenario.operations()[:3] == ["read", "clear", "read"]
    assert scenario.operations() == []
    assert scenario.reason() is Reason.NOT_STORED
    assert told(scenario) == used_at
    scenario.lock.drop_writes = 0
    scenario.resume(ResumeChoice.RETRY)
    scenario.run(600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held(pin_of(1))


@both
def test_a_code_that_is_there_after_all_is_not_cleared(best_evidence: Evidence) -> None:
    """The read shows it: it was stored late."""
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=100)
    scenario.lock.drop_writes = 2
    scenario.run(3600)
    use(scenario)
    scenario.run(600)
    assert scenario.lock.held in (Held(pin_of(1)), None)
    assert scenario.state() in (SlotState.IN_SYNC, SlotState.SUSPENDED)
    if best_evidence is READABLE:
        assert scenario.state() is SlotState.IN_SYNC


# Disabled codes


@both
def test_a_disabled_code_that_opens_is_told(best_evidence: Evidence) -> None:
    scenario = disabled(best_evidence)
    use(scenario)
    assert told(scenario) == scenario.now
    scenario.run(60)
    assert scenario.operations() == ["clear", "read"]
    assert is_proven_gone(scenario)


# Pending


def awaiting(best_evidence: Evidence, *, muted: int) -> Scenario:
    """Return a slot whose write was acknowledged, with that many reads without an answer."""
    scenario = Scenario(best_evidence)
    scenario.look()
    scenario.lock.mute_reads = muted
    scenario.run(10)
    assert scenario.state() is SlotState.PENDING_CONFIRMATION
    scenario.operations()
    return scenario


@both
def test_a_use_confirms_a_pending_write(best_evidence: Evidence) -> None:
    scenario = awaiting(best_evidence, muted=3)
    use(scenario)
    assert scenario.record.is_verified
    assert scenario.record.evidence is Evidence.PRESENCE
    assert scenario.record.needs_read
    scenario.run(30)
    assert scenario.operations() == ["read"]
    assert scenario.record.evidence is best_evidence
    assert scenario.state() is SlotState.IN_SYNC
    assert told(scenario) is None


@both
def test_a_use_confirms_no_write_that_was_read_as_disabled(
    best_evidence: Evidence,
) -> None:
    """Somebody disabled the code at the lock; a random life found it."""
    scenario = awaiting(best_evidence, muted=3)
    held = scenario.lock.held
    assert held is not None
    scenario.lock.held = replace(held, enabled=False)
    scenario.look()
    use(scenario)
    assert not scenario.record.is_verified


@both
def test_a_use_from_before_the_write_confirms_nothing(best_evidence: Evidence) -> None:
    scenario = awaiting(best_evidence, muted=3)
    use(scenario, ago=3600)
    assert scenario.state() is SlotState.PENDING_CONFIRMATION


@both
def test_a_use_confirms_no_write_over_an_older_pin(best_evidence: Evidence) -> None:
    """The older one may have been used."""
    scenario = in_sync(best_evidence)
    scenario.lock.drop_writes = 1
    scenario.lock.drop_clears = 1
    scenario.want_present(revision=2)
    scenario.run(1)
    scenario.operations()
    use(scenario)
    assert not scenario.record.is_verified
    scenario.run(600)
    assert scenario.lock.held == Held(pin_of(2))


@both
def test_a_use_confirms_no_write_while_an_older_one_may_take_effect(
    best_evidence: Evidence,
) -> None:
    scenario = awaiting(best_evidence, muted=99)
    scenario.want_present(revision=2)
    scenario.send(CommandStarted(Operation.WRITE))
    scenario.send(CommandReturned(scenario.now, WriteResult.OPTIMISTIC))
    use(scenario)
    assert not scenario.record.is_verified


@both
def test_a_use_confirms_a_write_where_reads_show_the_slot_as_empty(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: an empty reading is no evidence of absence on that lock."""
    scenario = Scenario(best_evidence)
    scenario.lock.reads_empty = True
    scenario.run(10)
    scenario.operations()
    use(scenario)
    assert scenario.record.evidence is Evidence.ACKNOWLEDGED
    scenario.run(3600)
    assert scenario.state() is SlotState.ACCEPTED
    assert "write" not in scenario.operations()
    if best_evidence is READABLE:
        scenario.lock.reads_empty = False
        scenario.look()
        assert scenario.record.evidence is best_evidence


def test_a_use_during_the_command_confirms_nothing_yet() -> None:
    scenario = Scenario()
    scenario.look()
    scenario.send(CommandStarted(Operation.WRITE))
    use(scenario)
    assert scenario.record.pending is not None
