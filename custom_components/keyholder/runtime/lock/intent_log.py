"""Write-ahead log: an intent is on disk before its command is sent to a lock."""

from datetime import datetime

from homeassistant.util import dt as dt_util

from ...model.slot import SlotRecord
from ...model.timing import Timing
from ..storage.durable_store import StorageError
from .slot_records import SlotRecords


class IntentLog:
    """Commits slot records before commands are sent, with back-off if the disk fails."""

    def __init__(self, book: SlotRecords, timing: Timing) -> None:
        """Commit the records of one lock."""
        self._book = book
        self._timing = timing
        self._retry_at: datetime | None = None

    @property
    def is_failing(self) -> bool:
        """Return whether the last commit failed."""
        return self._retry_at is not None

    def reset_backoff(self) -> None:
        """Allow the next commit at once."""
        self._retry_at = None

    def ready_at(self, record: SlotRecord, now: datetime) -> datetime:
        """Return when a write may be tried, given the back-off of the disk."""
        if self._retry_at is None or self._book.is_intent_on_disk(record):
            return now
        return self._retry_at

    async def async_store(self, record: SlotRecord) -> bool:
        """Commit the record; return whether it is on disk and has not changed since."""
        if self._book.is_intent_on_disk(record):
            return True
        if not await self.async_commit():
            return False
        return self._book.records.get(record.slot) == record

    async def async_commit(self) -> bool:
        """Commit all records; return whether that worked. False during the back-off."""
        now = dt_util.utcnow()
        if self._retry_at is not None and now < self._retry_at:
            return False
        try:
            await self._book.async_commit()
        except StorageError:
            self._retry_at = now + self._timing.unreachable_backoff
            return False
        self._retry_at = None
        return True
