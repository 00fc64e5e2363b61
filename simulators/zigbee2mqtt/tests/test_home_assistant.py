"""Home Assistant's own MQTT integration on the fake Zigbee2MQTT."""

from pathlib import Path

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from simulators.zigbee import DoorLock, Identity, LockNode
from simulators.zigbee.terms import LockState
from simulators.zigbee2mqtt import Broker, Device
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.waiting import wait_for


@pytest.fixture
def zigbee2mqtt_devices() -> list[Device]:
    """Two locks."""
    return [
        Device(LockNode()),
        Device(LockNode(DoorLock(), Identity(ieee=0x000D6F0055667788)), "Back door"),
    ]


async def test_locks_are_discovered_and_obey(
    hass: HomeAssistant, zigbee2mqtt_network: Zigbee2MqttNetwork
) -> None:
    lock = zigbee2mqtt_network.node.lock
    entity_id = zigbee2mqtt_network.lock_entity().entity_id

    await hass.services.async_call(
        "lock", "unlock", {"entity_id": entity_id}, blocking=True
    )
    await zigbee2mqtt_network.settle()

    assert lock.state is LockState.UNLOCKED
    assert zigbee2mqtt_network.state() == "unlocked"
    assert len(hass.states.async_entity_ids("lock")) == 2


async def test_a_lock_is_available_as_long_as_bridge_and_lock_are(
    zigbee2mqtt_network: Zigbee2MqttNetwork,
) -> None:
    bridge, (first, second) = (
        zigbee2mqtt_network.bridge,
        zigbee2mqtt_network.bridge.devices,
    )
    bridge.set_availability(first, available=False)
    await zigbee2mqtt_network.settle()
    assert zigbee2mqtt_network.state(first) == STATE_UNAVAILABLE
    assert zigbee2mqtt_network.state(second) != STATE_UNAVAILABLE

    await bridge.stop()
    await zigbee2mqtt_network.settle()
    assert zigbee2mqtt_network.state(second) == STATE_UNAVAILABLE


async def test_it_is_found_again_after_a_lost_connection_and_a_reload(
    zigbee2mqtt_network: Zigbee2MqttNetwork,
) -> None:
    await zigbee2mqtt_network.drop_connection()
    await zigbee2mqtt_network.reload()

    zigbee2mqtt_network.node.door.turn()

    await zigbee2mqtt_network.settle()
    assert zigbee2mqtt_network.state() == "unlocked"


async def test_a_lock_that_leaves_the_network_is_removed(
    hass: HomeAssistant, zigbee2mqtt_network: Zigbee2MqttNetwork
) -> None:
    bridge = zigbee2mqtt_network.bridge

    bridge.remove(bridge.devices[1])

    await wait_for(lambda: len(hass.states.async_entity_ids("lock")) == 1)


async def test_the_form_of_home_assistant_takes_the_broker(
    hass: HomeAssistant, mqtt_broker: Broker, hurried_mqtt: None
) -> None:
    yaml = Path(hass.config.path("configuration.yaml"))
    await hass.async_add_executor_job(yaml.touch)
    form = await hass.config_entries.flow.async_init("mqtt", context={"source": "user"})
    other = {"set_client_cert": False, "set_ca_cert": "off", "tls_insecure": False}

    result = await hass.config_entries.flow.async_configure(
        form["flow_id"],
        {
            "broker": "127.0.0.1",
            "port": mqtt_broker.port,
            "protocol": "5",
            "other_settings": other,
        },
    )
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    (entry,) = hass.config_entries.async_entries("mqtt")
    assert entry.data["protocol"] == "5"
    await hass.config_entries.async_unload(entry.entry_id)
