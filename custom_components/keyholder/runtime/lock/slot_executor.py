"""Execute one step of a slot: store the intent, call the lock, dispatch the result."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...logic.next_step import is_preflight_read, needs_disk
from ...logic.on_read import identify_reading
from ...logic.slot_schedule import is_schedule_read_due, schedule_to_write
from ...model.provider_io import CodeTarget, SlotReading
from ...model.slot import DesiredState, Observation, Operation, Reason, SlotRecord
from ...model.slot_events import (
    CommandOutcome,
    CommandReturned,
    CommandStarted,
    NotSent,
    Observed,
    ReadFailed,
    Rejected,
    Step,
)
from ...model.timing import Timing
from ..storage.durable_store import StorageError
from ..storage.stores import Vault
from .connection import LockConnection
from .slot_reader import SlotReader
from .slot_records import SlotRecords

_MAX_REPEATED_READS: Final = 3
"""Maximum reads of a slot in a row while the lock reports a change during each."""


class IntentLog:
    """Commits slot records before commands are sent, with back-off if the disk fails."""

    def __init__(self, slot_records: SlotRecords, timing: Timing) -> None:
        """Commit the records of one lock."""
        self._slot_records = slot_records
        self._timing = timing
        self._retry_at: datetime | None = None

    @property
    def is_failing(self) -> bool:
        """Return whether the last commit failed."""
        return self._retry_at is not None

    def reset_backoff(self) -> None:
        """Allow the next commit at once."""
        self._retry_at = None

    def ready_at(
        self, record: SlotRecord, operation: Operation | None, now: datetime
    ) -> datetime:
        """Return when a command may be tried, given the back-off of the disk.

        With no operation, when a read may be tried that only prepares a write.
        """
        if self._retry_at is None:
            return now
        # a clear has to be on disk itself, not only what is desired
        is_stored = operation is not Operation.CLEAR and (
            self._slot_records.is_intent_on_disk(record)
        )
        return now if is_stored else self._retry_at

    async def async_store(self, record: SlotRecord) -> bool:
        """Commit the record; return whether it is on disk and has not changed since."""
        if self._slot_records.is_intent_on_disk(record):
            return True
        if not await self.async_commit():
            return False
        return self._slot_records.records.get(record.slot) == record

    async def async_commit(self) -> bool:
        """Commit all records; return whether that worked. False during the back-off."""
        now = dt_util.utcnow()
        if self._retry_at is not None and now < self._retry_at:
            return False
        try:
            await self._slot_records.async_commit()
        except StorageError:
            self._retry_at = now + self._timing.unreachable_backoff
            return False
        self._retry_at = None
        return True


class SlotExecutor:
    """Executes the steps of one lock's slots, one at a time."""

    def __init__(
        self,
        *,
        slot_records: SlotRecords,
        connection: LockConnection,
        reader: SlotReader,
        vault: Vault,
        intents: IntentLog,
        on_change: Callable[[], None],
    ) -> None:
        """Call `on_change` when a command has been started."""
        self._slot_records = slot_records
        self._connection = connection
        self._reader = reader
        self._vault = vault
        self._intents = intents
        self._on_change = on_change

    async def async_execute(self, record: SlotRecord, step: Step) -> bool:
        """Execute one step; return whether the next one may follow at once."""
        if step.operation is not None:
            return await self._operate(record, step.operation)
        if (
            is_preflight_read(record)
            and self._intents.is_failing
            and not await self._intents.async_store(record)
        ):
            # the write cannot follow, so the read before it would be wasted
            return False
        return await self.async_read(record.slot)

    async def async_read(self, slot: int) -> bool:
        """Read a slot back; return whether the lock answered.

        A reading may be older than a change report that came during the read, so the slot
        is read again; the last of _MAX_REPEATED_READS readings is accepted in any case.
        """
        for _ in range(_MAX_REPEATED_READS - 1):
            reports_before = self._slot_records.change_report_count(slot)
            observation = await self._async_observe(slot)
            if (
                observation is None
                or self._slot_records.change_report_count(slot) == reports_before
            ):
                return self._dispatch_read(slot, observation)
        return self._dispatch_read(slot, await self._async_observe(slot))

    @callback
    def _dispatch_read(self, slot: int, observation: Observation | None) -> bool:
        before = self._slot_records.records.get(slot)
        if before is None:
            return False
        if observation is None:
            self._slot_records.async_dispatch(slot, ReadFailed())
            return False
        self._slot_records.async_dispatch(slot, Observed(observation))
        pin = self._vault.pins(before.credential).get(before.revision)
        if pin is not None:
            self._slot_records.async_note_pin_length(before, len(pin))
        return True

    async def _async_observe(self, slot: int) -> Observation | None:
        """Read a slot; return None if that failed or the record was dropped meanwhile."""
        reading = await self._reader.async_read(slot)
        record = self._slot_records.records.get(slot)
        if record is None or reading is None:
            return None
        pins = self._vault.pins(record.credential)
        if not pins and reading.code is not None:
            # without our PIN there is nothing to identify the code with
            reading = SlotReading.masked(enabled=reading.enabled)
        observation = identify_reading(reading, pins)
        if is_schedule_read_due(record, observation):
            schedule = await self._connection.async_read_schedule(slot)
            observation = replace(observation, schedule=schedule)
        return observation

    async def _operate(self, record: SlotRecord, operation: Operation) -> bool:
        """Send a command; what grants access, or leads to it, only once it is stored."""
        slot = record.slot
        if self._lacks_pin(record):
            # the slot stays as it is: there is no PIN to write
            started_at = self._slot_records.async_dispatch(
                slot, CommandStarted(Operation.WRITE)
            )
            rejected = Rejected(Reason.PIN_MISSING)
            return self._returned(slot, CommandReturned(started_at, rejected))
        if operation is Operation.WRITE and await self._async_is_duplicate(record):
            if self._slot_records.records.get(slot) != record:
                return False
            started_at = self._slot_records.async_dispatch(
                slot, CommandStarted(Operation.WRITE)
            )
            rejected = Rejected(Reason.DUPLICATE)
            return self._returned(slot, CommandReturned(started_at, rejected))
        if needs_disk(record, operation) and not await self._intents.async_store(
            record
        ):
            return False
        call = self._call(record, operation)
        started_at = self._slot_records.async_dispatch(slot, CommandStarted(operation))
        self._on_change()
        if not operation.grants_access:
            started = self._slot_records.records[slot]
            is_stored = self._slot_records.is_intent_on_disk(started)
            # revoking access must not wait for a failing disk
            is_stored = is_stored or await self._intents.async_commit()
            current = self._slot_records.records.get(slot)
            if not is_stored and current and needs_disk(current, operation):
                self._returned(slot, CommandReturned(started_at, NotSent()))
                return False
        return self._returned(slot, CommandReturned(started_at, await call()))

    def _call(
        self, record: SlotRecord, operation: Operation
    ) -> Callable[[], Awaitable[CommandOutcome]]:
        """Return the call of the lock for a command, from the record before its start."""
        match operation:
            case Operation.WRITE:
                pin = self._vault.pins(record.credential)[record.revision]
                schedule = schedule_to_write(record)
                target = CodeTarget(pin, record.person_name, schedule=schedule)
                return partial(self._connection.async_write, record.slot, target)
            case Operation.CLEAR:
                return partial(self._connection.async_clear, record.slot)
            case Operation.ENABLE | Operation.DISABLE:
                on = operation is Operation.ENABLE
                return partial(self._connection.async_set_enabled, record.slot, on=on)

    def _lacks_pin(self, record: SlotRecord) -> bool:
        """Return whether the PIN of the desired code is missing from the vault."""
        wanted = record.desired is DesiredState.PRESENT
        return wanted and record.revision not in self._vault.pins(record.credential)

    async def _async_is_duplicate(self, record: SlotRecord) -> bool:
        """Return whether another slot holds the same digits; it is read again to be sure."""
        credential, revision = record.credential, record.revision
        other = self._reader.duplicate_slot(credential, revision)
        if other is None:
            return False
        await self._reader.async_read(other)
        return self._reader.duplicate_slot(credential, revision) is not None

    @callback
    def _returned(self, slot: int, event: CommandReturned) -> bool:
        if slot not in self._slot_records.records:
            return False
        self._slot_records.async_dispatch(slot, event)
        return self._connection.can_continue
