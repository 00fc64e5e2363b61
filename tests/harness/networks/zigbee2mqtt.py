"""A stand-in of Zigbee2MQTT and its broker, and Home Assistant's own MQTT integration.

All run in the loop of the test, and Home Assistant speaks to the broker over a socket, so
a test acts on locks and looks into them directly.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
import json
from pathlib import Path
from typing import Any

from homeassistant.components import mqtt
from homeassistant.components.mqtt import client as mqtt_client
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.providers.zigbee2mqtt import requests
from simulators.zigbee import LockNode, Mesh
from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt
from tests.harness.waiting import wait_for

ECHO = "test/echo"
YAML = "configuration.yaml"
HURRIED = {
    "DISCOVERY_COOLDOWN": 0.0,
    "INITIAL_SUBSCRIBE_COOLDOWN": 0.0,
    "SUBSCRIBE_COOLDOWN": 0.0,
    "UNSUBSCRIBE_COOLDOWN": 0.0,
    "RECONNECT_INTERVAL_SECONDS": 0.05,
}
"""How long Home Assistant's MQTT client waits before it does things; seconds."""
PATIENCE = 0.2
"""How long Zigbee2MQTT waits for a lock; seconds."""


@dataclass(frozen=True)
class Zigbee2MqttNetwork:
    """The stand-in as Home Assistant's MQTT integration shows it."""

    hass: HomeAssistant
    broker: Broker
    bridge: FakeZigbee2Mqtt
    entry: ConfigEntry
    echoes: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def device(self) -> Device:
        """Return the first lock, as Zigbee2MQTT has it."""
        return self.bridge.device

    @property
    def node(self) -> LockNode:
        """Return the first lock itself: its memory, door and faults."""
        return self.device.node

    async def listen(self) -> None:
        """Wait until Home Assistant is connected, and has found the locks."""

        @callback
        def on_echo(message: Any) -> None:
            self.echoes.append(message.payload)

        await mqtt.async_subscribe(self.hass, ECHO, on_echo)
        await wait_for(lambda: _has_locks(self))
        await self.wait_until_available()

    def lock_entity(self, device: Device | None = None) -> er.RegistryEntry:
        """Return the registry entry of a lock's entity."""
        identifier = ("mqtt", f"zigbee2mqtt_{(device or self.device).ieee}")
        found = dr.async_get(self.hass).async_get_device_by_identifier(
            identifier, self.entry.entry_id
        )
        assert found is not None
        (lock,) = (
            entity
            for entity in er.async_entries_for_device(er.async_get(self.hass), found.id)
            if entity.domain == "lock"
        )
        return lock

    def state(self, device: Device | None = None) -> str:
        """Return the state of a lock's entity."""
        state = self.hass.states.get(self.lock_entity(device).entity_id)
        assert state is not None
        return state.state

    async def settle(self) -> None:
        """Wait until all that was said so far has been handled by everybody."""
        await self.arrive()
        await self._pass_through()
        await self.hass.async_block_till_done()

    async def arrive(self) -> None:
        """Wait until all that was sent so far has been dealt with by the locks."""
        await self._pass_through()
        await self.bridge.settle()

    async def _pass_through(self) -> None:
        """Send a message to the broker and back: whatever came before it is through."""
        await wait_for(lambda: self.broker.is_subscribed(ECHO))
        number = str(next(self.numbers))
        await mqtt.async_publish(self.hass, ECHO, number)
        await wait_for(lambda: number in self.echoes)

    async def wait_until_available(self) -> None:
        """Wait until Home Assistant shows every lock as available."""
        await wait_for(
            lambda: all(
                self.state(each) != STATE_UNAVAILABLE for each in self.bridge.devices
            )
        )
        await self.hass.async_block_till_done()

    async def drop_connection(self) -> None:
        """Cut Home Assistant's connection to the broker, and wait for another."""
        # Its client waits long for answers that were lost, before it subscribes anew
        await self._pass_through()
        await self.broker.drop_clients()
        await wait_for(lambda: self.state() == STATE_UNAVAILABLE)
        await self.wait_until_available()
        await self._pass_through()

    async def reload(self) -> None:
        """Reload the MQTT entry."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        assert self.entry.state is ConfigEntryState.LOADED
        await self.wait_until_available()


@pytest.fixture
def zigbee2mqtt_devices() -> list[Device]:
    """The locks of the network; a module may bring its own."""
    return [Device(LockNode(), options={"expose_pin": True})]


@pytest.fixture
async def mqtt_broker(socket_enabled: None) -> AsyncIterator[Broker]:
    """The broker on a free port."""
    async with Broker() as broker:
        yield broker


@contextmanager
def hurry() -> Iterator[None]:
    """Let Home Assistant's MQTT client not wait, and nobody wait long for a lock."""
    with pytest.MonkeyPatch.context() as patches:
        _hurry(patches)
        yield


