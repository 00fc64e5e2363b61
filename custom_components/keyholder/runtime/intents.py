"""What has to be on disk before a lock is asked for anything."""

from datetime import datetime

from homeassistant.util import dt as dt_util

from ..model.slot import SlotRecord
from ..model.timing import Timing
from .durable import StorageError
from .slot_book import SlotRecords


class IntentLog:
    """Stores what is about to be done; a disk that fails is left alone for a while."""

    def __init__(self, book: SlotRecords, timing: Timing) -> None:
        """Store the records of a book."""
        self._book = book
        self._timing = timing
        self._retry_at: datetime | None = None

    @property
    def is_failing(self) -> bool:
        """Return whether the disk did not take something, and has not since."""
        return self._retry_at is not None

    def reset_backoff(self) -> None:
        """Forget that the disk has failed."""
        self._retry_at = None

    def ready_at(self, record: SlotRecord, now: datetime) -> datetime:
        """Return when a write may be tried, as far as the disk is concerned."""
        if self._retry_at is None or self._book.is_intent_on_disk(record):
            return now
        return self._retry_at

    async def async_store(self, record: SlotRecord) -> bool:
        """Return whether the record is on disk and still what is wanted."""
        if self._book.is_intent_on_disk(record):
            return True
        if not await self.async_commit():
            return False
        return self._book.records.get(record.slot) == record

    async def async_commit(self) -> bool:
        """Return whether all is on disk; one that fails is not tried again at once."""
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
