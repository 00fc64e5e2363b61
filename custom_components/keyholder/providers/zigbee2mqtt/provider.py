"""A lock of Zigbee2MQTT as the engine knows locks."""

from collections.abc import Callable, Collection
from typing import Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ...model.evidence import Evidence
from ...model.limits import LockSchedule
from ...model.lock_events import LockEvent
from ...model.reading import (
    Capabilities,
    CodeTarget,
    ConfigurationHint,
    SlotReading,
    WriteResult,
)
from ..base import (
    LockProvider,
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
    SlotUnavailableError,
    Unsubscribe,
)
from .description import Description, describe
from .ear import TopicSubscriptions
from .link import LockTopics, Zigbee2MqttLockReference
from .listener import Listener
from .questions import LockRequests

SHORTEST_CODE: Final = 4
LONGEST_CODE: Final = 8
"""Digits. Zigbee2MQTT does not tell what a lock takes."""


class Zigbee2MqttProvider(LockProvider):
    """Implements LockProvider; a slot is the id of a user."""

    def __init__(self, hass: HomeAssistant, lock: er.RegistryEntry) -> None:
        """Know the lock by the id of its registry entry."""
        self._hass = hass
        self._link = Zigbee2MqttLockReference(hass, lock.id)
        self._ear = TopicSubscriptions(hass)
        self._questions = LockRequests(hass, self._ear)
        self._capabilities: Capabilities | None = None
        self._repeats_users = True

    @property
    @override
    def capabilities(self) -> Capabilities | None:
        """Return what the last probe found."""
        return self._capabilities

    @property
    @override
    def is_connected(self) -> bool:
        """Return whether broker, bridge and lock are there, as far as is known."""
        return self._link.is_open()

    @override
    async def async_probe(self) -> Capabilities:
        """Find out what the lock can do, from what Zigbee2MQTT has retained; no radio."""
        way = self._link.resolve()
        devices = await self._questions.read_retained(f"{way.bridge}/devices")
        info = await self._questions.read_retained(f"{way.bridge}/info")
        lock = describe(way.name, devices, info)
        self._repeats_users = lock.publishes_cached_users
        self._capabilities = _capabilities(lock)
        return self._capabilities

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Ask the lock for each slot, one after the other."""
        way = await self._way_to(*slots)
        return {slot: await self._read(way, slot) for slot in slots}

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Send a code; 1 write. Zigbee2MQTT tells nothing of what becomes of it."""
        way = await self._way_to(slot)
        if target.schedule is not None and not target.schedule.is_empty:
            raise ScheduleRejectedError("the lock cannot hold restrictions")
        await self._expect_answer(way, slot)
        code = {
            "user": slot,
            "user_type": "unrestricted",
            "user_enabled": target.enabled,
            # As a number it would lose its zeros
            "pin_code": target.pin.reveal(),
        }
        await self._questions.send(way, {"pin_code": code})
        return WriteResult.OPTIMISTIC

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Send that the code has to go; 1 write."""
        way = await self._way_to(slot)
        await self._questions.send(way, {"pin_code": {"user": slot, "pin_code": None}})
        if not self._link.is_open():
            raise LockUnreachableError("the lock is thought to be away")
        return WriteResult.OPTIMISTIC

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Raise NotSupported: Zigbee2MQTT knows no schedules."""
        raise NotSupportedError("the lock has no schedules")

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Call back for all that the lock reports, until the returned call."""
        listener = Listener(
            self._hass, self._link, self._ear, self._managed_slots, on_event
        )
        listener.start()
        return listener.stop

    async def _way_to(self, *slots: int) -> LockTopics:
        """Return the topics of the lock, for slots that it has."""
        known = self._capabilities or await self.async_probe()
        for slot in slots:
            if slot not in known.slots:
                raise SlotUnavailableError(f"the lock has no slot {slot}")
        return self._link.resolve()

    async def _read(self, way: LockTopics, slot: int) -> SlotReading:
        reading = await self._questions.read(way, slot, repeats=self._repeats_users)
        if reading is None and not self._link.is_open():
            raise LockUnreachableError("no answer, and the lock is thought to be away")
        return reading or SlotReading.unknown()

    async def _expect_answer(self, way: LockTopics, slot: int) -> None:
        """Send no code to a lock that is thought to be away; 1 read of such a lock."""
        if not self._link.is_open():
            await self._read(way, slot)

    def _managed_slots(self) -> range | None:
        return self._capabilities.slots if self._capabilities else None


def _capabilities(lock: Description) -> Capabilities:
    return Capabilities(
        # 0 is on many locks the code that programs them
        slots=range(1, lock.user_count),
        pin_min_length=SHORTEST_CODE,
        pin_max_length=LONGEST_CODE,
        best_evidence=Evidence.VALUE if lock.shows_codes else Evidence.PRESENCE,
        # Nothing is kept for who is not connected, and no lock says what it reports
        reports_changes=False,
        configuration_hint=_advice(lock),
    )


def _advice(lock: Description) -> ConfigurationHint | None:
    if not lock.shows_codes:
        return ConfigurationHint.SHOW_CODES
    return (
        ConfigurationHint.STOP_REPEATING_USERS if lock.publishes_cached_users else None
    )
