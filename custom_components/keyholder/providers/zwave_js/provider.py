"""Lock provider for Z-Wave, for User Code CC and User Credential CC."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from zwave_js_server.const import INTERVIEW_FAILED
from zwave_js_server.model.endpoint import Endpoint

from ...model.lock_events import LockEvent
from ...model.lock_schedule import LockSchedule, ScheduleSupport
from ...model.provider_io import (
    Capabilities,
    CodeTarget,
    LockAddress,
    Occupancy,
    SlotReading,
    WriteResult,
)
from ..base import (
    InterviewIncompleteError,
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
)
from ..base_provider import BaseLockProvider
from ..stale_responses import StaleResponseFilter
from .client import LATE_RESPONSE_WINDOW, async_call
from .credentials import CredentialStorage, storage_of
from .lock_clock import LockClock
from .pin_length import configured_length
from .recent_writes import RecentWrites
from .reference import ZwaveLockReference
from .scheduled_write import ZwaveScheduledWrite
from .schedules import ZwaveSchedules, async_find_support, entry_filter, is_supported
from .subscription import ZwaveLockSubscription
from .user_code import UserCodes


class ZWaveJsProvider(BaseLockProvider[ZwaveLockReference]):
    """Implements LockProvider; reads go to the lock, capabilities come from the interview."""

    def __init__(self, hass: HomeAssistant, lock: er.RegistryEntry) -> None:
        """Reference the lock by the id of its registry entry."""
        super().__init__(hass, ZwaveLockReference(hass, lock.id))
        self._has_users = False
        self._stale = StaleResponseFilter[int, SlotReading](
            LATE_RESPONSE_WINDOW,
            lambda reading: reading.occupancy is Occupancy.UNKNOWN,
        )
        self._stale_entries = entry_filter()
        self._clock = LockClock()
        self._recent_writes = RecentWrites()

    @override
    async def _probe(self) -> Capabilities:
        """Return what the lock supports; no radio, but see `find_support`."""
        endpoint = self._reference.resolve().endpoint
        if not endpoint.node.ready:
            raise InterviewIncompleteError("the lock is not interviewed yet")
        control = endpoint.access_control
        if not await async_call(control.is_supported()):
            if endpoint.node.interview_stage == INTERVIEW_FAILED:
                raise InterviewIncompleteError("the interview of the lock has failed")
            raise NotSupportedError("the lock does not support managing codes by radio")
        # The driver chooses where a lock has both command classes
        users = await async_call(control.get_user_capabilities_cached())
        self._has_users = users.supports_users_without_credentials
        capabilities = await self._storage(endpoint).async_probe()
        if (length := configured_length(endpoint.node)) is not None:
            capabilities = replace(
                capabilities, pin_min_length=length, pin_max_length=length
            )
        if not self._has_users:
            schedules = await async_find_support(endpoint)
            capabilities = replace(capabilities, schedules=schedules)
        return capabilities

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Read each slot from the lock, one after the other."""
        await self._check(*slots)
        return {slot: await self._read_live(slot) for slot in slots}

    async def _read_live(self, slot: int) -> SlotReading:
        return await self._stale.async_read(slot, partial(self._read, slot))

    async def _read(self, slot: int) -> SlotReading:
        return await self._codes().async_read(slot)

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Write a code into a slot, after the schedule that it is to have."""
        support = (await self._check(slot)).schedules
        with self._recent_writes.track(slot):
            if target.schedule is None:
                return await self._codes().async_write(slot, target)
            return await self._write_scheduled(slot, target, target.schedule, support)

    async def _write_scheduled(
        self,
        slot: int,
        target: CodeTarget,
        schedule: LockSchedule,
        support: ScheduleSupport | None,
    ) -> WriteResult:
        endpoint = self._reference.resolve().endpoint
        if not is_supported(slot, schedule, support):
            raise ScheduleRejectedError("the lock cannot hold this schedule exactly")
        if support is None:
            return await self._codes().async_write(slot, target)
        if not schedule.is_empty and not await self._clock.async_set(endpoint):
            await self._expect_answer(slot)
            raise ScheduleRejectedError("the lock does not keep the time of the home")
        scheduled_write = ZwaveScheduledWrite(
            codes=UserCodes(endpoint),
            schedules=ZwaveSchedules(endpoint, self._stale_entries),
            read=self._read_live,
        )
        return await scheduled_write.async_write(slot, target, schedule)

    async def _expect_answer(self, slot: int) -> None:
        """Raise LockUnreachableError if the lock does not answer; 1 read."""
        if (await self._read_live(slot)).occupancy is Occupancy.UNKNOWN:
            raise LockUnreachableError("no answer about the slot")

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Clear the code in a slot."""
        await self._check(slot)
        return await self._codes().async_clear(slot)

    @override
    async def async_rename(self, slot: int, name: str) -> WriteResult:
        """Change the name of the user of a code, with User Credential CC."""
        await self._check(slot)
        return await self._codes().async_rename(slot, name)

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Read every schedule entry that a slot may have; 1 read each.

        Where there are any, the clock is set as well, once a day: 2 writes and 1 read.
        """
        capabilities = await self._check(slot)
        if capabilities.schedules is None:
            raise NotSupportedError("the lock has no schedules")
        endpoint = self._reference.resolve().endpoint
        schedule = await ZwaveSchedules(endpoint, self._stale_entries).async_read(slot)
        if schedule is not None and not schedule.is_empty:
            await self._clock.async_sync_daily(endpoint)
        return schedule

    @override
    def _address(self) -> LockAddress:
        return self._reference.resolve().lock_address

    @override
    def _make_subscription(
        self, on_event: Callable[[LockEvent], None]
    ) -> ZwaveLockSubscription:
        return ZwaveLockSubscription(
            self._hass,
            self._reference,
            on_event,
            slots=self._managed_slots,
            recent_writes=self._recent_writes,
        )

    def _codes(self) -> CredentialStorage:
        return self._storage(self._reference.resolve().endpoint)

    def _storage(self, endpoint: Endpoint) -> CredentialStorage:
        known = self._capabilities
        return storage_of(
            endpoint,
            has_users=self._has_users,
            gives_codes=known is None or known.best_evidence.shows_code,
        )