@pytest.fixture
def hurried_mqtt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait long, as long as the test lasts.

    A test may want other times: its `monkeypatch` is this one, so what is patched twice
    is undone in the right order.
    """
    _hurry(monkeypatch)


def _hurry(patches: pytest.MonkeyPatch) -> None:
    for name, seconds in HURRIED.items():
        patches.setattr(mqtt_client, name, seconds)
    patches.setattr(requests, "ANSWER_SECONDS", 2 * PATIENCE)


@asynccontextmanager
async def bridge_on(
    broker: Broker, devices: list[Device]
) -> AsyncIterator[FakeZigbee2Mqtt]:
    """Run Zigbee2MQTT with these locks; it waits for none longer than a blink."""
    mesh = Mesh([device.node for device in devices])
    async with FakeZigbee2Mqtt(broker, mesh, devices, patience=PATIENCE) as bridge:
        yield bridge
        mesh.medium.clear()


@pytest.fixture
async def zigbee2mqtt_bridge(
    mqtt_broker: Broker, zigbee2mqtt_devices: list[Device]
) -> AsyncIterator[FakeZigbee2Mqtt]:
    """Zigbee2MQTT with its locks paired."""
    async with bridge_on(mqtt_broker, zigbee2mqtt_devices) as bridge:
        yield bridge


@asynccontextmanager
async def mqtt_on(
    hass: HomeAssistant, broker: Broker, bridge: FakeZigbee2Mqtt
) -> AsyncIterator[Zigbee2MqttNetwork]:
    """Connect MQTT to the broker, and unload it at the end."""
    entry = MockConfigEntry(
        domain="mqtt",
        title="MQTT",
        data={"broker": "127.0.0.1", "port": broker.port, "protocol": "5"},
        version=2,
        minor_version=1,
    )
    entry.add_to_hass(hass)
    # The integration looks for entities in there
    await hass.async_add_executor_job(Path(hass.config.config_dir, YAML).touch)
    assert await hass.config_entries.async_setup(entry.entry_id)
    network = Zigbee2MqttNetwork(hass, broker, bridge, entry)
    await network.listen()
    yield network
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
async def zigbee2mqtt_network(
    hass: HomeAssistant,
    mqtt_broker: Broker,
    zigbee2mqtt_bridge: FakeZigbee2Mqtt,
    hurried_mqtt: None,
) -> AsyncIterator[Zigbee2MqttNetwork]:
    """The stand-in, with Home Assistant's MQTT integration connected to it."""
    async with mqtt_on(hass, mqtt_broker, zigbee2mqtt_bridge) as network:
        yield network


def _has_locks(network: Zigbee2MqttNetwork) -> bool:
    return len(network.hass.states.async_entity_ids("lock")) == len(
        network.bridge.devices
    )


def payloads(broker: Broker, topic: str) -> list[Any]:
    """Return what was published to a topic, decoded."""
    return [json.loads(each.payload) for each in broker.log if each.topic == topic]
