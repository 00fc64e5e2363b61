"""The slot records of one lock, changed only by events, and the reports expected of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...logic.change_reports import may_cause, operation_shown
from ...logic.defects import record_after_defect
from ...logic.lifecycle import reduce
from ...logic.pin_length_history import after_read
from ...logic.slot_writes import lock_reads_empty
from ...logic.use_reports import use_reports_after
from ...model.access import AccessEvent
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
from .defect_log import log_defect


class ExpectedReports:
    """The own commands that one lock may still report, by slot. They are not stored."""

    def __init__(self, timing: Timing, records: Iterable[SlotRecord]) -> None:
        """Begin without expected reports; `records` are those from before a restart.

        What was proven just before it may have been a command, or a further read of what
        was there: a report of it is not expected, and not taken for an external change.
        """
        self._timing = timing
        self._until: dict[int, dict[Operation, datetime]] = {}
        self._uncertain_until = {
            record.slot: record.verified_at + timing.report_window
            for record in records
            if record.verified_at is not None
        }

    def on_changed(self, before: SlotRecord, after: SlotRecord, now: datetime) -> None:
        """Expect a report if the effect of a command was seen between these records."""
        operation = operation_shown(before, after)
        if operation is not None:
            until = now + self._timing.report_window
            self._expect(after.slot, operation, until, now)

    def on_added(self, slot: int) -> None:
        """Expect nothing of a slot that has got a new record."""
        self._until.pop(slot, None)

    def on_removed(self, slot: int, now: datetime) -> None:
        """Expect a report of the clear alone from a slot whose record was dropped."""
        self._until.pop(slot, None)
        self._uncertain_until.pop(slot, None)
        self.on_cleared(slot, now)

    def on_cleared(self, slot: int, now: datetime) -> None:
        """Expect a report of a clear that no record shows."""
        self._expect(slot, Operation.CLEAR, now + self._timing.write_window, now)

    def explain(self, slot: int, change: ChangeKind, now: datetime) -> bool:
        """Return whether a change that the lock reports is expected."""
        return any(
            may_cause(operation, change)
            for operation, until in self._until.get(slot, {}).items()
            if until > now
        )

    def event_of(self, slot: int, change: ChangeKind, now: datetime) -> ChangeReported:
        """Return the event for a change that the lock reports now."""
        uncertain_until = self._uncertain_until.get(slot, now)
        return ChangeReported(
            change,
            expected=self.explain(slot, change, now),
            perhaps_ours=now < uncertain_until,
        )

    @property
    def until(self) -> Mapping[int, datetime]:
        """Return for each slot when its last expected report ceases to be expected."""
        return {slot: max(expected.values()) for slot, expected in self._until.items()}

    def _expect(
        self, slot: int, operation: Operation, until: datetime, now: datetime
    ) -> None:
        expected = self._until.get(slot, {}) | {operation: until}
        self._until[slot] = {
            each: until for each, until in expected.items() if until > now
        }
        if not self._until[slot]:
            del self._until[slot]


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
        journal_entry = journal.entries.get(lock) or LockJournalEntry(
            lock=lock, name=name
        )
        self._rules = {
            (best, forged, reads_empty): LockTraits(
                best_evidence=best,
                timing=timing,
                reports_can_be_forged=forged,
                reads_empty=reads_empty,
            )
            for best in Evidence
            for forged in (False, True)
            for reads_empty in (False, True)
        }
        self.expected_reports = ExpectedReports(timing, journal_entry.records.values())
        journal.async_save_entry(replace(journal_entry, name=name, open=True))
        if journal_entry.open:
            # before any plan: commands sent before the crash were for the old desired state
            for slot in journal_entry.records:
                self._restart(slot, name)

    def _restart(self, slot: int, name: str) -> None:
        event = Restarted(unclean_shutdown=True)
        try:
            self.async_dispatch(slot, event)
        except Exception as err:  # noqa: BLE001 - one slot must not stop the others
            log_defect(name, slot, event, err)
            record = self.records[slot]
            self.async_save(
                record_after_defect(
                    record,
                    record.target,
                    dt_util.utcnow(),
                    self.rules,
                    is_repeated=True,
                )
            )

    @callback
    def async_close(self) -> None:
        """Mark the journal entry as cleanly closed, if the lock still has one."""
        if self._lock in self._journal.entries:
            self._journal.async_save_entry(replace(self.journal_entry, open=False))

    @property
    def journal_entry(self) -> LockJournalEntry:
        """Return the lock's journal entry."""
        return self._journal.entries[self._lock]

    @property
    def records(self) -> Mapping[int, SlotRecord]:
        """Return the records by slot."""
        return self.journal_entry.records

    @property
    def capabilities(self) -> Capabilities | None:
        """Return the last known capabilities of the lock."""
        return self.journal_entry.capabilities

    @property
    def rules(self) -> LockTraits:
        """Return the traits of this lock that the reducer needs."""
        capabilities = self.capabilities
        reads_empty = self.journal_entry.reads_empty
        if capabilities is None:
            return self._rules[Evidence.VALUE, False, reads_empty]
        return self._rules[
            capabilities.best_evidence, capabilities.reports_can_be_forged, reads_empty
        ]

    @callback
    def async_set_capabilities(self, capabilities: Capabilities) -> None:
        """Store the capabilities of the lock."""
        self._journal.async_save_entry(
            replace(self.journal_entry, capabilities=capabilities)
        )

    @callback
    def async_set_unanswered_since(self, since: datetime | None) -> None:
        """Store since when the lock has given no answer."""
        if since != self.journal_entry.unanswered_since:
            self._journal.async_save_entry(
                replace(self.journal_entry, unanswered_since=since)
            )

    @callback
    def async_note_use(self, event: AccessEvent) -> bool:
        """Store what an event shows of how the lock reports uses; return whether it is new."""
        known = self.journal_entry.use_reports
        reports = use_reports_after(known, event)
        self._journal.async_save_entry(replace(self.journal_entry, use_reports=reports))
        return reports is not known

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
        self._save_reads_empty(before, record)
        for effect in effects:
            if isinstance(effect, Notify):
                self._on_notice(record, effect.notice)
        return now

    @callback
    def async_note_pin_length(self, before: SlotRecord, length: int) -> None:
        """Note what a read has shown of a code; `before` is its record before the read.

        `length` is that of the slot's PIN, in digits.
        """
        entry = self.journal_entry
        after = entry.records.get(before.slot)
        if after is not None:
            history = after_read(entry.pin_lengths, before, after, length)
            self._journal.async_save_entry(replace(entry, pin_lengths=history))

    @callback
    def _save_reads_empty(self, before: SlotRecord, after: SlotRecord) -> None:
        entry = self.journal_entry
        reads_empty = lock_reads_empty(entry.reads_empty, before, after)
        if reads_empty is not entry.reads_empty:
            self._journal.async_save_entry(replace(entry, reads_empty=reads_empty))

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
            self._journal.async_save_entry(replace(self.journal_entry, records=records))
            if before is not None and before.is_verified:
                self._on_unsettled()

    @callback
    def async_remove(self, slot: int) -> None:
        """Drop the record of a slot."""
        self.expected_reports.on_removed(slot, dt_util.utcnow())
        records = {key: value for key, value in self.records.items() if key != slot}
        self._journal.async_save_entry(replace(self.journal_entry, records=records))

    @property
    def is_storage_failing(self) -> bool:
        """Return whether the last write of the journal failed."""
        return self._journal.is_failing

    def is_intent_on_disk(self, record: SlotRecord) -> bool:
        """Return whether the next command would be known after a power cut.

        A clear before a write may take effect after that write: so the whole record has to
        be on disk, with the command that was sent, not only the desired state.
        """
        journal_entry = self._journal.committed(self._lock)
        if journal_entry is None or not journal_entry.open:
            # after a power cut this would look like a clean shutdown
            return False
        stored = journal_entry.records.get(record.slot)
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
        # nor is a command assumed of a slot that is proven: a code that is disabled may
        # become uncertain, and be cleared, with the same target
        record.desired is DesiredState.ABSENT and record.is_verified,
    )
