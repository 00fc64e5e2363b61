"""A code that we did not put there is never touched without a yes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import (
    DesiredState,
    Origin,
    Reason,
    SlotState,
)
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    ResumeChoice,
    SlotNotice,
    Step,
)
from tests.harness.logic.scenario import SUSPENDED, Scenario, in_sync
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])
SOMEBODYS = Held(UNMANAGED_CODE, foreign=True)


def emptied(best_evidence: Evidence) -> Scenario:
    """Return a slot that we have cleared, proven."""
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    scenario.run(3600)
    scenario.operations()
    scenario.published()
    return scenario


@both
def test_a_slot_that_is_taken_already_is_left_alone_and_reported(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence, held=SOMEBODYS)
    scenario.run(30 * 24 * 3600)
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.OCCUPIED
    assert scenario.published() == [SlotNotice.CODE_ADDED, SUSPENDED]


@both
def test_a_code_that_appears_in_an_emptied_slot_is_reported_and_stays(
    best_evidence: Evidence,
) -> None:
    """It ended in neither proven nor anything to do: a revocation without an end."""
    scenario = emptied(best_evidence)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(24 * 3600)
    assert scenario.operations() == ["read"]
    assert scenario.published() == [SlotNotice.CODE_ADDED]
    assert scenario.record.is_cleared
    assert scenario.record.origin is Origin.UNMANAGED
    assert scenario.lock.held == SOMEBODYS


@both
def test_an_occupied_slot_is_not_written_when_its_person_is_let_in_again(
    best_evidence: Evidence,
) -> None:
    """The slot had neither a step nor a reason: nobody was notified why it stood still."""
    scenario = emptied(best_evidence)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run()
    scenario.published()
    scenario.want_present()
    scenario.run(24 * 3600)
    assert scenario.lock.held == SOMEBODYS
    assert scenario.reason() is Reason.OCCUPIED
    assert scenario.published() == [SUSPENDED]


@both
def test_an_occupied_slot_counts_as_cleared_when_its_person_is_shut_out(
    best_evidence: Evidence,
) -> None:
    """`Suspended: occupied` stood there for good, and the revocation never ended."""
    scenario = Scenario(best_evidence, held=SOMEBODYS)
    scenario.run()
    scenario.want_absent()
    scenario.run()
    assert scenario.record.is_cleared
    assert scenario.record.retry.suspended_reason is None
    assert scenario.lock.held == SOMEBODYS


@both
def test_a_new_pin_for_an_occupied_slot_is_not_reported_twice(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence, held=SOMEBODYS)
    scenario.run()
    scenario.published()
    scenario.want_present(revision=2)
    scenario.run()
    assert scenario.reason() is Reason.OCCUPIED
    assert scenario.published() == []


@both
def test_a_slot_that_is_seen_empty_again_is_ours_again(best_evidence: Evidence) -> None:
    scenario = Scenario(best_evidence, held=SOMEBODYS)
    scenario.run()
    scenario.keypad(None, event=ChangeKind.CLEARED)
    scenario.run()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.origin is Origin.MANAGED


@both
def test_with_a_yes_ours_takes_the_place_of_what_is_there(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence, held=SOMEBODYS)
    scenario.run()
    scenario.published()
    scenario.resume(ResumeChoice.REPLACE)
    scenario.run()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held("9071")
    assert scenario.published() == []


@both
def test_with_a_yes_what_is_there_is_cleared_for_somebody_shut_out(
    best_evidence: Evidence,
) -> None:
    scenario = emptied(best_evidence)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run()
    scenario.resume(ResumeChoice.REPLACE)
    scenario.run()
    assert scenario.lock.held is None
    assert scenario.record.is_cleared


@both
def test_trying_again_without_a_yes_only_looks(best_evidence: Evidence) -> None:
    scenario = Scenario(best_evidence, held=SOMEBODYS)
    scenario.run()
    scenario.operations()
    scenario.resume(ResumeChoice.RETRY)
    scenario.run()
    assert scenario.operations() == ["read"]
    assert scenario.reason() is Reason.OCCUPIED


def test_the_removal_of_an_unmanaged_code_is_no_change_of_ours() -> None:
    """After a yes, a code that went before ours came counted as ours being removed."""
    scenario = Scenario(READABLE, held=SOMEBODYS)
    scenario.run()
    scenario.published()
    scenario.keypad(None)
    scenario.resume(ResumeChoice.REPLACE)
    scenario.run()
    assert scenario.published() == []
    assert scenario.record.restored_at == ()
    assert scenario.state() is SlotState.IN_SYNC


def test_an_unmanaged_code_during_our_own_write_is_left_alone() -> None:
    scenario = Scenario(READABLE)
    scenario.lock.drop_writes = 1
    scenario.run(3)
    scenario.keypad(UNMANAGED_CODE)
    scenario.run(24 * 3600)
    assert scenario.lock.held == SOMEBODYS
    assert scenario.reason() is Reason.OCCUPIED


def test_our_late_write_over_an_unmanaged_code_is_seen_and_taken_away() -> None:
    """Beside an unmanaged code nobody looked any more whether ours landed on it."""
    scenario = Scenario(READABLE)
    scenario.lock.late_writes = timedelta(seconds=55)
    scenario.run(3)
    scenario.keypad(UNMANAGED_CODE)
    scenario.run(3)
    assert scenario.record.origin is Origin.UNMANAGED
    scenario.want_absent()
    scenario.run(24 * 3600)
    assert scenario.lock.held is None
    assert scenario.record.is_cleared


def test_former_pin_entered_at_keypad_is_recognised() -> None:
    scenario = emptied(READABLE)
    scenario.keypad("9071", event=ChangeKind.SET)
    scenario.run()
    assert scenario.record.origin is Origin.MANAGED
    assert scenario.lock.held is None


@both
def test_our_own_late_code_is_not_taken_for_unmanaged(
    best_evidence: Evidence,
) -> None:
    scenario = Scenario(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=58)
    scenario.run(3)
    scenario.want_absent()
    scenario.want_present()
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.origin is Origin.MANAGED
    assert scenario.published() == []


def test_a_slot_that_was_never_ours_is_verified_by_one_read() -> None:
    scenario = Scenario(MASKING, held=SOMEBODYS, desired=DesiredState.ABSENT)
    scenario.run()
    assert scenario.operations() == ["read"]
    assert scenario.record.is_cleared


def test_a_revocation_beside_an_unmanaged_code_is_read_until_verified() -> None:
    scenario = Scenario(READABLE, held=SOMEBODYS, desired=DesiredState.ABSENT)
    scenario.record = replace(scenario.record, origin=Origin.UNMANAGED)
    assert scenario.step() == Step(None, scenario.now)


@pytest.mark.parametrize("choice", [None, *ResumeChoice])
def test_a_code_of_unknown_owner_is_not_cleared_for_somebody_let_in_again(
    choice: ResumeChoice | None,
) -> None:
    """The lock was replaced; the person was let in again before the clear began."""
    scenario = Scenario(MASKING, held=SOMEBODYS)
    scenario.record = replace(
        scenario.record, origin=Origin.UNCONFIRMED, needs_read=True
    )
    scenario.want_absent()
    scenario.look()
    scenario.want_present()
    scenario.run(24 * 3600)
    assert scenario.operations() == ["read"]
    assert scenario.reason() is Reason.UNRECOGNISED
    if choice is not None:
        scenario.resume(choice)
        scenario.run()
    replaced = choice is ResumeChoice.REPLACE
    assert scenario.lock.held == (Held("9071") if replaced else SOMEBODYS)
    assert scenario.reason() is (None if replaced else Reason.UNRECOGNISED)
