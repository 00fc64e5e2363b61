"""One step of a slot: the lock is asked, and what it says goes into the record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from homeassistant.core import callback

from ..logic.limiting import limits_to_write, shows_limits
from ..logic.next_step import looks_before_write
from ..logic.recognise import recognise
from ..model.lifecycle import (
    Clear,
    Observed,
    Read,
    ReadFailed,
    Refused,
    Started,
    Step,
    Switch,
    Write,
    WriteReturned,
)
from ..model.reading import CodeTarget, Reading
from ..model.slot import Desired, Observation, Operation, Reason, SlotRecord
from .intents import Intents
from .lock_line import LockLine
from .slot_book import SlotBook
from .stores import Vault

_MOST_LOOKS: Final = 3
"""Reads of a slot whose lock reports a change of it during each."""


class Steps:
    """Carries out the steps of one lock's slots, one at a time."""

    def __init__(
        self,
        *,
        book: SlotBook,
        line: LockLine,
        vault: Vault,
        intents: Intents,
        on_change: Callable[[], None],
    ) -> None:
        """Call `on_change` when something has been begun."""
        self._book = book
        self._line = line
        self._vault = vault
        self._intents = intents
        self._on_change = on_change

    async def async_take(self, record: SlotRecord, step: Step) -> bool:
        """Take one step; return whether the next one may follow at once."""
        match step:
            case Read():
                if (
                    looks_before_write(record)
                    and self._intents.is_failing
                    and not await self._intents.async_store(record)
                ):
                    # for a write that cannot be there is no need to look
                    return False
                return await self.async_read(record.slot)
            case _ if self._lacks_pin(record):
                # what is there stays: nothing could take its place
                started_at = self._book.dispatch(record.slot, Started(Operation.WRITE))
                outcome = Refused(Reason.PIN_MISSING)
                return self._returned(record.slot, WriteReturned(started_at, outcome))
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
        for _ in range(_MOST_LOOKS - 1):
            doubted = self._book.doubted(slot)
            seen = await self._look(slot)
            if seen is None or self._book.doubted(slot) == doubted:
                return self._shown(slot, seen)
        return self._shown(slot, await self._look(slot))

    @callback
    def _shown(self, slot: int, seen: Observation | None) -> bool:
        if slot not in self._book.records:
            return False
        self._book.dispatch(slot, ReadFailed() if seen is None else Observed(seen))
        return seen is not None

    async def _look(self, slot: int) -> Observation | None:
        """Return what the lock shows of a slot, None for nothing or a slot that went."""
        reading = await self._line.async_read(slot)
        record = self._book.records.get(slot)
        if record is None or reading is None:
            return None
        pins = self._vault.pins(record.credential)
        if not pins and reading.code is not None:
            # whose code it is cannot be told without ours to compare it with
            reading = Reading.masked(enabled=reading.enabled)
        observation = recognise(reading, pins)
        if shows_limits(record, observation):
            limits = await self._line.async_read_limits(slot)
            observation = replace(observation, limits=limits)
        return observation

    async def _write(self, record: SlotRecord) -> bool:
        if not await self._intents.async_store(record):
            return False
        pin = self._vault.pins(record.credential)[record.revision]
        started_at = self._book.dispatch(record.slot, Started(Operation.WRITE))
        self._on_change()
        target = CodeTarget(pin, record.label, limits=limits_to_write(record))
        outcome = await self._line.async_write(record.slot, target)
        return self._returned(record.slot, WriteReturned(started_at, outcome))

    async def _clear(self, record: SlotRecord) -> bool:
        started_at = self._book.dispatch(record.slot, Started(Operation.CLEAR))
        self._on_change()
        if not self._book.is_clear_on_disk(self._book.records[record.slot]):
            # taking access away does not wait for a disk that fails
            await self._intents.async_commit()
        outcome = await self._line.async_clear(record.slot)
        return self._returned(record.slot, WriteReturned(started_at, outcome))

    async def _switch(self, record: SlotRecord, step: Switch) -> bool:
        if step.on and not await self._intents.async_store(record):
            return False
        started_at = self._book.dispatch(record.slot, Started(step.operation))
        self._on_change()
        if not step.on and not self._book.is_intent_on_disk(
            self._book.records[record.slot]
        ):
            # taking access away does not wait for a disk that fails
            await self._intents.async_commit()
        outcome = await self._line.async_switch(record.slot, on=step.on)
        return self._returned(record.slot, WriteReturned(started_at, outcome))

    def _lacks_pin(self, record: SlotRecord) -> bool:
        """Return whether the code that is wanted in the slot is lost."""
        wanted = record.desired is Desired.PRESENT
        return wanted and record.revision not in self._vault.pins(record.credential)

    @callback
    def _returned(self, slot: int, event: WriteReturned) -> bool:
        if slot not in self._book.records:
            return False
        self._book.dispatch(slot, event)
        return self._line.is_open
