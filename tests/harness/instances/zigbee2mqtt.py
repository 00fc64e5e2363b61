"""Home Assistant with its MQTT integration and Keyholder, on virtual time.

Everything is real but the locks, the broker and Zigbee2MQTT: the stand-in is spoken to
through a Unix socket in the loop of the scenario, all delays are the real ones, and days pass
in no time.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import override
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_socket import socket_allow_hosts

from simulators.zigbee import Mesh
from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.instances.restartable import RestartableInstance
from tests.harness.networks.zigbee2mqtt import YAML, Zigbee2MqttNetwork
from tests.harness.site.zigbee2mqtt import Zigbee2MqttSite

_MQTT = "homeassistant.components.mqtt"
_PROVIDERS = "custom_components.keyholder.providers"


class Zigbee2MqttInstance(RestartableInstance[Zigbee2MqttNetwork, Zigbee2MqttSite]):
    """A site with locks of Zigbee2MQTT; bridge and broker go on as well."""

    def __init__(self, broker: Broker, bridge: FakeZigbee2Mqtt) -> None:
        """Make a site whose locks are behind this bridge; `start` opens it."""
        super().__init__("mqtt", Zigbee2MqttSite)
        self.broker = broker
        self.bridge = bridge

    @override
    def _add_entry(self, hass: HomeAssistant) -> None:
        connection = {
            "broker": str(self.broker.at),
            "transport": "unix",
            "port": 1,
            "protocol": "5",
        }
        MockConfigEntry(
            domain="mqtt", data=connection, version=2, minor_version=1
        ).add_to_hass(hass)

    @override
    async def _connect(
        self, hass: HomeAssistant, entry: ConfigEntry
    ) -> Zigbee2MqttNetwork:
        # The integration looks for entities in there
        await hass.async_add_executor_job(Path(hass.config.path(YAML)).touch)
        network = Zigbee2MqttNetwork(hass, self.broker, self.bridge, entry)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await network.listen()
        return network


@asynccontextmanager
async def zigbee2mqtt_instance(
    devices: Collection[Device],
) -> AsyncIterator[Zigbee2MqttInstance]:
    """Open a site whose locks are these, until the scenario is over."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    # Until the next test: sockets in the file system lead nowhere else
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    nodes = [device.node for device in devices]
    for node in nodes:
        node.lock.clock.source = lambda: loop.clock().timestamp()
    mesh = Mesh(nodes)
    with TemporaryDirectory() as folder, _virtual_mqtt(loop):
        async with (
            Broker(Path(folder) / "mqtt") as broker,
            FakeZigbee2Mqtt(broker, mesh, devices) as bridge,
        ):
            instance = Zigbee2MqttInstance(broker, bridge)
            try:
                async with instance.opened():
                    yield instance
            finally:
                mesh.medium.clear()


@contextmanager
def _virtual_mqtt(loop: VirtualLoop) -> Iterator[None]:
    clock = SimpleNamespace(monotonic=loop.time, time=lambda: loop.clock().timestamp())
    with ExitStack() as stack:
        for module in ("client", "discovery", "debug_info"):
            stack.enter_context(patch(f"{_MQTT}.{module}.time", clock))
        for module in ("stale_responses", "zigbee2mqtt.subscription"):
            stack.enter_context(patch(f"{_PROVIDERS}.{module}.monotonic", loop.time))
        yield
