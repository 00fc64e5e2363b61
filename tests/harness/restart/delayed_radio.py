"""A lock that is some way off: what is sent to it takes a while, and may come late."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, override

from custom_components.keyholder.model.lock_schedule import LockSchedule
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from tests.harness.fakes.provider import FakeProvider, Held

AIR: Final = 0.1
"""Seconds that a command, or its answer, is on its way."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """A command that was sent and is not carried out. No code: a clear.

    `on`: that code is only switched on or off.
    """

    slot: int
    code: str | None
    limits: LockSchedule | None = None
    on: bool | None = None


class DelayedRadioLock(FakeProvider):
    """Tells of every change of what it holds, and of what is on its way to it."""

    on_change: Callable[[], None] = staticmethod(lambda: None)
    in_flight: tuple[InFlight, ...] = ()

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        await asyncio.sleep(AIR)
        readings = await super().async_read(slots)
        await asyncio.sleep(AIR)
        return readings

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        await self._travel(InFlight(slot, target.pin.reveal(), target.schedule))
        try:
            return await super().async_write(slot, target)
        finally:
            await self._answer()

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        await self._travel(InFlight(slot, None))
        try:
            return await super().async_clear(slot)
        finally:
            await self._answer()

    @override
    async def async_set_enabled(self, slot: int, *, on: bool) -> WriteResult:
        await self._travel(InFlight(slot, self.codes.get(slot), on=on))
        try:
            return await super().async_set_enabled(slot, on=on)
        finally:
            await self._answer()

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        await asyncio.sleep(AIR)
        limits = await super().async_read_schedule(slot)
        await asyncio.sleep(AIR)
        return limits

    @property
    def live(self) -> dict[int, str]:
        """Return the codes that open the door."""
        return {slot: held.code for slot, held in self.held.items() if held.enabled}

    def land(self) -> None:
        """Carry out what was on its way when the power went."""
        arrived, self.in_flight = self.in_flight, ()
        for each in arrived:
            if each.on is not None:
                self._switch(each.slot, on=each.on)
            elif each.code is None:
                self.held.pop(each.slot, None)
            elif each.code not in self.codes.values():
                self.held[each.slot] = Held(each.code)
                if each.limits is not None:
                    self.limits[each.slot] = each.limits

    def lose(self) -> None:
        """Let nothing come of what was on its way."""
        self.in_flight = ()

    async def _travel(self, command: InFlight) -> None:
        self.in_flight = (*self.in_flight, command)
        self.on_change()
        await asyncio.sleep(AIR)
        self.in_flight = tuple(each for each in self.in_flight if each is not command)

    async def _answer(self) -> None:
        self.on_change()
        await asyncio.sleep(AIR)
