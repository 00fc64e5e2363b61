"""The way to a lock of Zigbee2MQTT: broker, bridge, names, and what is said on it."""

import asyncio
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import Connected, Disconnected
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import ConfigurationHint, SlotReading
from custom_components.keyholder.providers.base import (
    LockUnreachableError,
    NotSupportedError,
)
from custom_components.keyholder.providers.registry import async_create_provider
from custom_components.keyholder.providers.zigbee2mqtt import requests
from simulators.zigbee import Command, Identity, LockNode, Mesh
from simulators.zigbee.faults import slow
from simulators.zigbee2mqtt import Definition, Device, FakeZigbee2Mqtt
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.providers.codes import ANNA, BEN, OTHER, PIN, SLOT
from tests.harness.providers.zigbee2mqtt_harness import DANALOCK
from tests.harness.providers.zigbee2mqtt_lock import Zigbee2MqttLock, make_provider
from tests.harness.waiting import wait_for
from tests.providers.connected import is_connected


async def until_open(lock: Zigbee2MqttLock, *, is_open: bool = True) -> None:
    await wait_for(lambda: is_connected(lock.provider) is is_open)


async def test_nothing_is_sent_before_the_subscription_is_in_force(
    zigbee2mqtt_network: Zigbee2MqttNetwork,
) -> None:
    """A first command was once answered before anybody listened."""
    network = zigbee2mqtt_network
    provider = await make_provider(network)
    subscribed: list[bool] = []
    network.broker.listen(
        lambda message: (
            subscribed.append(network.broker.is_subscribed("zigbee2mqtt/Front door"))
            if message.topic.endswith(("/get", "/set"))
            else None
        )
    )

    await provider.async_write(SLOT, ANNA)
    assert (await provider.async_read([SLOT]))[SLOT].code == Pin(PIN)
    await network.drop_connection()
    assert (await provider.async_read([SLOT]))[SLOT].code == Pin(PIN)

    assert subscribed == [True, True, True]


