"""The slot records of one lock, changed only by events through the reducer."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...logic.lifecycle import reduce
from ...model.credential import LockId
from ...model.evidence import Evidence
from ...model.journal import LockJournalEntry
from ...model.provider_io import Capabilities, Occupancy
from ...model.slot import DesiredState, Operation, SlotRecord
from ...model.slot_events import (
    ChangeKind,
    ChangeReported,
    LockTraits,
    Notify,
    Restarted,
    SlotEvent,
    SlotNotice,
)
from ...model.timing import Timing
from ..storage.stores import Journal
from .expected_reports import ExpectedReports


class SlotRecords:
    """One lock's journal entry: applies events to its records and emits notices."""

    def __init__(
        self,
        journal: Journal,
        lock: LockId,
        name: str,
        timing: Timing,
        *,
        on_notice: Callable[[SlotRecord, SlotNotice], None],
        on_unsettled: Callable[[], None],
    ) -> None:
        """Open the journal entry of a lock, or create an empty one.

        An entry that was not closed means an unclean shutdown. `on_unsettled` is called
        when a record changes that was verified: the published state is then outdated.
        """
        self._journal = journal
        self._lock = lock
        self._change_reports: Counter[int] = Counter()
        self._on_notice = on_notice
        self._on_unsettled = on_unsettled
        page = journal.pages.get(lock) or LockJournalEntry(lock=lock, name=name)
        self._rules = {
            best: LockTraits(best_evidence=best, timing=timing) for best in Evidence
        }
        self.expected_reports = ExpectedReports(timing, page.records.values())
        journal.async_save_entry(replace(page, name=name, open=True))
        if page.open:
            # before any plan: commands sent before the crash were for the old desired state
            for slot in page.records:
                self.async_dispatch(slot, Restarted(unclean_shutdown=True))

    @callback
    def async_close(self) -> None:
        """Mark the journal entry as cleanly closed, if the lock still has one."""
        if self._lock in self._journal.pages:
            self._journal.async_save_entry(replace(self.page, open=False))

    @property
    def page(self) -> LockJournalEntry:
        """Return the lock's journal entry."""
        return self._journal.pages[self._lock]

    @property
    def records(self) -> Mapping[int, SlotRecord]:
        """Return the records by slot."""
        return self.page.records

    @property
    def capabilities(self) -> Capabilities | None:
        """Return the last known capabilities of the lock."""
        return self.page.capabilities

    @property
    def rules(self) -> LockTraits:
        """Return the traits of this lock that the reducer needs."""
        capabilities = self.capabilities
        best = Evidence.VALUE if capabilities is None else capabilities.best_evidence
        return self._rules[best]

    @callback
    def async_set_capabilities(self, capabilities: Capabilities) -> None:
        """Store the capabilities of the lock."""
        self._journal.async_save_entry(replace(self.page, capabilities=capabilities))

    @callback
    def async_dispatch(self, slot: int, event: SlotEvent) -> datetime:
        """Apply an event to a record; return the time that the reducer was given."""
        now = dt_util.utcnow()
        before = self.records[slot]
        record, effects = reduce(before, event, now, self.rules)
        self.expected_reports.on_changed(before, record, now)
        if isinstance(event, ChangeReported) and record.needs_read:
            self._change_reports[slot] += 1
        self.async_save(record)
        for effect in effects:
            if isinstance(effect, Notify):
                self._on_notice(record, effect.notice)
        return now

    def change_report_count(self, slot: int) -> int:
        """Return how many change reports have required a read of the slot so far."""
        return self._change_reports[slot]

    def is_expected_report(self, slot: int, change: ChangeKind) -> bool:
        """Return whether a change that the lock reports now is a report of our own command."""
        return self.expected_reports.explain(slot, change, dt_util.utcnow())

    @callback
    def async_save(self, record: SlotRecord) -> None:
        """Save a record."""
        before = self.records.get(record.slot)
        if before != record:
            if before is None:
                self.expected_reports.on_added(record.slot)
            records = {**self.records, record.slot: record}
            self._journal.async_save_entry(replace(self.page, records=records))
            if before is not None and before.is_verified:
                self._on_unsettled()

    @callback
    def async_remove(self, slot: int) -> None:
        """Drop the record of a slot."""
        self.expected_reports.on_removed(slot, dt_util.utcnow())
        records = {key: value for key, value in self.records.items() if key != slot}
        self._journal.async_save_entry(replace(self.page, records=records))

    @property
    def is_storage_failing(self) -> bool:
        """Return whether the last write of the journal failed."""
        return self._journal.is_failing

    def is_intent_on_disk(self, record: SlotRecord) -> bool:
        """Return whether the next command would be known after a power cut.

        A clear before a write may take effect after that write: so the whole record has to
        be on disk, with the command that was sent, not only the desired state.
        """
        page = self._journal.committed(self._lock)
        if page is None or not page.open:
            # after a power cut this would look like a clean shutdown
            return False
        stored = page.records.get(record.slot)
        if stored is None:
            return False
        pending = record.pending
        if (
            pending is not None
            and pending.operation is Operation.CLEAR
            and record.desired is DesiredState.PRESENT
        ):
            return stored == record
        return _durable_intent(stored) == _durable_intent(record)

    async def async_commit(self) -> None:
        """Write the journal to disk; raise StorageError if that fails."""
        await self._journal.async_commit()


def _durable_intent(record: SlotRecord) -> tuple[object, ...]:
    return (
        record.credential,
        # the schedule that a code found after a power cut has; and one that is only to be
        # disabled is then read back, any other is not
        record.target,
        record.origin,
        record.retry.suspended_reason,
        record.restored_at,
        record.owner_saved,
        record.schedule.rejected,
        # after a power cut only a slot that was read may be assumed to hold our code
        record.observed.occupancy is Occupancy.UNKNOWN,
    )
