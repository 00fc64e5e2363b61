"""Write new names of people to a lock that keeps names with its codes."""

from dataclasses import replace
from functools import partial
import logging
from typing import Final

from homeassistant.core import callback

from ...logic.name_updates import is_name_due
from ...model.provider_io import WriteResult
from ...model.slot_events import Rejected
from .connection import LockConnection
from .job_queue import JobQueue, Priority
from .slot_records import SlotRecords

_LOGGER: Final = logging.getLogger(__name__)
_KEY: Final = "name"


class NameUpdates:
    """Has the lock take the names that have changed, one command each.

    A code without the new name is marked in its record, which is stored: a lock that is
    out of reach gets the name when it answers again. A lock that refuses a name keeps
    the old one.
    """

    def __init__(
        self,
        *,
        slot_records: SlotRecords,
        connection: LockConnection,
        queue: JobQueue,
    ) -> None:
        """Write through the queue of the lock, after all that grants or revokes access."""
        self._slot_records = slot_records
        self._connection = connection
        self._queue = queue

    @callback
    def async_rename(self, slot: int, name: str) -> None:
        """Change the name of a slot's person, in the record and then on the lock."""
        record = self._slot_records.records[slot]
        capabilities = self._slot_records.capabilities
        keeps_names = capabilities is not None and capabilities.keeps_names
        self._slot_records.async_save(
            replace(record, person_name=name, name_outdated=keeps_names)
        )
        self.async_submit(slot)

    @callback
    def async_submit_all(self) -> None:
        """Queue a command for each code that has not got its new name."""
        for slot in self._slot_records.records:
            self.async_submit(slot)

    @callback
    def async_submit(self, slot: int) -> None:
        """Queue a command for a code, if it has not got its new name and can be reached."""
        if self._connection.reachable and is_name_due(self._slot_records.records[slot]):
            write = partial(self._async_write, slot)
            self._queue.submit((_KEY, slot), Priority.SCAN, write)

    @callback
    def async_cancel(self) -> None:
        """Drop what is queued: a name is no reason to try a lock that gives no answer."""
        for slot in self._slot_records.records:
            self._queue.cancel((_KEY, slot))

    async def _async_write(self, slot: int) -> None:
        record = self._slot_records.records.get(slot)
        if record is None or not is_name_due(record):
            return
        name = record.person_name
        outcome = await self._connection.async_rename(slot, name)
        if isinstance(outcome, Rejected):
            _LOGGER.warning(
                "%s did not take a new name for slot %s",
                self._slot_records.journal_entry.name,
                slot,
            )
        elif not isinstance(outcome, WriteResult):
            # once more when the lock is reachable again, or after a start
            return
        record = self._slot_records.records.get(slot)
        if record is not None and record.person_name == name:
            self._slot_records.async_save(replace(record, name_outdated=False))
