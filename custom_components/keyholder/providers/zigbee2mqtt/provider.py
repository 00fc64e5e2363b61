"""Lock provider for locks of Zigbee2MQTT."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ...model.evidence import Evidence
from ...model.lock_events import LockEvent
from ...model.lock_schedule import LockSchedule
from ...model.pin_lengths import PinLengths
from ...model.provider_io import (
    Capabilities,
    CodeTarget,
    ConfigurationHint,
    LockAddress,
    SlotReading,
    WriteResult,
)
from ..base import (
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
)
from ..base_provider import BaseLockProvider
from .description import Description, bridge_of, describe, ieee_address_of
from .dropped_messages import DroppedMessageLog
from .reference import Zigbee2MqttLockReference
from .requests import LockRequests
from .subscription import Zigbee2MqttLockSubscription
from .target import LockTopics
from .topics import TopicSubscriptions

_TRIED_SLOTS: Final = 2
"""A lock may keep its first slot to itself, and then nothing is published about it."""


class Zigbee2MqttProvider(BaseLockProvider[Zigbee2MqttLockReference]):
    """Implements LockProvider; a slot is the id of a user."""

    def __init__(self, hass: HomeAssistant, lock: er.RegistryEntry) -> None:
        """Reference the lock by the id of its registry entry."""
        super().__init__(hass, Zigbee2MqttLockReference(hass, lock.id))
        self._subscriptions = TopicSubscriptions(
            hass, DroppedMessageLog(self._reference).async_report
        )
        self._requests = LockRequests(hass, self._subscriptions)
        self._publishes_cached_users = True
        self._confirmed_topics: LockTopics | None = None
        """The topics that the bridge has named as those of the lock."""
        self._bridge = ""

    @override
    async def _probe(self) -> Capabilities:
        """Return what the lock supports, from retained topics of the bridge; no radio."""
        topics = self._reference.resolve()
        devices = await self._requests.async_read_retained(f"{topics.bridge}/devices")
        info = await self._requests.async_read_retained(f"{topics.bridge}/info")
        lock = describe(topics.name, devices, info)
        self._confirm(topics, devices)
        self._publishes_cached_users = lock.publishes_cached_users
        capabilities = _capabilities(lock)
        return capabilities if lock.publishes_users else capabilities.without_reads()

    @override
    async def async_answers_reads(self) -> bool:
        """Return whether reads of the first slots are answered; 2 reads.

        2 more if they are not: Zigbee2MQTT may publish what it has cached, so the lock
        is there if it answers twice where it is.
        """
        topics = self._reference.resolve()
        slots = (await self._check()).slots[:_TRIED_SLOTS]
        if await self._requests.async_answers(topics, slots):
            return True
        for _ in range(2):
            if not await self._requests.async_answers_state(topics):
                raise LockUnreachableError("the lock answers nothing")
        return False

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Read each slot from the lock, one after the other."""
        topics = await self._topics(*slots)
        return {slot: await self._read(topics, slot) for slot in slots}

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Send a code; 1 write. Zigbee2MQTT does not publish the result.

        1 read more on a lock that shows nothing.
        """
        topics = await self._topics(slot)
        if target.schedule is not None and not target.schedule.is_empty:
            raise ScheduleRejectedError("the lock has no schedules")
        await self._expect_answer(topics, slot)
        code = {
            "user": slot,
            "user_type": "unrestricted",
            "user_enabled": target.enabled,
            # As a number it would lose its leading zeros
            "pin_code": target.pin.reveal(),
        }
        await self._requests.async_send(topics, {"pin_code": code})
        await self._expect_lock(topics)
        return WriteResult.OPTIMISTIC

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Send the clear; 1 write, and 1 read on a lock that shows nothing."""
        topics = await self._topics(slot)
        await self._requests.async_send(
            topics, {"pin_code": {"user": slot, "pin_code": None}}
        )
        if not self._reference.is_reachable():
            raise LockUnreachableError("the lock is unavailable")
        await self._expect_lock(topics)
        return WriteResult.OPTIMISTIC

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Raise NotSupportedError: Zigbee2MQTT does not support schedules."""
        raise NotSupportedError("the lock has no schedules")

    def _confirm(self, topics: LockTopics, devices: object) -> None:
        """Take topics for those of the lock if the bridge lists it so.

        Raises AddressChangedError if the bridge is another than the accepted one,
        LockUnreachableError if it lists another device by the name of the lock.
        """
        self._confirmed_topics = None
        if ieee_address_of(topics.name, devices) != topics.address:
            raise LockUnreachableError("Zigbee2MQTT has another device by this name")
        self._bridge = bridge_of(devices)
        self._reference.check_topics(topics, self._bridge)
        self._confirmed_topics = topics

    @override
    def _address(self) -> LockAddress:
        return replace(self._reference.resolve().lock_address, bridge=self._bridge)

    @override
    def _make_subscription(
        self, on_event: Callable[[LockEvent], None]
    ) -> Zigbee2MqttLockSubscription:
        return Zigbee2MqttLockSubscription(
            self._hass,
            self._reference,
            on_event,
            slots=self._managed_slots,
            subscriptions=self._subscriptions,
        )

    async def _topics(self, *slots: int) -> LockTopics:
        """Return the topics of the lock; SlotUnavailableError for slots that do not exist.

        After the lock got another name the bridge is read first: discovery alone, which
        others may publish, does not decide where codes are sent.
        """
        await self._check(*slots)
        topics = self._reference.resolve()
        if topics != self._confirmed_topics:
            await self.async_probe()
            topics = self._reference.resolve()
            if topics != self._confirmed_topics:
                raise LockUnreachableError("the lock is being renamed")
        return topics

    async def _read(self, topics: LockTopics, slot: int) -> SlotReading:
        reading = await self._requests.async_read(
            topics, slot, users_cached=self._publishes_cached_users
        )
        if reading is None and not self._reference.is_reachable():
            raise LockUnreachableError("no answer, and the lock is unavailable")
        return reading or SlotReading.unknown()

    async def _expect_answer(self, topics: LockTopics, slot: int) -> None:
        """Raise LockUnreachableError if an unavailable lock does not answer; 1 read of such."""
        if self._shows_occupancy and not self._reference.is_reachable():
            await self._read(topics, slot)

    async def _expect_lock(self, topics: LockTopics) -> None:
        """Raise LockUnreachableError if a lock that shows nothing is not there; 1 read.

        Zigbee2MQTT does not publish that a command failed, and no read will show it.
        """
        if self._shows_occupancy:
            return
        if not await self._requests.async_answers_state(topics):
            raise LockUnreachableError("no answer after the command")

    @property
    def _shows_occupancy(self) -> bool:
        return self._capabilities is None or self._capabilities.shows_occupancy


def _capabilities(lock: Description) -> Capabilities:
    # Zigbee2MQTT does not publish what lengths a lock takes
    lengths = PinLengths()
    return Capabilities(
        # 0 is the programming code on many locks
        slots=range(1, lock.user_count),
        pin_min_length=lengths.shortest,
        pin_max_length=lengths.longest,
        best_evidence=Evidence.VALUE if lock.exposes_codes else Evidence.PRESENCE,
        # Reports are lost while we are not connected, and no lock says what it reports
        reports_changes=False,
        reports_can_be_forged=True,
        configuration_hint=_configuration_hint(lock),
    )


def _configuration_hint(lock: Description) -> ConfigurationHint | None:
    if not lock.exposes_codes:
        return ConfigurationHint.SHOW_CODES
    return (
        ConfigurationHint.STOP_REPEATING_USERS if lock.publishes_cached_users else None
    )
