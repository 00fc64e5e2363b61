"""Locks that store a code and show its slot as empty: a clear is owed before "gone".

Clause 16.1: every write is owed a clear before its code counts as gone, whatever a read
shows. A read that shows empty where the lock has acknowledged a write is no evidence of
absence on that lock: the best grade there is `acknowledged`.
"""

from dataclasses import replace

import pytest

from custom_components.keyholder.logic.next_step import can_release
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import Occupancy, WriteResult
from custom_components.keyholder.model.slot import (
    Origin,
    Reason,
    SlotState,
)
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    OutcomeUnknown,
    Rejected,
    ResumeChoice,
)
from tests.harness.logic.disabled_slots import disabled
from tests.harness.logic.hiding_slots import (
    assert_accepted_as_gone,
    hiding,
    is_said_to_be_gone,
)
from tests.harness.logic.scenario import Scenario, in_sync
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


@both
@pytest.mark.parametrize("seconds", [1, 30, 90, 600])
def test_a_code_that_no_read_has_shown_is_cleared(
    best_evidence: Evidence, seconds: float
) -> None:
    """Clause 16.1: whenever access ends, within the window of the write or after it."""
    scenario = hiding(best_evidence, run=seconds)
    assert scenario.lock.held == Held("9071")
    scenario.want_absent()
    scenario.run()
    assert scenario.operations().count("clear") == 1
    assert_accepted_as_gone(scenario)


@both
def test_a_later_read_does_not_prove_it_gone_either(best_evidence: Evidence) -> None:
    """Clause 16.1: nor does any read prove it, until the lock shows a code there."""
    scenario = hiding(best_evidence)
    scenario.want_absent()
    scenario.run()
    scenario.look()
    scenario.restart(after=3600)
    scenario.run()
    assert_accepted_as_gone(scenario)
    scenario.lock.reads_empty = False
    scenario.want_present()
    scenario.run()
    scenario.want_absent()
    scenario.run()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.evidence is best_evidence


