"""The slot records of one lock, and the only way to change them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..logic.lifecycle import reduce
from ..model.credential import LockId
from ..model.evidence import Evidence
from ..model.lifecycle import (
    ChangeReported,
    Event,
    LockTraits,
    Notify,
    Restarted,
    SlotNotice,
)
from ..model.page import LockJournalEntry
from ..model.reading import Capabilities, Occupancy
from ..model.slot import DesiredState, SlotRecord
from ..model.timing import Timing
from .stores import Journal


class SlotRecords:
    """One lock's page of the journal: events go in, records and notices come out."""

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
        """Open the page of a lock; a lock that has none gets an empty one.

        One that was not closed tells of a power cut. `on_unsettled` is called when a
        record changes that was settled: what is shown of it may not stand.
        """
        self._journal = journal
        self._lock = lock
        self._doubted: Counter[int] = Counter()
        self._on_notice = on_notice
        self._on_unsettled = on_unsettled
        page = journal.pages.get(lock) or LockJournalEntry(lock=lock, name=name)
        self._rules = {
            best: LockTraits(best_evidence=best, timing=timing) for best in Evidence
        }
        journal.save(replace(page, name=name, open=True))
        if page.open:
            # first of all: what was under way was for what was wanted then
            for slot in page.records:
                self.dispatch(slot, Restarted(unclean_shutdown=True))

    @callback
    def close(self) -> None:
        """Note that nothing is under way any more, if the lock is still known."""
        if self._lock in self._journal.pages:
            self._journal.save(replace(self.page, open=False))

    @property
    def page(self) -> LockJournalEntry:
        """Return all that is remembered of the lock."""
        return self._journal.pages[self._lock]

    @property
    def records(self) -> Mapping[int, SlotRecord]:
        """Return the records by slot."""
        return self.page.records

    @property
    def capabilities(self) -> Capabilities | None:
        """Return what the lock was last known to be able to do."""
        return self.page.capabilities

    @property
    def rules(self) -> LockTraits:
        """Return what the reducer has to know of this lock."""
        capabilities = self.capabilities
        best = Evidence.VALUE if capabilities is None else capabilities.best_evidence
        return self._rules[best]

    @callback
    def set_capabilities(self, capabilities: Capabilities) -> None:
        """Remember what the lock can do."""
        self._journal.save(replace(self.page, capabilities=capabilities))

    @callback
    def dispatch(self, slot: int, event: Event) -> datetime:
        """Let an event change a record; return the time that it was judged at."""
        now = dt_util.utcnow()
        record, effects = reduce(self.records[slot], event, now, self.rules)
        if isinstance(event, ChangeReported) and record.needs_read:
            self._doubted[slot] += 1
        self.save(record)
        for effect in effects:
            if isinstance(effect, Notify):
                self._on_notice(record, effect.notice)
        return now

    def change_report_count(self, slot: int) -> int:
        """Return how many reports of the lock had its slot looked at so far."""
        return self._doubted[slot]

    @callback
    def save(self, record: SlotRecord) -> None:
        """Remember a record as it is."""
        before = self.records.get(record.slot)
        if before != record:
            records = {**self.records, record.slot: record}
            self._journal.save(replace(self.page, records=records))
            if before is not None and before.is_verified:
                self._on_unsettled()

    @callback
    def remove(self, slot: int) -> None:
        """Forget a slot."""
        records = {key: value for key, value in self.records.items() if key != slot}
        self._journal.save(replace(self.page, records=records))

    @property
    def is_storage_failing(self) -> bool:
        """Return whether the disk did not take the records last time."""
        return self._journal.is_failing

    def is_intent_on_disk(self, record: SlotRecord) -> bool:
        """Return whether a start after a power cut would know of the next write."""
        page = self._journal.committed(self._lock)
        if page is None or not page.open:
            # after a cut nobody would think of what has been done since the start
            return False
        stored = page.records.get(record.slot)
        return stored is not None and _durable_intent(stored) == _durable_intent(record)

    def is_clear_on_disk(self, record: SlotRecord) -> bool:
        """Return whether a start after a power cut would know of the next clear.

        One that makes room may land after the code that it made room for: the start has
        to know that it was sent, not only what is wanted.
        """
        if not self.is_intent_on_disk(record):
            return False
        page = self._journal.committed(self._lock)
        makes_room = record.desired is DesiredState.PRESENT
        return not makes_room or (page is not None and record in page.records.values())

    async def async_commit(self) -> None:
        """Bring all that is known to disk; raise StorageFailed if that did not work."""
        await self._journal.async_commit()


def _durable_intent(record: SlotRecord) -> tuple[object, ...]:
    return (
        record.credential,
        record.desired,
        record.revision,
        record.origin,
        record.suspended_reason,
        record.restored_at,
        record.owner_saved,
        # what is only to be switched off is looked for after a cut, and what is not, is not
        record.temporarily_denied,
        # a code that is found after a cut is under the limits of what was noted here
        record.schedule.requested,
        record.schedule.rejected,
        # after a cut only a slot that was seen is thought to hold what we sent
        record.observed.occupancy is Occupancy.UNKNOWN,
    )
