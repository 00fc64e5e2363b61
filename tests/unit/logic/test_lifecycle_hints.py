"""What a lock says by itself: our own echo, a hint to read, or all there is."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.slot_events import ChangeKind, SlotNotice
from tests.harness.logic.scenario import Scenario, in_sync
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


@pytest.mark.parametrize("change", [ChangeKind.SET, ChangeKind.UNKNOWN])
def test_the_expected_report_of_a_write_costs_nothing_if_masked(
    change: ChangeKind,
) -> None:
    """An echo after the read-back counted as a change at the lock: clear, write, again."""
    scenario = Scenario(MASKING)
    scenario.run(2)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.operations()
    scenario.hint(change)
    scenario.run()
    assert scenario.operations() == []
    assert scenario.published() == []
    assert scenario.state() is SlotState.IN_SYNC


@pytest.mark.parametrize("change", [ChangeKind.SET, ChangeKind.UNKNOWN])
def test_a_possible_expected_report_costs_one_read_if_readable(
    change: ChangeKind,
) -> None:
    scenario = Scenario(READABLE)
    scenario.run(2)
    scenario.operations()
    scenario.hint(change)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.run()
    assert scenario.operations() == ["read"]
    assert scenario.published() == []
    assert scenario.state() is SlotState.IN_SYNC


def test_a_keypad_change_after_our_write_is_no_expected_report() -> None:
    """Somebody at the keypad in the minute after our write stayed unseen."""
    scenario = Scenario(READABLE)
    scenario.run(2)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(1)
    assert SlotNotice.CODE_CHANGED in scenario.published()
    scenario.run()
    assert scenario.lock.held == Held("9071")


def test_the_expected_report_of_a_clear_costs_nothing_if_masked() -> None:
    scenario = in_sync(MASKING)
    scenario.want_absent()
    scenario.run(2)
    scenario.operations()
    scenario.hint(ChangeKind.CLEARED)
    scenario.run()
    assert scenario.operations() == []
    assert scenario.record.is_cleared


def test_a_late_expected_report_does_not_disturb_the_next_write() -> None:
    scenario = in_sync(MASKING)
    scenario.want_present(revision=2)
    scenario.run(3)
    scenario.operations()
    scenario.hint(ChangeKind.CLEARED)
    scenario.hint(ChangeKind.SET)
    scenario.run()
    assert scenario.operations() == []
    assert scenario.state() is SlotState.IN_SYNC


def test_a_masked_keypad_change_is_no_expected_report() -> None:
    """For a minute after our write a foreign code stood there as ours, in sync."""
    scenario = Scenario(MASKING)
    scenario.run(12)
    scenario.hint(ChangeKind.SET)
    assert scenario.published() == [SlotNotice.CODE_CHANGED]


@pytest.mark.parametrize(
    ("early", "published"),
    [(timedelta.resolution, []), (timedelta(0), [SlotNotice.CODE_CHANGED])],
)
def test_a_report_is_expected_until_its_window_ends(
    early: timedelta, published: list[SlotNotice]
) -> None:
    scenario = Scenario(MASKING)
    scenario.run(5)
    assert scenario.state() is SlotState.IN_SYNC
    (until,) = scenario.expected_reports.until.values()
    scenario.now = until - early
    scenario.hint(ChangeKind.SET)
    assert scenario.published() == published


def test_a_report_on_a_readable_lock_is_one_read() -> None:
    scenario = in_sync(READABLE)
    scenario.hint(ChangeKind.SET)
    assert scenario.state() is None
    scenario.run()
    assert scenario.operations() == ["read"]
    assert scenario.published() == []
    assert scenario.state() is SlotState.IN_SYNC


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (ChangeKind.SET, SlotNotice.CODE_CHANGED),
        (ChangeKind.CLEARED, SlotNotice.CODE_REMOVED),
        (ChangeKind.UNKNOWN, SlotNotice.CODE_CHANGED),
    ],
)
def test_a_report_on_a_masking_lock_outweighs_a_masked_read(
    change: ChangeKind, notice: SlotNotice
) -> None:
    scenario = in_sync(MASKING)
    scenario.hint(change)
    assert scenario.published() == [notice]
    scenario.look()
    assert scenario.record.evidence is Evidence.NONE
    scenario.run()
    assert scenario.operations()[-3:] == ["read", "write", "read"]
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.published() == []


def test_the_same_report_twice_is_published_once() -> None:
    scenario = in_sync(MASKING)
    scenario.hint(ChangeKind.SET)
    scenario.hint(ChangeKind.SET)
    assert scenario.published() == [SlotNotice.CODE_CHANGED]


def test_an_unexpected_report_spoils_the_proof_of_a_masked_write() -> None:
    """A removal reported during our write left a masked reading that proved nothing."""
    scenario = Scenario(MASKING)
    scenario.lock.mute_reads = 0
    scenario.holds_returns = True
    scenario.run(0)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.CLEARED)
    scenario.holds_returns = False
    scenario.deliver()
    scenario.run(30)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(600)
    assert scenario.lock.held == Held("9071")
    assert scenario.state() is SlotState.IN_SYNC


def outcome(scenario: Scenario) -> tuple[object, ...]:
    """Return what the order of a read and an event must not change."""
    record = scenario.record
    return (
        record.evidence,
        record.observed.occupancy,
        record.observed.revision,
        record.origin,
        record.retry.suspended_reason,
        record.changed_externally,
        record.needs_read,
        len(record.restored_at),
        scenario.lock.held,
        scenario.state(),
        sorted(scenario.published()),
    )


@both
@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize("code", [UNMANAGED_CODE, "9071", None])
def test_a_read_and_an_event_that_say_the_same_lead_to_the_same_end(
    best_evidence: Evidence, present: bool, code: str | None
) -> None:
    ends = []
    for event_first in (True, False):
        scenario = in_sync(best_evidence)
        if not present:
            scenario.want_absent()
            scenario.run(3600)
        change = ChangeKind.CLEARED if code is None else ChangeKind.SET
        scenario.keypad(code)
        if event_first:
            scenario.hint(change)
            scenario.look()
        else:
            scenario.look()
            scenario.hint(change)
        scenario.run(3000)
        ends.append(outcome(scenario))
    assert ends[0] == ends[1]


@both
def test_a_code_entered_after_our_clear_is_no_expected_report(
    best_evidence: Evidence,
) -> None:
    """It was, on a masking lock: back on within seconds, ours was written over it."""
    scenario = Scenario(best_evidence)
    scenario.run(2)
    scenario.want_absent()
    scenario.run(1)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    scenario.run(1)
    scenario.want_present()
    scenario.run()
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.lock.held == Held(UNMANAGED_CODE, foreign=True)


@both
@pytest.mark.parametrize("late", [1, 8])
def test_late_report_of_our_write_after_a_restart_is_no_external_change(
    best_evidence: Evidence, late: int
) -> None:
    """Nothing that is expected is stored: a masked code is written once more."""
    scenario = Scenario(best_evidence)
    scenario.run(1)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.restart(after=late)
    scenario.operations()
    scenario.hint(ChangeKind.SET)
    scenario.run()
    again = [] if best_evidence is READABLE else ["clear", "read", "write", "read"]
    assert scenario.operations() == ["read", *again]
    assert scenario.published() == []
    assert scenario.record.restored_at == ()
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_change_soon_after_a_restart_is_not_shown_as_in_sync(
    best_evidence: Evidence,
) -> None:
    """It may be a late report of ours, but nothing shows that it is."""
    scenario = Scenario(best_evidence)
    scenario.run(1)
    scenario.restart(after=1)
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.SET)
    assert scenario.state() is not SlotState.IN_SYNC
    scenario.run(3600)
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.lock.held == Held("9071")


def test_a_report_after_a_restart_that_came_later_is_taken_for_a_change() -> None:
    scenario = in_sync(MASKING)
    scenario.restart(after=5)
    scenario.hint(ChangeKind.SET)
    assert scenario.published() == [SlotNotice.CODE_CHANGED]


@both
def test_late_report_of_our_clear_after_a_restart_is_settled_by_a_read(
    best_evidence: Evidence,
) -> None:
    scenario = in_sync(best_evidence)
    scenario.want_absent()
    scenario.run(12)
    scenario.restart(after=5)
    scenario.operations()
    scenario.hint(ChangeKind.CLEARED)
    scenario.run()
    assert scenario.operations() == ["read"]
    assert scenario.published() == []
    assert scenario.record.is_cleared
