"""Lock provider for Matter, for the Door Lock cluster."""

from collections.abc import Callable, Collection, Mapping
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from matter_server.client.models.node import MatterEndpoint

from ...model.evidence import Evidence
from ...model.lock_events import BindingChanged, LockEvent
from ...model.lock_schedule import NO_SCHEDULE, LockSchedule
from ...model.pin_lengths import PinLengths
from ...model.provider_io import (
    Capabilities,
    CodeTarget,
    LockAddress,
    SlotReading,
    WriteResult,
)
from ..base import (
    InterviewIncompleteError,
    NotSupportedError,
    ScheduleRejectedError,
    TemporarilyRefusedError,
)
from ..base_provider import BaseLockProvider
from ..door_lock_schedules import is_supported
from .client import DoorLock, MatterLockClient, attribute
from .credentials import MatterCredentials
from .expected_changes import ExpectedChanges
from .lock_clock import async_check_clock
from .reference import MatterLockReference
from .schedules import MatterSchedules, find_support
from .subscription import MatterLockSubscription
from .user_registry import UserRegistry


class MatterProvider(BaseLockProvider[MatterLockReference]):
    """Implements LockProvider; reads go to the lock, capabilities come from the server's cache."""

    def __init__(self, hass: HomeAssistant, lock: er.RegistryEntry) -> None:
        """Reference the lock by the id of its registry entry."""
        super().__init__(hass, MatterLockReference(hass, lock.id))
        self._expected = ExpectedChanges()
        self._registry = UserRegistry(self._on_bound)

    @override
    async def _probe(self) -> Capabilities:
        """Return what the lock supports, from attributes cached by the server; no radio."""
        return _capabilities(self._reference.resolve().endpoint)

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Read each slot from the lock, one after the other."""
        codes = await self._codes(*slots)
        return {slot: await codes.async_read(slot) for slot in slots}

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Write a code into a slot; a schedule is in force before the code is enabled."""
        codes = await self._codes(slot)
        schedule = target.schedule
        if schedule is None or schedule.is_empty:
            # The code gets a new user, who has no schedule
            return await codes.async_write(slot, target)
        if not is_supported(schedule, codes.capabilities.schedules):
            raise ScheduleRejectedError("the lock cannot hold this schedule exactly")
        await async_check_clock(self._reference.resolve())
        return await codes.async_write_scheduled(slot, target, schedule)

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Clear the code in a slot, and its user if it is ours."""
        return await (await self._codes(slot)).async_clear(slot)

    @override
    async def async_set_enabled(self, slot: int, *, on: bool) -> WriteResult:
        """Enable or disable the user of a code of ours."""
        return await (await self._codes(slot)).async_set_enabled(slot, on=on)

    @override
    async def async_rename(self, slot: int, name: str) -> WriteResult:
        """Change the name of the user of a code of ours; 1 command, and 2 reads after a start."""
        return await (await self._codes(slot)).async_rename(slot, name)

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Read the owner of the code, and every schedule that they obey; 1 read each."""
        codes = await self._codes(slot)
        support = codes.capabilities.schedules
        if support is None:
            raise NotSupportedError("the lock has no schedules")
        try:
            user = await codes.async_owner(slot)
            if user is None:
                return NO_SCHEDULE
            return await MatterSchedules(codes.client, support).async_read(user)
        except TemporarilyRefusedError:
            return None

    @override
    def restore_bindings(self, bindings: Mapping[int, Mapping[str, int]]) -> None:
        """Restore which users we created on a lock that keeps no ownership tags."""
        self._registry.restore(bindings)

    @override
    def _address(self) -> LockAddress:
        return self._reference.resolve().lock_address

    @override
    def _make_subscription(
        self, on_event: Callable[[LockEvent], None]
    ) -> MatterLockSubscription:
        return MatterLockSubscription(
            self._hass,
            self._reference,
            on_event,
            slots=self._managed_slots,
            expected=self._expected,
            registry=self._registry,
        )

    async def _codes(self, *slots: int) -> MatterCredentials:
        """Return the credential client; SlotUnavailableError for slots that do not exist."""
        known = await self._check(*slots)
        target = self._reference.resolve()
        users = attribute(
            target.endpoint, DoorLock.Attributes.NumberOfTotalUsersSupported
        )
        return MatterCredentials(
            client=MatterLockClient(target, self._expected),
            registry=self._registry,
            capabilities=known,
            max_user=users or len(known.slots),
        )

    def _on_bound(self, slot: int, binding: Mapping[str, int] | None) -> None:
        self._emit(BindingChanged(slot, binding))


def _capabilities(endpoint: MatterEndpoint) -> Capabilities:
    attributes, feature = DoorLock.Attributes, DoorLock.Bitmaps.Feature
    features = attribute(endpoint, attributes.FeatureMap)
    pins = attribute(endpoint, attributes.NumberOfPINUsersSupported)
    if features is None:
        raise InterviewIncompleteError("the lock has not reported what it supports")
    if not features & feature.kUser or not features & feature.kPinCredential:
        raise NotSupportedError("the lock does not support managing codes by Matter")
    if not pins:
        raise InterviewIncompleteError(
            "the lock has not reported how many codes it holds"
        )
    lengths = PinLengths.reported(
        attribute(endpoint, attributes.MinPINCodeLength),
        attribute(endpoint, attributes.MaxPINCodeLength),
    )
    return Capabilities(
        # 0 is the programming PIN
        slots=range(1, pins + 1),
        pin_min_length=lengths.shortest,
        pin_max_length=lengths.longest,
        # A code can be written and never read
        best_evidence=Evidence.PRESENCE,
        # Every lock with users must report changes of them, and reports again what a lost
        # subscription missed. What is missed while the server is offline is read later
        reports_changes=True,
        schedules=find_support(endpoint),
        # By the status of the user, which a read returns with the code
        can_disable_codes=True,
        keeps_names=True,
    )
