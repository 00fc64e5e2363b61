"""A new code is read once more a few minutes after its first proof.

Clause 16.5: some locks forget a code seconds after they have shown it.
"""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.slot_events import ChangeKind, SlotNotice
from custom_components.keyholder.model.timing import Timing
from tests.harness.logic.disabled_slots import disabled
from tests.harness.logic.scenario import Scenario, in_sync
from tests.harness.logic.simulated_lock import Held

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])
DELAY = Timing().reread_delay.total_seconds()
DAY = 24 * 3600.0


def test_it_comes_two_to_five_minutes_after_the_proof() -> None:
    """Clause 16.5: early enough to help a guest, late enough to find what is lost."""
    assert timedelta(minutes=2) <= Timing().reread_delay <= timedelta(minutes=5)


@both
def test_a_new_code_is_read_once_more_and_never_again(best_evidence: Evidence) -> None:
    """Clause 16.5: one read for each new code, besides the budget."""
    scenario = Scenario(best_evidence)
    scenario.run(DAY)
    assert scenario.operations() == ["read", "write", "read"]
    assert scenario.rereads == [DELAY]


@both
def test_so_is_a_changed_one(best_evidence: Evidence) -> None:
    """Clause 16.5."""
    scenario = in_sync(best_evidence)
    scenario.rereads.clear()
    began = scenario.seconds
    scenario.want_present(revision=2)
    scenario.run(DAY)
    assert scenario.rereads == [began + DELAY]


@both
def test_a_code_that_is_forgotten_after_its_proof_is_found_and_written_again(
    best_evidence: Evidence,
) -> None:
    """Clause 16.5: it was shown as in sync for hours."""
    scenario = Scenario(best_evidence)
    scenario.run(30)
    assert scenario.state() is SlotState.IN_SYNC
    scenario.keypad(None)
    scenario.run(DELAY + 30)
    assert scenario.published() == [SlotNotice.CODE_REMOVED]
    assert scenario.lock.held == Held("9071")
    assert scenario.state() is SlotState.IN_SYNC
    scenario.run(DAY)
    assert len(scenario.rereads) == 2


@both
@pytest.mark.parametrize("away", [0, 60, 3600])
def test_a_restart_does_not_forget_it(best_evidence: Evidence, away: float) -> None:
    """Clause 16.5: a code that was proven a minute before is still read again."""
    scenario = Scenario(best_evidence)
    scenario.run(60)
    scenario.restart(after=away)
    scenario.run(DAY)
    assert scenario.rereads == [max(DELAY, 60 + away)]


@both
@pytest.mark.parametrize("proof_is_stored", [False, True])
def test_nor_does_a_power_cut(best_evidence: Evidence, proof_is_stored: bool) -> None:
    """Clause 16.5: if the proof itself was not on disk, the code is proven anew."""
    scenario = Scenario(best_evidence)
    scenario.look()
    stored = scenario.record
    scenario.run(5)
    if proof_is_stored:
        stored = scenario.record
    scenario.run(55)
    scenario.cut(stored)
    scenario.run(DAY)
    assert scenario.state() is SlotState.IN_SYNC
    assert len(scenario.rereads) == 1
    assert scenario.rereads[0] >= DELAY


@both
def test_a_read_without_an_answer_is_repeated(best_evidence: Evidence) -> None:
    """Clause 16.5: until the lock has answered it once."""
    scenario = Scenario(best_evidence)
    scenario.run(60)
    scenario.lock.mute_reads = 3
    scenario.keypad(None)
    scenario.run(600)
    assert scenario.published() == [SlotNotice.CODE_REMOVED]
    assert scenario.state() is SlotState.IN_SYNC


@both
def test_a_read_for_another_reason_stands_for_it_from_then_on(
    best_evidence: Evidence,
) -> None:
    """Clause 16.5: an earlier one does not."""
    scenario = Scenario(best_evidence)
    scenario.run(60)
    scenario.look()
    scenario.run(DELAY - 61)
    assert scenario.rereads == []
    scenario.now += timedelta(seconds=2)
    scenario.look()
    scenario.run(DAY)
    assert scenario.rereads == []


@both
def test_a_code_that_is_taken_away_before_is_not_read_for_it(
    best_evidence: Evidence,
) -> None:
    """Clause 16.5: no code, no second read."""
    scenario = Scenario(best_evidence)
    scenario.run(60)
    scenario.want_absent()
    scenario.run(DAY)
    assert scenario.rereads == []


@both
def test_nothing_is_read_again_of_a_code_that_was_not_written(
    best_evidence: Evidence,
) -> None:
    """Clause 16.5: neither of one that is enabled again, nor of a report."""
    scenario = disabled(best_evidence)
    scenario.rereads.clear()
    scenario.want_present()
    scenario.run(DAY)
    scenario.hint(ChangeKind.UNKNOWN) if best_evidence is READABLE else None
    scenario.run(DAY)
    assert scenario.rereads == []


def test_a_lock_that_shows_nothing_is_not_read() -> None:
    """Clause 16.5: there is nothing to read."""
    scenario = Scenario(Evidence.ACKNOWLEDGED)
    scenario.run(DAY)
    assert scenario.operations() == ["write"]
    assert scenario.rereads == []


def test_a_changed_schedule_that_is_written_with_its_code_counts_as_new() -> None:
    """Clause 16.5: whatever the reason was, the lock got the code anew."""
    scenario = in_sync(READABLE)
    scenario.rereads.clear()
    scenario.keypad(None)
    scenario.look()
    scenario.run(DAY)
    assert len(scenario.rereads) == 1
