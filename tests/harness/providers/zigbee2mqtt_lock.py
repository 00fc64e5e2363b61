"""A lock of the stand-in of Zigbee2MQTT, from both ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from typing import Any

from custom_components.keyholder.model.lock_events import Connected, LockEvent
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.providers.registry import async_create_provider
from custom_components.keyholder.providers.zigbee2mqtt.provider import (
    Zigbee2MqttProvider,
)
from simulators.zigbee import Command, LockNode
from simulators.zigbee2mqtt import Device
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.providers.codes import ANNA, SLOT
from tests.harness.waiting import wait_for


class Zigbee2MqttLock:
    """The first lock, from both ends."""

    def __init__(
        self, network: Zigbee2MqttNetwork, provider: Zigbee2MqttProvider
    ) -> None:
        self.network = network
        self.provider = provider
        self.events: list[LockEvent] = []

    @property
    def device(self) -> Device:
        return self.network.device

    @property
    def node(self) -> LockNode:
        return self.network.node

    @property
    def news(self) -> list[LockEvent]:
        """What was reported beside that the lock is there."""
        return [event for event in self.events if not isinstance(event, Connected)]

    async def read(self, slot: int = SLOT) -> SlotReading:
        return (await self.provider.async_read([slot]))[slot]

    async def write(self, target: CodeTarget = ANNA, slot: int = SLOT) -> WriteResult:
        result = await self.provider.async_write(slot, target)
        await self.network.arrive()
        return result

    async def clear(self, slot: int = SLOT) -> WriteResult:
        result = await self.provider.async_clear(slot)
        await self.network.arrive()
        return result

    async def settle(self) -> None:
        await self.network.settle()

    async def repeat_users(self) -> None:
        """Have Zigbee2MQTT publish all that is known of users with everything."""
        self.network.bridge.set_options(self.device, filtered_cache=[])
        await self.settle()
        await self.provider.async_probe()

    async def another_provider(self) -> Zigbee2MqttProvider:
        """Return one that knows nothing of the lock, as after a start."""
        return await make_provider(self.network)

    def commands(self) -> list[Command]:
        """Return the commands that reached the lock since the last call."""
        names = [command for command, _ in self.node.received]
        self.node.received.clear()
        return names

    def sent(self, topic: str) -> list[Any]:
        """Return what Home Assistant sent to a topic of the lock."""
        full = f"{self.network.bridge.base}/{self.device.name}/{topic}"
        return [
            json.loads(message.payload)
            for message in self.network.broker.log
            if message.topic == full
        ]


async def make_provider(
    network: Zigbee2MqttNetwork, device: Device | None = None
) -> Zigbee2MqttProvider:
    """Return a provider for a lock, probed."""
    entity = network.lock_entity(device)
    provider = await async_create_provider(network.hass, entity)
    assert isinstance(provider, Zigbee2MqttProvider)
    await provider.async_probe()
    return provider


@asynccontextmanager
async def subscribed_zigbee2mqtt(
    network: Zigbee2MqttNetwork,
) -> AsyncIterator[Zigbee2MqttLock]:
    """Subscribe to the first lock of a network, as long as the context lasts."""
    lock = Zigbee2MqttLock(network, await make_provider(network))
    unsubscribe = lock.provider.subscribe(lock.events.append)
    options = f"{network.bridge.base}/bridge/response/device/options"
    await wait_for(lambda: network.broker.is_subscribed(options))
    lock.commands()
    yield lock
    unsubscribe()
