"""A Zigbee lock as the engine knows locks."""

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ...model.limits import LockSchedule
from ...model.lock_events import LockEvent
from ...model.reading import Capabilities, CodeTarget, SlotReading, WriteResult
from ..base import (
    LockProvider,
    NotSupportedError,
    ScheduleRejectedError,
    SlotUnavailableError,
    Unsubscribe,
)
from ..door_lock_schedules import is_supported
from .answers import UNRESTRICTED_USER
from .codes import CredentialClient
from .commands import Commands
from .limited_write import ScheduledWrite
from .link import ZhaLockReference
from .listener import Listener
from .schedules import Schedules


class ZhaProvider(LockProvider):
    """Implements LockProvider; a slot is the id of a user in the lock's own numbers.

    ZHA's events and actions add one to it.
    """

    def __init__(self, hass: HomeAssistant, lock: er.RegistryEntry) -> None:
        """Know the lock by the id of its registry entry."""
        self._hass = hass
        self._link = ZhaLockReference(hass, lock.id)
        self._capabilities: Capabilities | None = None

    @property
    @override
    def capabilities(self) -> Capabilities | None:
        """Return what the last probe found."""
        return self._capabilities

    @property
    @override
    def is_connected(self) -> bool:
        """Return whether the stick and the lock are there, as far as is known."""
        return self._link.is_open()

    @override
    async def async_probe(self) -> Capabilities:
        """Find out what the lock can do; 1 read where zigpy has never asked."""
        self._capabilities = await self._codes().probe()
        return self._capabilities

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Ask the lock for each slot, one after the other."""
        await self._check(*slots)
        return {slot: await self._codes().read(slot) for slot in slots}

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Put a code into a slot."""
        known = await self._check(slot)
        commands = self._commands()
        codes, support, schedule = (
            CredentialClient(commands),
            known.schedules,
            target.schedule,
        )
        kind: int | None = None
        if schedule is not None and schedule.is_empty:
            return await codes.write(slot, target)
        if support is None:
            if schedule is not None:
                raise ScheduleRejectedError("the lock cannot hold restrictions")
            return await codes.write(slot, target)
        if schedule is None:
            with suppress(NotSupportedError):
                kind = await codes.kind_of(slot)
            return await codes.write(slot, target, kind or UNRESTRICTED_USER)
        if not is_supported(schedule, support):
            raise ScheduleRejectedError("the lock cannot hold this exactly")
        limited = ScheduledWrite(codes, Schedules(commands, support))
        return await limited.write(slot, target, schedule)

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Take the code out of a slot."""
        await self._check(slot)
        return await self._codes().clear(slot)

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Ask the lock what a slot is bound by; 1 read, and 1 for each entry."""
        support = (await self._check(slot)).schedules
        if support is None:
            raise NotSupportedError("the lock has no schedules")
        return await Schedules(self._commands(), support).read(slot)

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Call back for all that the lock reports, until the returned call."""
        listener = Listener(self._hass, self._link, self._managed_slots, on_event)
        listener.start()
        return listener.stop

    async def _check(self, *slots: int) -> Capabilities:
        known = self._capabilities or await self.async_probe()
        for slot in slots:
            if slot not in known.slots:
                raise SlotUnavailableError(f"the lock has no slot {slot}")
        return known

    def _commands(self) -> Commands:
        return Commands(self._link.resolve().cluster)

    def _codes(self) -> CredentialClient:
        return CredentialClient(self._commands())

    def _managed_slots(self) -> range | None:
        return self._capabilities.slots if self._capabilities else None
