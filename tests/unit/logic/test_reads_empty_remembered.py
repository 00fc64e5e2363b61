"""Locks that show codes as empty: what restarts, other slots and other locks know of it.

Clause 16.1: every write is owed a clear before its code counts as gone, whatever a read
shows. A read that shows empty where the lock has acknowledged a write is no evidence of
absence on that lock: the best grade there is `acknowledged`.
"""

from datetime import timedelta

import pytest

from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.logic.lock_replacement import replacement_entry
from custom_components.keyholder.logic.on_read import without_proof
from custom_components.keyholder.logic.slot_writes import lock_reads_empty
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.journal import LockJournalEntry
from custom_components.keyholder.model.provider_io import Capabilities, WriteResult
from custom_components.keyholder.model.slot import (
    Operation,
    SlotState,
)
from custom_components.keyholder.model.slot_events import (
    CommandReturned,
    CommandStarted,
    Effect,
    SlotEvent,
)
from tests.harness.logic.hiding_slots import (
    assert_accepted_as_gone,
    hiding,
)
from tests.harness.logic.scenario import Scenario, in_sync
from tests.harness.logic.simulated_lock import Held

READABLE, MASKING = Evidence.VALUE, Evidence.PRESENCE
both = pytest.mark.parametrize("best_evidence", [READABLE, MASKING])


@both
@pytest.mark.parametrize("stored_after", ["start", "intent", "return", "window"])
def test_power_cuts_do_not_forget_what_was_written(
    best_evidence: Evidence, stored_after: str
) -> None:
    """Clause 16.1: whatever was on disk when the power went."""
    scenario = Scenario(best_evidence)
    scenario.lock.reads_empty = True
    scenario.look()
    stored = scenario.record
    if stored_after in ("start", "return"):
        scenario.holds_returns = True
        step = scenario.step()
        assert step is not None
        scenario.execute(step)
        if stored_after == "return":
            scenario.deliver()
        scenario.holds_returns = False
        stored = scenario.record
    if stored_after in ("intent", "window"):
        scenario.run(5)
    if stored_after == "window":
        scenario.run()
        stored = scenario.record
    assert scenario.lock.held == Held("9071")
    scenario.cut(stored)
    scenario.want_absent()
    scenario.run(3600)
    assert_accepted_as_gone(scenario)


@both
def test_an_orderly_stop_during_the_write_does_not_forget_it(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: its answer came when nobody waited for it any more."""
    scenario = Scenario(best_evidence)
    scenario.lock.reads_empty = True
    scenario.holds_returns = True
    scenario.look()
    step = scenario.step()
    assert step is not None
    scenario.execute(step)
    scenario.want_absent()
    scenario.holds_returns = False
    scenario.restart(after=3600)
    scenario.run()
    assert_accepted_as_gone(scenario)


@both
def test_an_event_that_was_lost_does_not_forget_a_write(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: nor does an exception of ours in its answer."""
    scenario = Scenario(best_evidence)
    scenario.lock.reads_empty = True
    scenario.look()
    scenario.holds_returns = True
    step = scenario.step()
    assert step is not None
    scenario.execute(step)
    scenario.record = without_proof(scenario.record, scenario.rules)
    scenario.holds_returns = False
    scenario.run(300)
    scenario.want_absent()
    scenario.run()
    assert_accepted_as_gone(scenario)


class WatchedLock(Scenario):
    """Keeps what is known of the lock as a whole, as the runtime does."""

    reads_empty = False

    def send(self, event: SlotEvent) -> tuple[Effect, ...]:
        before = self.record
        effects = super().send(event)
        self.reads_empty = lock_reads_empty(self.reads_empty, before, self.record)
        return effects


@both
def test_a_lock_counts_as_such_from_a_failed_write_until_it_shows_a_code(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: "on that lock": one slot is enough, and one code that is shown."""
    scenario = WatchedLock(best_evidence)
    scenario.lock.reads_empty = True
    known = []
    for seconds in (59, 600):
        scenario.run(seconds)
        known.append(scenario.reads_empty)
    scenario.want_absent()
    scenario.run()
    assert [*known, scenario.reads_empty] == [False, True, True]
    scenario.lock.reads_empty = False
    scenario.want_present()
    scenario.run()
    assert scenario.state() is SlotState.IN_SYNC
    assert not scenario.reads_empty


@both
def test_a_slow_lock_does_not_count_as_such(best_evidence: Evidence) -> None:
    """Clause 16.1: its reads are empty until it commits, and then they are not."""
    scenario = WatchedLock(best_evidence)
    scenario.lock.late_writes = timedelta(seconds=50)
    for _ in range(59):
        scenario.run(1)
        assert not scenario.reads_empty
    scenario.run()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.writes.uncleared == (1,)
    assert not scenario.record.writes.reads_empty


@both
def test_a_replacement_is_owed_the_clears_of_the_lock_that_it_replaces(
    best_evidence: Evidence,
) -> None:
    """Clause 16.1: it may be the same lock, included again with its codes."""
    scenario = hiding(best_evidence)
    before = LockJournalEntry(
        lock="old", name="Front", records={1: scenario.record}, reads_empty=True
    )
    capabilities = Capabilities(
        slots=range(1, 9),
        pin_min_length=4,
        pin_max_length=8,
        best_evidence=best_evidence,
        reports_changes=True,
    )
    entry = replacement_entry(before, "new", capabilities)
    assert entry.reads_empty
    scenario.record = entry.records[1]
    scenario.want_absent()
    scenario.run()
    assert_accepted_as_gone(scenario)


def test_another_lock_in_its_place_that_shows_codes_is_believed() -> None:
    """Clause 16.1: an empty slot of another lock contradicts nothing."""
    scenario = in_sync(READABLE)
    before = LockJournalEntry(lock="old", name="Front", records={1: scenario.record})
    capabilities = Capabilities(
        slots=range(1, 9),
        pin_min_length=4,
        pin_max_length=8,
        best_evidence=READABLE,
        reports_changes=True,
    )
    scenario.record = replacement_entry(before, "new", capabilities).records[1]
    scenario.lock.held = None
    scenario.want_absent()
    scenario.run()
    assert scenario.operations() == ["read", "clear", "read"]
    assert scenario.state() is SlotState.IN_SYNC


def test_the_reducer_keeps_a_write_that_returns_after_it_was_abandoned() -> None:
    """Clause 16.1: the person was shut out while the write was on its way."""
    scenario = Scenario(READABLE)
    scenario.look()
    scenario.send(CommandStarted(Operation.WRITE))
    started_at = scenario.now
    scenario.want_absent()
    assert not scenario.record.writes.uncleared
    assert not scenario.record.writes.reads_empty
    returned = CommandReturned(started_at, WriteResult.OPTIMISTIC)
    record, _ = reduce(scenario.record, returned, scenario.now, scenario.rules)
    assert record.writes.uncleared == (1,)
    assert record.writes.acknowledged