async def test_what_is_asked_right_after_a_reconnect_is_answered(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """The integration sends its subscriptions one by one then, this one near the end."""
    await own_zigbee2mqtt_lock.write()
    network = own_zigbee2mqtt_lock.network
    await network.settle()

    await network.broker.drop_clients()
    await until_open(own_zigbee2mqtt_lock, is_open=False)
    await until_open(own_zigbee2mqtt_lock)

    assert await own_zigbee2mqtt_lock.read() == SlotReading.present(
        Pin(PIN), enabled=True
    )


async def test_a_connection_that_is_lost_ends_the_wait_for_an_answer(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    own_zigbee2mqtt_lock.node.faults.add(Command.GET_PIN, slow(30))
    # Not by monkeypatch, which would undo it after the network has undone its own
    with patch.object(requests, "ANSWER_SECONDS", 60.0):
        asked = asyncio.ensure_future(own_zigbee2mqtt_lock.read())
        await wait_for(lambda: Command.GET_PIN in own_zigbee2mqtt_lock.commands())

        await own_zigbee2mqtt_lock.network.broker.stop()

        with pytest.raises(LockUnreachableError):
            await asked


async def test_a_bridge_that_stops_takes_its_locks_along(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    bridge = own_zigbee2mqtt_lock.network.bridge

    await bridge.stop()
    await until_open(own_zigbee2mqtt_lock, is_open=False)
    with pytest.raises(LockUnreachableError):
        await own_zigbee2mqtt_lock.provider.async_write(SLOT, ANNA)
    bridge.start()
    await until_open(own_zigbee2mqtt_lock)

    assert own_zigbee2mqtt_lock.sent("set") == []
    assert own_zigbee2mqtt_lock.events == [
        Connected(events_missed=True),
        Disconnected(),
        Connected(events_missed=True),
    ]
    assert await own_zigbee2mqtt_lock.read() == SlotReading.empty()


async def test_a_bridge_that_says_once_more_that_it_is_online_was_not_away(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """It does half a minute after Home Assistant began, and after each reconnect."""
    network = own_zigbee2mqtt_lock.network
    await own_zigbee2mqtt_lock.settle()
    own_zigbee2mqtt_lock.events.clear()

    network.bridge.republish()
    await own_zigbee2mqtt_lock.settle()

    assert own_zigbee2mqtt_lock.events == []


async def test_the_bolt_is_looked_at_after_the_bridge_was_away(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """It publishes what it knew before; the door was opened meanwhile."""
    network, node = own_zigbee2mqtt_lock.network, own_zigbee2mqtt_lock.node
    node.door.turn(unlock=False)
    await own_zigbee2mqtt_lock.settle()
    assert network.state() == "locked"

    await network.bridge.stop()
    node.door.turn()
    network.bridge.start()

    await wait_for(lambda: network.state() == "unlocked")


async def test_an_offline_lock_gets_a_code_only_after_an_answer(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    bridge, device = own_zigbee2mqtt_lock.network.bridge, own_zigbee2mqtt_lock.device
    bridge.set_availability(device, available=False)
    await until_open(own_zigbee2mqtt_lock, is_open=False)

    await own_zigbee2mqtt_lock.write()

    assert own_zigbee2mqtt_lock.commands() == [Command.GET_PIN, Command.SET_PIN]


async def test_a_clear_is_sent_whatever_is_thought_of_the_lock(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    await own_zigbee2mqtt_lock.write()
    bridge, device = own_zigbee2mqtt_lock.network.bridge, own_zigbee2mqtt_lock.device
    bridge.set_availability(device, available=False)
    await until_open(own_zigbee2mqtt_lock, is_open=False)

    with pytest.raises(LockUnreachableError):
        await own_zigbee2mqtt_lock.clear()
    await own_zigbee2mqtt_lock.network.arrive()

    assert own_zigbee2mqtt_lock.node.pins() == {}


async def test_a_new_name_in_zigbee2mqtt_is_followed(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    network = own_zigbee2mqtt_lock.network
    network.bridge.rename(own_zigbee2mqtt_lock.device, "cellar/Back door")
    await network.settle()
    await until_open(own_zigbee2mqtt_lock)
    own_zigbee2mqtt_lock.events.clear()

    await own_zigbee2mqtt_lock.provider.async_probe()
    await own_zigbee2mqtt_lock.write()
    own_zigbee2mqtt_lock.node.door.touch()
    await network.settle()

    assert own_zigbee2mqtt_lock.sent("set")
    assert await own_zigbee2mqtt_lock.read() == SlotReading.present(
        Pin(PIN), enabled=True
    )
    assert len(own_zigbee2mqtt_lock.news) == 2


async def test_a_new_name_of_a_lock_without_availability_is_followed(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """Nothing but the discovery tells of it then."""
    network = own_zigbee2mqtt_lock.network
    network.bridge.settings.availability = False
    network.bridge.rename(own_zigbee2mqtt_lock.device, "Side door")
    await network.settle()
    network.bridge.rename(own_zigbee2mqtt_lock.device, "Back door")
    await network.settle()
    own_zigbee2mqtt_lock.events.clear()

    own_zigbee2mqtt_lock.node.door.touch()
    await network.settle()

    assert len(own_zigbee2mqtt_lock.news) == 1


async def test_a_new_entity_id_is_followed(
    hass: HomeAssistant, own_zigbee2mqtt_lock: Zigbee2MqttLock
) -> None:
    network = own_zigbee2mqtt_lock.network
    entity_id = network.lock_entity().entity_id
    er.async_get(hass).async_update_entity(entity_id, new_entity_id="lock.main")
    await network.settle()
    await until_open(own_zigbee2mqtt_lock)
    own_zigbee2mqtt_lock.events.clear()

    own_zigbee2mqtt_lock.node.door.touch()
    await network.settle()
    await own_zigbee2mqtt_lock.write()

    assert len(own_zigbee2mqtt_lock.news) == 2
    assert await own_zigbee2mqtt_lock.read() == SlotReading.present(
        Pin(PIN), enabled=True
    )


async def test_two_bridges_with_locks_of_the_same_name_are_kept_apart(
    hass: HomeAssistant, zigbee2mqtt_network: Zigbee2MqttNetwork
) -> None:
    network = zigbee2mqtt_network
    node = LockNode(identity=Identity(ieee=0x000D6F0055667788))
    device = Device(node, definition=DANALOCK, options={"expose_pin": True})
    async with FakeZigbee2Mqtt(
        network.broker, Mesh([node]), [device], base="house/second/zigbee2mqtt"
    ) as second:
        await wait_for(lambda: len(hass.states.async_entity_ids("lock")) == 2)
        await network.settle()
        first, other = (
            await make_provider(network),
            await make_provider(network, device),
        )
        await first.async_write(SLOT, ANNA)
        await other.async_write(SLOT, BEN)
        await network.arrive()
        await second.settle()

        assert network.node.pins() == {SLOT: PIN}
        assert node.pins() == {SLOT: OTHER}
        assert (await first.async_read([SLOT]))[SLOT].code == Pin(PIN)
        assert (await other.async_read([SLOT]))[SLOT].code == Pin(OTHER)
        await second.stop()
        await wait_for(lambda: not is_connected(other))
        assert is_connected(first)


async def test_options_of_the_lock_decide_what_can_be_shown_and_are_followed(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    bridge, device = own_zigbee2mqtt_lock.network.bridge, own_zigbee2mqtt_lock.device
    found: list[tuple[Evidence, ConfigurationHint | None]] = []
    changes: tuple[dict[str, Any], ...] = (
        {"expose_pin": False},
        {"expose_pin": True, "filtered_cache": []},
        {"filtered_cache": ["users"]},
    )
    for options in changes:
        own_zigbee2mqtt_lock.events.clear()
        bridge.set_options(device, **options)
        await own_zigbee2mqtt_lock.settle()
        assert own_zigbee2mqtt_lock.events == [Connected()]
        capabilities = await own_zigbee2mqtt_lock.provider.async_probe()
        found.append((capabilities.best_evidence, capabilities.configuration_hint))

    assert found == [
        (Evidence.PRESENCE, ConfigurationHint.SHOW_CODES),
        (Evidence.VALUE, ConfigurationHint.STOP_REPEATING_USERS),
        (Evidence.VALUE, None),
    ]


async def test_options_of_another_lock_change_nothing(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    own_zigbee2mqtt_lock.events.clear()
    own_zigbee2mqtt_lock.network.broker.publish(
        "zigbee2mqtt/bridge/response/device/options",
        '{"data": {"id": "0x01", "from": {}, "to": {}}, "status": "ok"}',
    )
    await own_zigbee2mqtt_lock.settle()

    assert own_zigbee2mqtt_lock.events == []


async def test_a_lock_without_a_keypad_is_refused(
    zigbee2mqtt_network: Zigbee2MqttNetwork,
) -> None:
    zigbee2mqtt_network.device.definition = Definition(has_pins=False)
    await zigbee2mqtt_network.bridge.stop()
    zigbee2mqtt_network.bridge.start()
    await zigbee2mqtt_network.settle()

    with pytest.raises(NotSupportedError):
        await make_provider(zigbee2mqtt_network)


async def test_another_lock_of_mqtt_is_refused(
    hass: HomeAssistant, zigbee2mqtt_network: Zigbee2MqttNetwork
) -> None:
    zigbee2mqtt_network.broker.publish(
        "homeassistant/lock/other/config",
        '{"unique_id": "other", "name": "Other", "command_topic": "other/set", '
        '"state_topic": "other"}',
        retain=True,
    )
    await wait_for(lambda: hass.states.get("lock.other") is not None)
    lock = er.async_get(hass).async_get("lock.other")
    assert lock is not None
    provider = await async_create_provider(hass, lock)

    with pytest.raises(NotSupportedError):
        await provider.async_probe()
    assert not is_connected(provider)


async def test_a_lock_that_left_the_network_is_out_of_reach(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    bridge = own_zigbee2mqtt_lock.network.bridge
    bridge.remove(own_zigbee2mqtt_lock.device)
    await until_open(own_zigbee2mqtt_lock, is_open=False)

    assert own_zigbee2mqtt_lock.events[-1] == Disconnected()
    with pytest.raises(LockUnreachableError):
        await own_zigbee2mqtt_lock.read()
    bridge.devices.append(Device(LockNode()))


async def test_a_lock_is_probed_while_its_bridge_is_away(
    zigbee2mqtt_network: Zigbee2MqttNetwork,
) -> None:
    await zigbee2mqtt_network.bridge.stop()

    provider = await make_provider(zigbee2mqtt_network)

    assert provider.capabilities is not None
