"""One step of a slot: the lock is asked, and what it says goes into the record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from homeassistant.core import callback

from ..logic.limiting import is_schedule_read_due, schedule_to_write
from ..logic.next_step import is_preflight_read
from ..logic.recognise import identify_reading
from ..model.lifecycle import (
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
from ..model.reading import CodeTarget, SlotReading
from ..model.slot import DesiredState, Observation, Operation, Reason, SlotRecord
from .intents import IntentLog
from .lock_line import LockConnection
from .slot_book import SlotRecords
from .stores import Vault

_MAX_REPEATED_READS: Final = 3
"""Reads of a slot whose lock reports a change of it during each."""


class SlotExecutor:
    """Carries out the steps of one lock's slots, one at a time."""

    def __init__(
        self,
        *,
        book: SlotRecords,
        line: LockConnection,
        vault: Vault,
        intents: IntentLog,
        on_change: Callable[[], None],
    ) -> None:
        """Call `on_change` when something has been begun."""
        self._book = book
        self._line = line
        self._vault = vault
        self._intents = intents
        self._on_change = on_change

    async def async_execute(self, record: SlotRecord, step: Step) -> bool:
        """Take one step; return whether the next one may follow at once."""
        match step:
            case Read():
                if (
                    is_preflight_read(record)
                    and self._intents.is_failing
                    and not await self._intents.async_store(record)
                ):
                    # for a write that cannot be there is no need to look
                    return False
                return await self.async_read(record.slot)
            case _ if self._lacks_pin(record):
                # what is there stays: nothing could take its place
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
        """Read a slot back; return whether the lock showed anything of it.

        What was on its way when the lock reported a change may be from before it, so the
        slot is read once more; a lock that goes on reporting is believed in the end.
        """
        for _ in range(_MAX_REPEATED_READS - 1):
            doubted = self._book.change_report_count(slot)
            seen = await self._async_observe(slot)
            if seen is None or self._book.change_report_count(slot) == doubted:
                return self._dispatch_read(slot, seen)
        return self._dispatch_read(slot, await self._async_observe(slot))

    @callback
    def _dispatch_read(self, slot: int, seen: Observation | None) -> bool:
        if slot not in self._book.records:
            return False
        self._book.dispatch(slot, ReadFailed() if seen is None else Observed(seen))
        return seen is not None

    async def _async_observe(self, slot: int) -> Observation | None:
        """Return what the lock shows of a slot, None for nothing or a slot that went."""
        reading = await self._line.async_read(slot)
        record = self._book.records.get(slot)
        if record is None or reading is None:
            return None
        pins = self._vault.pins(record.credential)
        if not pins and reading.code is not None:
            # whose code it is cannot be told without ours to compare it with
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
            # taking access away does not wait for a disk that fails
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
            # taking access away does not wait for a disk that fails
            await self._intents.async_commit()
        outcome = await self._line.async_switch(record.slot, on=step.on)
        return self._returned(record.slot, CommandReturned(started_at, outcome))

    def _lacks_pin(self, record: SlotRecord) -> bool:
        """Return whether the code that is wanted in the slot is lost."""
        wanted = record.desired is DesiredState.PRESENT
        return wanted and record.revision not in self._vault.pins(record.credential)

    @callback
    def _returned(self, slot: int, event: CommandReturned) -> bool:
        if slot not in self._book.records:
            return False
        self._book.dispatch(slot, event)
        return self._line.can_continue
