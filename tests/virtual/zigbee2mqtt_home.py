"""Home Assistant with its MQTT integration and Keyholder, on virtual time.

Everything is real but the locks, the broker and Zigbee2MQTT: the stand-in is spoken to
through a Unix socket in the loop of the story, all delays are the real ones, and days pass
in no time.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_storage,
)
from pytest_socket import socket_allow_hosts

from custom_components.keyholder.const import DOMAIN
from simulators.zigbee import Mesh
from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt
from tests.bare import bare_home_assistant
from tests.fixtures.zigbee2mqtt import YAML, Zigbee2MqttNetwork
from tests.integration.zigbee2mqtt.house import House

from .loop import VirtualLoop
from .stored import async_load_registries

_MQTT = "homeassistant.components.mqtt"
_PROVIDER = "custom_components.keyholder.providers.zigbee2mqtt"


class Zigbee2MqttHome:
    """A house that may be stopped and started again; bridge and locks go on by themselves.

    Each start has another `hass`, and so another `house` and `network`.
    """

    hass: HomeAssistant
    network: Zigbee2MqttNetwork
    entry: ConfigEntry
    house: House

    def __init__(self, broker: Broker, bridge: FakeZigbee2Mqtt) -> None:
        """Make a house whose locks are behind this bridge; `start` opens it."""
        self.broker = broker
        self.bridge = bridge
        self._open = AsyncExitStack()
        self._is_new = True

    async def start(self) -> None:
        """Start Home Assistant on what is stored."""
        hass = self.hass = await self._open.enter_async_context(
            bare_home_assistant(
                load_registries=False, initial_state=CoreState.not_running
            )
        )
        await async_load_registries(hass)
        # The integration looks for entities in there
        await hass.async_add_executor_job(Path(hass.config.path(YAML)).touch)
        if self._is_new:
            self._is_new = False
            connection = {
                "broker": str(self.broker.at),
                "transport": "unix",
                "port": 1,
                "protocol": "5",
            }
            MockConfigEntry(
                domain="mqtt", data=connection, version=2, minor_version=1
            ).add_to_hass(hass)
            MockConfigEntry(domain=DOMAIN, title="Home").add_to_hass(hass)
        else:
            await hass.config_entries.async_initialize()
        (mqtt,) = hass.config_entries.async_entries("mqtt")
        (self.entry,) = hass.config_entries.async_entries(DOMAIN)
        self.network = Zigbee2MqttNetwork(hass, self.broker, self.bridge, mqtt)
        assert await hass.config_entries.async_setup(mqtt.entry_id)
        await self.network.listen()
        assert await hass.config_entries.async_setup(self.entry.entry_id)
        await hass.async_block_till_done()
        self.house = House(hass, self.network, self.entry)

    async def stop(self) -> None:
        """Stop Home Assistant in good order."""
        await self.hass.async_stop(force=True)
        await self._open.aclose()


@asynccontextmanager
async def zigbee2mqtt_home(
    devices: Collection[Device],
) -> AsyncIterator[Zigbee2MqttHome]:
    """Open a house whose locks are these, until the story is over."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    # Until the next test: sockets in the file system lead nowhere else
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    nodes = [device.node for device in devices]
    for node in nodes:
        node.lock.clock.source = lambda: loop.clock().timestamp()
    mesh = Mesh(nodes)
    with TemporaryDirectory() as folder, _virtual_mqtt(loop), mock_storage():
        async with (
            Broker(Path(folder) / "mqtt") as broker,
            FakeZigbee2Mqtt(broker, mesh, devices) as bridge,
        ):
            home = Zigbee2MqttHome(broker, bridge)
            await home.start()
            try:
                yield home
            finally:
                await home.stop()
                mesh.air.clear()


@contextmanager
def _virtual_mqtt(loop: VirtualLoop) -> Iterator[None]:
    clock = SimpleNamespace(monotonic=loop.time, time=lambda: loop.clock().timestamp())
    with ExitStack() as stack:
        for module in ("client", "discovery", "debug_info"):
            stack.enter_context(patch(f"{_MQTT}.{module}.time", clock))
        for module in ("actions", "questions"):
            stack.enter_context(patch(f"{_PROVIDER}.{module}.monotonic", loop.time))
        yield
