"""The stand-in of Zigbee2MQTT with MQTT connected to it, for one test after the other."""

from collections.abc import AsyncIterator
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from copy import deepcopy
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from simulators.zigbee2mqtt import Broker
from simulators.zigbee2mqtt.devices import Settings
from tests.harness.networks.zigbee2mqtt import (
    Zigbee2MqttNetwork,
    bridge_on,
    hurry,
    mqtt_on,
)
from tests.harness.providers.reuse import END_SECONDS, ReusedNetwork
from tests.harness.providers.reused_zha import Original
from tests.harness.providers.zigbee2mqtt_harness import small_device
from tests.harness.waiting import wait_for


class ReusedZigbee2Mqtt(ReusedNetwork[Zigbee2MqttNetwork]):
    """A broker, a bridge, and one lock as it is set for the bench."""

    def __init__(self, name: str) -> None:
        """Nothing is set up yet."""
        self._name = name

    @property
    @override
    def entry(self) -> ConfigEntry:
        return self.network.entry

    @override
    def patches(self) -> AbstractContextManager[None]:
        return hurry()

    @override
    @asynccontextmanager
    async def running(self, hass: HomeAssistant) -> AsyncIterator[Zigbee2MqttNetwork]:
        async with AsyncExitStack() as stack:
            broker = await stack.enter_async_context(Broker())
            bridge = await stack.enter_async_context(
                bridge_on(broker, [small_device(self._name)])
            )
            network = await stack.enter_async_context(mqtt_on(hass, broker, bridge))
            await network.settle()
            self._original = Original(network.node)
            self._cache = deepcopy(network.device.cache)
            self._retained = dict(broker.retained)
            self._copies = broker.copies
            self._subscriptions = broker.subscriptions
            yield network

    @override
    async def settle(self) -> None:
        await self.network.settle()

    @override
    async def renew(self) -> None:
        network, bridge, broker = (
            self.network,
            self.network.bridge,
            self.network.broker,
        )
        broker.copies = self._copies
        await network.settle()
        device, new = network.device, small_device(self._name)
        bridge.settings = Settings()
        device.options, device.definition = new.options, new.definition
        if not device.available:
            bridge.set_availability(device, available=True)
        self._original.restore(new.node.lock)
        await network.settle()
        await network.wait_until_available()
        # What was not said to this Home Assistant since it began has not been said at all
        self._original.forget()
        device.cache = deepcopy(self._cache)
        broker.retained = dict(self._retained)
        broker.log.clear()
        # Sent long after Home Assistant has connected, in the middle of some test
        bridge.cancel_republishing()
        with suppress(AssertionError):
            await wait_for(
                lambda: broker.subscriptions == self._subscriptions, END_SECONDS
            )

    @override
    def condition(self) -> dict[str, object]:
        bridge, broker = self.network.bridge, self.network.broker
        return {
            "subscriptions": broker.subscriptions,
            "listeners": broker.listener_count,
            "bridge": (bridge.is_running, bridge.base, bridge.patience),
            "devices": [(device.name, device.ieee) for device in bridge.devices],
            "waiting for answers": bridge.pending_requests,
            "plugged": bridge.mesh.plugged,
        }
