"""Lock provider for Zigbee locks of ZHA, for the Door Lock cluster."""

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ...model.lock_events import LockEvent
from ...model.lock_schedule import LockSchedule
from ...model.provider_io import (
    Capabilities,
    CodeTarget,
    LockAddress,
    SlotReading,
    WriteResult,
)
from ..base import (
    NotSupportedError,
    ScheduleRejectedError,
)
from ..base_provider import BaseLockProvider
from ..door_lock_schedules import is_supported
from .client import ZhaLockClient
from .credentials import ZhaCredentials
from .decoder import UNRESTRICTED_USER
from .reference import ZhaLockReference
from .scheduled_write import ZhaScheduledWrite
from .schedules import ZhaSchedules
from .subscription import ZhaLockSubscription


class ZhaProvider(BaseLockProvider[ZhaLockReference]):
    """Implements LockProvider; a slot is the id of a user as the lock numbers them.

    In ZHA's events and actions the number is one higher.
    """

    def __init__(self, hass: HomeAssistant, lock: er.RegistryEntry) -> None:
        """Reference the lock by the id of its registry entry."""
        super().__init__(hass, ZhaLockReference(hass, lock.id))

    @override
    async def _probe(self) -> Capabilities:
        """Return what the lock supports; 1 read where zigpy has cached nothing."""
        return await self._codes().async_probe()

    @override
    async def async_answers_reads(self) -> bool:
        """Return whether the lock answers reads of its first slot; 1 or 2 reads."""
        slot = (await self._check()).slots[0]
        return await self._codes().async_answers_reads(slot)

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Read each slot from the lock, one after the other."""
        await self._check(*slots)
        return {slot: await self._codes().async_read(slot) for slot in slots}

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Write a code into a slot."""
        known = await self._check(slot)
        client = self._client()
        codes, support, schedule = (
            ZhaCredentials(client),
            known.schedules,
            target.schedule,
        )
        kind: int | None = None
        if schedule is not None and schedule.is_empty:
            return await codes.async_write(slot, target)
        if support is None:
            if schedule is not None:
                raise ScheduleRejectedError("the lock has no schedules")
            return await codes.async_write(slot, target)
        if schedule is None:
            with suppress(NotSupportedError):
                kind = await codes.async_kind_of(slot)
            return await codes.async_write(slot, target, kind or UNRESTRICTED_USER)
        if not is_supported(schedule, support):
            raise ScheduleRejectedError("the lock cannot hold this schedule exactly")
        scheduled_write = ZhaScheduledWrite(codes, ZhaSchedules(client, support))
        return await scheduled_write.async_write(slot, target, schedule)

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Clear the code in a slot."""
        await self._check(slot)
        return await self._codes().async_clear(slot)

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Read the schedule of a slot; 1 read, and 1 for each entry."""
        support = (await self._check(slot)).schedules
        if support is None:
            raise NotSupportedError("the lock has no schedules")
        return await ZhaSchedules(self._client(), support).async_read(slot)

    @override
    def _address(self) -> LockAddress:
        return self._reference.resolve().lock_address

    @override
    def _make_subscription(
        self, on_event: Callable[[LockEvent], None]
    ) -> ZhaLockSubscription:
        return ZhaLockSubscription(
            self._hass, self._reference, on_event, slots=self._managed_slots
        )

    def _client(self) -> ZhaLockClient:
        return ZhaLockClient(self._reference.resolve().cluster)

    def _codes(self) -> ZhaCredentials:
        return ZhaCredentials(self._client())