@both
def test_a_clear_without_an_answer_is_tried_again_where_no_read_proves_it(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: an empty reading is no answer to the clear on that lock."""
    scenario = hiding(best_evidence)
    scenario.want_absent()
    scenario.lock.drop_clears = 2
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=True)
    scenario.run(20)
    assert not scenario.record.is_cleared
    scenario.run(60)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run()
    assert_accepted_as_gone(scenario)


@both
def test_a_clear_that_is_rejected_is_still_owed(best_evidence: Evidence) -> None:
    """Clause 16.1: only an acknowledged clear counts."""
    scenario = hiding(best_evidence)
    scenario.want_absent()
    scenario.lock.answer = Rejected(Reason.REJECTED)
    scenario.run(3600)
    assert not scenario.record.is_verified
    assert scenario.reason() is Reason.NOT_CLEARED
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(3600)
    assert_accepted_as_gone(scenario)


@both
def test_a_provider_that_sent_nothing_has_not_cleared_it(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: it found the slot empty, as every read does."""
    scenario = hiding(best_evidence)
    scenario.want_absent()
    scenario.lock.drop_clears = 1
    scenario.lock.answer = WriteResult.NO_CHANGE
    scenario.run(9)
    assert not scenario.record.is_verified


@both
def test_a_lock_without_answers_is_sent_the_clear(best_evidence: Evidence) -> None:
    """Clause 16.1: taking access away waits for no read."""
    scenario = hiding(best_evidence)
    scenario.lock.mute_reads = 10**6
    scenario.restart(after=60)
    scenario.want_absent()
    scenario.run(30)
    assert scenario.lock.held is None


@both
def test_every_pin_that_was_written_is_cleared(best_evidence: Evidence) -> None:
    """Clause 16.1: the former PIN is cleared before the new one, which may be dropped."""
    scenario = hiding(best_evidence)
    scenario.want_present(revision=2)
    scenario.lock.drop_writes = 10**6
    scenario.run()
    assert scenario.operations()[0] == "clear"
    assert scenario.lock.held is None
    assert scenario.reason() is Reason.NOT_STORED
    scenario.want_absent()
    scenario.run()
    assert_accepted_as_gone(scenario)


@both
def test_a_former_pin_is_cleared_where_the_new_one_is_rejected(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: the PIN changed while the lock could still commit the former one."""
    scenario = hiding(best_evidence, run=30)
    scenario.want_present(revision=2)
    scenario.lock.answer = Rejected(Reason.DUPLICATE)
    scenario.run(90)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.resume()
    scenario.want_present(revision=3)
    scenario.lock.drop_writes = 10**6
    scenario.run()
    assert scenario.lock.held is None


@both
def test_a_duplicate_refusal_of_the_second_attempt_leaves_the_first_to_be_cleared(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: the lock refuses what it holds already."""
    scenario = hiding(best_evidence, run=59)
    scenario.lock.answer = Rejected(Reason.DUPLICATE)
    scenario.run()
    assert scenario.reason() is Reason.DUPLICATE
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.want_absent()
    scenario.run()
    assert_accepted_as_gone(scenario)


@both
def test_a_write_that_the_lock_rejected_is_owed_nothing(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: another code may be there, which is not ours to clear."""
    scenario = Scenario(best_evidence)
    scenario.lock.answer = Rejected(Reason.OCCUPIED)
    scenario.run()
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.operations()
    scenario.want_absent()
    scenario.run()
    assert "clear" not in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_lock_that_showed_codes_earlier_is_not_believed_either(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: the code was written again, and is not shown any more."""
    scenario = in_sync(best_evidence)
    scenario.lock.reads_empty = True
    scenario.look()
    scenario.run()
    assert scenario.lock.held == Held("9071")
    scenario.operations()
    scenario.want_absent()
    scenario.run()
    assert scenario.operations().count("clear") == 1
    assert_accepted_as_gone(scenario)


@both
@pytest.mark.parametrize("reported", [False, True])
def test_a_code_that_is_no_longer_shown_is_cleared(
    best_evidence: Evidence, reported: bool
) -> None:
    """Clause 16.1: whoever removed it, if it was removed at all: a clear is owed."""
    scenario = in_sync(best_evidence)
    scenario.lock.reads_empty = True
    scenario.lock.mute_reads = 1
    scenario.hint(ChangeKind.CLEARED) if reported else None
    scenario.look()
    scenario.look()
    scenario.operations()
    scenario.want_absent()
    scenario.run()
    assert scenario.operations() == ["clear", "read"]
    assert scenario.lock.held is None


@both
def test_a_disabled_code_that_is_no_longer_shown_is_cleared(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: it was kept in the slot, and nothing cleared it."""
    scenario = disabled(best_evidence)
    scenario.lock.reads_empty = True
    scenario.look()
    assert not is_said_to_be_gone(scenario)
    scenario.operations()
    scenario.run()
    assert scenario.operations() == ["clear", "read"]
    assert scenario.lock.held is None
    assert scenario.record.is_cleared


def test_a_masked_code_that_turns_up_in_its_place_may_be_ours() -> None:
    """Clause 16.1: it is neither cleared without a yes nor is ours said to be gone."""
    scenario = hiding(MASKING)
    scenario.lock.reads_empty = False
    scenario.look()
    scenario.want_absent()
    scenario.run(24 * 3600)
    assert scenario.lock.held == Held("9071")
    assert not scenario.record.is_verified
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.UNRECOGNISED
    assert not can_release(scenario.record)
    assert len(scenario.operations()) <= 3
    scenario.resume(ResumeChoice.REPLACE)
    scenario.run()
    assert scenario.record.is_cleared
    assert scenario.record.observed.occupancy is Occupancy.EMPTY


def test_a_readable_code_of_somebody_else_has_replaced_ours() -> None:
    """Clause 16.1: a slot holds one code, and this one is shown."""
    scenario = hiding(READABLE)
    scenario.lock.reads_empty = False
    scenario.keypad(UNMANAGED_CODE)
    scenario.look()
    scenario.want_absent()
    scenario.run()
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)
    assert scenario.record.is_cleared
    assert scenario.record.origin is Origin.UNMANAGED


def test_a_write_that_the_lock_never_answered_is_cleared_and_proven() -> None:
    """Clause 16.1: an empty reading contradicts nothing that the lock has said."""
    scenario = Scenario(READABLE)
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=False)
    scenario.lock.drop_writes = 10**6
    scenario.run(30)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.want_absent()
    scenario.run()
    assert "clear" in scenario.operations()
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_code_that_was_shown_is_proven_gone_by_one_clear(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: nothing changes on a lock that shows its codes."""
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    scenario.run()
    assert scenario.operations() == ["clear", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert not scenario.record.writes.uncleared
    assert not scenario.record.writes.reads_empty


@both
def test_on_such_a_lock_no_slot_is_proven_empty(best_evidence: Evidence) -> None:
    """Clause 16.1: "on that lock": another slot has shown what its reads are worth."""
    scenario = in_sync(best_evidence)
    scenario.rules = replace(scenario.rules, reads_empty=True)
    scenario.lock.reads_empty = True
    scenario.want_absent()
    scenario.run()
    assert_accepted_as_gone(scenario)
