"""Clause 16.17: a provider says where the slots of its lock are, whichever entity it is for."""

import json

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.model.provider_io import LockAddress
from custom_components.keyholder.providers.registry import async_create_provider
from simulators.matter import DoorLock, Node
from simulators.zigbee2mqtt.announcements import discovery
from simulators.zigbee2mqtt.devices import Settings
from tests.harness.networks.matter import MatterNetwork
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.waiting import wait_for


def second_entity(hass: HomeAssistant, lock: er.RegistryEntry) -> er.RegistryEntry:
    """Return another lock entity of the same device and endpoint."""
    return er.async_get(hass).async_get_or_create(
        "lock",
        lock.platform,
        f"{lock.unique_id}-second",
        config_entry=hass.config_entries.async_get_entry(lock.config_entry_id or ""),
        device_id=lock.device_id,
    )


async def address(hass: HomeAssistant, lock: er.RegistryEntry) -> LockAddress:
    found = (await async_create_provider(hass, lock)).address()
    assert found is not None
    return found


class TestMatter:
    """Two locks on one node, each on an endpoint of its own."""

    @pytest.fixture
    def matter_nodes(self) -> list[Node]:
        return [Node(locks={1: DoorLock(), 2: DoorLock()}), Node(2)]

    async def test_endpoint_and_node_are_the_address(
        self, hass: HomeAssistant, matter_network: MatterNetwork
    ) -> None:
        first = matter_network.lock_entity()
        at = await address(hass, first)

        assert await address(hass, second_entity(hass, first)) == at
        other_endpoint = await address(hass, matter_network.lock_entity(endpoint=2))
        assert (other_endpoint.node, other_endpoint.endpoint) == (at.node, "2")
        other_node = await address(hass, matter_network.lock_entity(2))
        assert other_node.node != at.node

    async def test_without_its_integration_it_is_not_known(
        self, hass: HomeAssistant, matter_network: MatterNetwork
    ) -> None:
        provider = await async_create_provider(hass, matter_network.lock_entity())
        await hass.config_entries.async_unload(matter_network.entry.entry_id)

        assert provider.address() is None


async def test_zha_endpoint_and_node_are_the_address(
    hass: HomeAssistant, zha_network: ZhaNetwork
) -> None:
    first = zha_network.lock_entity()
    at = await address(hass, first)

    assert at.endpoint == str(zha_network.node.identity.endpoint)
    assert at.node == str(zha_network.zigpy_device().ieee)
    assert await address(hass, second_entity(hass, first)) == at


async def test_zigbee2mqtt_a_child_lock_is_the_same_lock_and_an_endpoint_another(
    hass: HomeAssistant, zigbee2mqtt_network: Zigbee2MqttNetwork
) -> None:
    at = await address(hass, zigbee2mqtt_network.lock_entity())
    device = zigbee2mqtt_network.device
    payload = discovery("zigbee2mqtt", device, Settings())

    for name, command_topic in (
        ("child_lock", f"{payload['state_topic']}/set"),
        ("keypad", f"{payload['state_topic']}/set/keypad"),
        ("right", f"{payload['state_topic']}/right/set"),
    ):
        more = {
            "command_topic": command_topic,
            "unique_id": f"{device.ieee}_{name}",
            "object_id": name,
            "default_entity_id": f"lock.{name}",
        }
        zigbee2mqtt_network.broker.publish(
            f"homeassistant/lock/{device.ieee}/{name}/config",
            json.dumps(payload | more),
            retain=True,
        )
    entities = er.async_get(hass)
    await wait_for(
        lambda: (
            entities.async_get_entity_id("lock", "mqtt", f"{device.ieee}_right")
            is not None
        )
    )

    found = {}
    for name in ("child_lock", "keypad", "right"):
        entity_id = entities.async_get_entity_id(
            "lock", "mqtt", f"{device.ieee}_{name}"
        )
        lock = entities.async_get(entity_id or "")
        assert lock is not None
        found[name] = await address(hass, lock)
    assert found["child_lock"] == found["keypad"] == at
    assert found["right"].node == at.node
    assert found["right"].endpoint == "right"
