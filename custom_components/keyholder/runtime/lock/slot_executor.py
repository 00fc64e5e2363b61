"""Execute one step of a slot: call the lock, and dispatch the result to the record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from homeassistant.core import callback

from ...logic.next_step import is_preflight_read
from ...logic.recognise import identify_reading
from ...logic.slot_schedule import is_schedule_read_due, schedule_to_write
from ...model.provider_io import CodeTarget, SlotReading
from ...model.slot import DesiredState, Observation, Operation, Reason, SlotRecord
from ...model.slot_events import (
    Clear,
    CommandReturned,
    CommandStarted,
    Observed,
    Read,
    ReadFailed,
    Rejected,
    Step,
    Switch,
    Write,
)
from ..storage.stores import Vault
from .connection import LockConnection
from .intent_log import IntentLog
from .slot_records import SlotRecords

_MAX_REPEATED_READS: Final = 3
"""Maximum reads of a slot in a row while the lock reports a change during each."""


class SlotExecutor:
    """Executes the steps of one lock's slots, one at a time."""

    def __init__(
        self,
        *,
        book: SlotRecords,
        line: LockConnection,
        vault: Vault,
        intents: IntentLog,
        on_change: Callable[[], None],
    ) -> None:
        """Call `on_change` when a command has been started."""
        self._book = book
        self._line = line
        self._vault = vault
        self._intents = intents
        self._on_change = on_change

    async def async_execute(self, record: SlotRecord, step: Step) -> bool:
        """Execute one step; return whether the next one may follow at once."""
        match step:
            case Read():
                if (
                    is_preflight_read(record)
                    and self._intents.is_failing
                    and not await self._intents.async_store(record)
                ):
                    # the write cannot follow, so the read before it would be wasted
                    return False
                return await self.async_read(record.slot)
            case _ if self._lacks_pin(record):
                # the slot stays as it is: there is no PIN to write
                started_at = self._book.dispatch(
                    record.slot, CommandStarted(Operation.WRITE)
                )
                outcome = Rejected(Reason.PIN_MISSING)
                return self._returned(record.slot, CommandReturned(started_at, outcome))
            case Clear():
                return await self._clear(record)
            case Write():
                return await self._write(record)
            case Switch():
                return await self._switch(record, step)

    async def async_read(self, slot: int) -> bool:
        """Read a slot back; return whether the lock answered.

        A reading may be older than a change report that came during the read, so the slot
        is read again; the last of _MAX_REPEATED_READS readings is accepted in any case.
        """
        for _ in range(_MAX_REPEATED_READS - 1):
            reports_before = self._book.change_report_count(slot)
            observation = await self._async_observe(slot)
            if (
                observation is None
                or self._book.change_report_count(slot) == reports_before
            ):
                return self._dispatch_read(slot, observation)
        return self._dispatch_read(slot, await self._async_observe(slot))

    @callback
    def _dispatch_read(self, slot: int, observation: Observation | None) -> bool:
        if slot not in self._book.records:
            return False
        self._book.dispatch(
            slot, ReadFailed() if observation is None else Observed(observation)
        )
        return observation is not None

    async def _async_observe(self, slot: int) -> Observation | None:
        """Read a slot; return None if that failed or the record was dropped meanwhile."""
        reading = await self._line.async_read(slot)
        record = self._book.records.get(slot)
        if record is None or reading is None:
            return None
        pins = self._vault.pins(record.credential)
        if not pins and reading.code is not None:
            # without our PIN there is nothing to identify the code with
            reading = SlotReading.masked(enabled=reading.enabled)
        observation = identify_reading(reading, pins)
        if is_schedule_read_due(record, observation):
            schedule = await self._line.async_read_limits(slot)
            observation = replace(observation, schedule=schedule)
        return observation

    async def _write(self, record: SlotRecord) -> bool:
        if not await self._intents.async_store(record):
            return False
        pin = self._vault.pins(record.credential)[record.revision]
        started_at = self._book.dispatch(record.slot, CommandStarted(Operation.WRITE))
        self._on_change()
        target = CodeTarget(pin, record.person_name, schedule=schedule_to_write(record))
        outcome = await self._line.async_write(record.slot, target)
        return self._returned(record.slot, CommandReturned(started_at, outcome))

    async def _clear(self, record: SlotRecord) -> bool:
        started_at = self._book.dispatch(record.slot, CommandStarted(Operation.CLEAR))
        self._on_change()
        if not self._book.is_clear_on_disk(self._book.records[record.slot]):
            # revoking access must not wait for a failing disk
            await self._intents.async_commit()
        outcome = await self._line.async_clear(record.slot)
        return self._returned(record.slot, CommandReturned(started_at, outcome))

    async def _switch(self, record: SlotRecord, step: Switch) -> bool:
        if step.on and not await self._intents.async_store(record):
            return False
        started_at = self._book.dispatch(record.slot, CommandStarted(step.operation))
        self._on_change()
        if not step.on and not self._book.is_intent_on_disk(
            self._book.records[record.slot]
        ):
            # revoking access must not wait for a failing disk
            await self._intents.async_commit()
        outcome = await self._line.async_switch(record.slot, on=step.on)
        return self._returned(record.slot, CommandReturned(started_at, outcome))

    def _lacks_pin(self, record: SlotRecord) -> bool:
        """Return whether the PIN of the desired code is missing from the vault."""
        wanted = record.desired is DesiredState.PRESENT
        return wanted and record.revision not in self._vault.pins(record.credential)

    @callback
    def _returned(self, slot: int, event: CommandReturned) -> bool:
        if slot not in self._book.records:
            return False
        self._book.dispatch(slot, event)
        return self._line.can_continue
