"""Our code is changed at the lock: seen, reported once, undone within bounds."""

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ChangeKind, SlotNotice
from tests.harness.logic.scenario import SUSPENDED, Scenario, in_sync
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])
HOUR, DAY = 3600.0, 24 * 3600.0


def settled_on_second_pin() -> Scenario:
    scenario = in_sync(READABLE)
    scenario.want_present(revision=2)
    scenario.run(HOUR)
    scenario.operations()
    return scenario


CHANGES = {
    "foreign": (Held(UNMANAGED_CODE, foreign=True), SlotNotice.CODE_CHANGED),
    "switched_off": (Held("9072", enabled=False), SlotNotice.CODE_CHANGED),
    "former": (Held("9071", foreign=True), SlotNotice.CODE_CHANGED),
    "removed": (None, SlotNotice.CODE_REMOVED),
}


@pytest.mark.parametrize("reported", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_reported_once_and_undone(change: str, reported: bool) -> None:
    scenario = settled_on_second_pin()
    held, notice = CHANGES[change]
    scenario.lock.held = held
    if reported:
        scenario.hint(ChangeKind.SET if held else ChangeKind.CLEARED)
    else:
        scenario.look()
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(HOUR / 2)
    assert scenario.published() == [notice]
    assert scenario.operations() == ["read", "write", "read"]
    assert scenario.lock.held == Held("9072")
    assert scenario.state() is SlotState.IN_SYNC
    assert len(scenario.record.restored_at) == 1


def test_a_second_change_within_the_hour_waits_for_the_hour_to_end() -> None:
    scenario = in_sync(READABLE)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(600)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(0)
    assert scenario.state() is SlotState.OUT_OF_SYNC
    assert scenario.reason() is Reason.CHANGED_AT_LOCK
    scenario.run(HOUR - 601)
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)
    scenario.operations()
    scenario.run(10)
    assert scenario.operations() == ["read", "write", "read"]
    assert scenario.state() is SlotState.IN_SYNC


def test_a_change_taken_back_within_the_hour_is_not_undone() -> None:
    scenario = in_sync(READABLE)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(600)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(60)
    scenario.keypad("9071")
    scenario.operations()
    scenario.run(HOUR)
    assert scenario.operations() == ["read"]
    assert scenario.state() is SlotState.IN_SYNC


def change_every(scenario: Scenario, seconds: float, times: int) -> None:
    for _ in range(times):
        scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
        scenario.run(seconds)


@both
def test_the_fourth_change_in_seven_days_is_left_to_the_user(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    change_every(scenario, 2 * HOUR, times=3)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.published()
    change_every(scenario, 2 * HOUR, times=3)
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.CHANGED_REPEATEDLY
    assert scenario.published() == [SlotNotice.CODE_CHANGED, SUSPENDED]
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)


@both
def test_changes_far_enough_apart_are_undone_for_ever(best_evidence: Evidence) -> None:
    scenario = in_sync(best_evidence)
    change_every(scenario, 3 * DAY, times=8)
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_user_decision_restores_our_code(best_evidence: Evidence) -> None:
    scenario = in_sync(best_evidence)
    change_every(scenario, 2 * HOUR, times=4)
    scenario.resume()
    scenario.run()
    assert scenario.lock.held == Held("9071")
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_suspended_slot_is_cleared_when_its_person_is_shut_out(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    change_every(scenario, 2 * HOUR, times=4)
    scenario.want_absent()
    scenario.run()
    assert scenario.lock.held is None
    assert scenario.record.is_cleared


def test_an_undoing_that_the_lock_loses_is_one_undoing() -> None:
    scenario = in_sync(READABLE)
    scenario.lock.drop_writes = 1
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(300)
    assert scenario.state() is SlotState.IN_SYNC
    assert len(scenario.record.restored_at) == 1
    assert scenario.published() == [SlotNotice.CODE_CHANGED]


def test_an_unmanaged_code_found_during_a_write_is_no_failure() -> None:
    """It was charged as `not stored`, and nobody was notified."""
    scenario = in_sync(READABLE)
    scenario.lock.drop_writes = 1
    scenario.want_present(revision=2)
    scenario.run(1)
    scenario.keypad(UNMANAGED_CODE)
    scenario.run(59.5)
    assert scenario.record.retry.failed_attempts == 0
    scenario.run(600)
    assert scenario.published() == [SlotNotice.CODE_CHANGED]
    assert scenario.state() is SlotState.IN_SYNC
    assert len(scenario.record.restored_at) == 1


def test_a_former_pin_read_on_the_way_to_the_new_one_is_no_change() -> None:
    scenario = in_sync(READABLE)
    scenario.lock.drop_writes = 1
    scenario.want_present(revision=2)
    scenario.run(1)
    scenario.want_present(revision=3)
    scenario.look()
    scenario.run()
    assert scenario.published() == []
    assert scenario.record.restored_at == ()
    assert scenario.state() is SlotState.IN_SYNC


def test_a_masked_reading_keeps_what_was_proven() -> None:
    scenario = in_sync(MASKING)
    scenario.look()
    assert scenario.record.evidence is Evidence.PRESENCE
    assert scenario.record.verified_at == scenario.now


def test_a_lock_that_masks_now_and_then_keeps_what_it_showed() -> None:
    scenario = in_sync(READABLE)
    scenario.lock.best_evidence = MASKING
    scenario.look()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.evidence is Evidence.PRESENCE


@both
def test_what_is_undone_on_a_lock_out_of_reach_is_undone_later(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.lock.mute_reads = 5
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(HOUR)
    assert scenario.lock.held == Held("9071")
    assert scenario.state() is SlotState.IN_SYNC
