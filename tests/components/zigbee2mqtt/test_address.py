"""No PIN follows a new address of a lock of Zigbee2MQTT by itself."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import json
from typing import Any, Final

import pytest

from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt
from simulators.zigbee2mqtt.announcements import discovery, discovery_topic
from tests.harness.site.repair_dialog import RepairDialog, issues
from tests.harness.site.site_driver import OTHER, PIN
from tests.harness.site.zigbee2mqtt import Zigbee2MqttSite
from tests.harness.site.zigbee2mqtt_door import Zigbee2MqttDoor, run_at_door
from tests.harness.waiting import wait_for

STRANGER: Final = "0x00aabbccddeeff00"


def forged(bridge: FakeZigbee2Mqtt, lock: Device, **changes: Any) -> dict[str, Any]:
    return discovery(bridge.base, lock, bridge.settings) | changes


def other_base(bridge: FakeZigbee2Mqtt, device: Device) -> dict[str, Any]:
    """As another bridge would announce the lock."""
    unique = replace(bridge.settings, unique_base=bridge.base)
    return discovery("stranger", device, unique)


def other_name(bridge: FakeZigbee2Mqtt, device: Device) -> dict[str, Any]:
    """As the same bridge would announce the lock after it was renamed."""
    topic = f"{bridge.base}/Stranger"
    return forged(bridge, device, state_topic=topic, command_topic=f"{topic}/set")


def longer_command_topic(bridge: FakeZigbee2Mqtt, device: Device) -> dict[str, Any]:
    topic = f"{bridge.base}/{device.name}"
    return forged(bridge, device, command_topic=f"{topic} of a stranger/set")


type Forgery = Callable[[FakeZigbee2Mqtt, Device], dict[str, Any]]
FORGERIES: Final[tuple[Forgery, ...]] = (other_base, longer_command_topic)
"""Topics of a known lock, and some that are no lock's; `tests/providers` has the rest."""


def publish(broker: Broker, device: Device, payload: dict[str, Any]) -> None:
    broker.publish(discovery_topic(device), json.dumps(payload), retain=True)


def sent_elsewhere(site: Zigbee2MqttSite) -> list[str]:
    """Return the topics with commands or questions that are not the lock's."""
    network = site.network
    own = f"{network.bridge.base}/{network.device.name}"
    return [
        each.topic
        for each in network.broker.log
        if each.topic.endswith(("/set", "/get"))
        and not each.topic.startswith(f"{own}/")
    ]


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_retained_discovery_with_another_address_gets_no_pin(
    site: Zigbee2MqttSite, forgery: Forgery
) -> None:
    """Clause 16.24: everything for the lock stops, and a repair asks."""
    network = site.network
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    network.broker.log.clear()

    publish(network.broker, network.device, forgery(network.bridge, network.device))
    await wait_for(lambda: "address_changed" in site.issues)
    await ann.set_pin(OTHER)
    await ann.until_shown("out_of_sync", reason="lock_unreachable")
    network.bridge.publish_state(network.device, {"action": "unlock"})
    await site.settle()

    assert sent_elsewhere(site) == []
    assert not [each for each in network.broker.log if each.topic.endswith("/set")]
    assert not any(OTHER.encode() in each.payload for each in network.broker.log)
    assert site.events == []
    assert site.shown("binary_sensor", "problem") == "on"

    # the entity leads to the lock again
    publish(network.broker, network.device, forged(network.bridge, network.device))
    await ann.until_shown("in_sync", desired="present")
    assert site.issues == set()
    assert network.node.pins() == {1: OTHER}


async def test_a_name_that_only_a_discovery_has_gets_no_pin(
    site: Zigbee2MqttSite,
) -> None:
    """Clause 16.24: a new name is followed as far as the bridge itself has it."""
    network = site.network
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    network.broker.log.clear()

    publish(network.broker, network.device, other_name(network.bridge, network.device))
    await ann.set_pin(OTHER)
    await ann.until_shown("out_of_sync", reason="lock_unreachable")
    await site.settle()

    assert not [each for each in network.broker.log if each.topic.endswith("/set")]
    network.bridge.rename(network.device, "Stranger")
    await site.settle()
    await site.verify()
    await ann.until_shown("in_sync", desired="present")
    assert network.node.pins() == {1: OTHER}


async def test_another_stick_behind_the_same_topic_gets_no_pin(
    site: Zigbee2MqttSite,
) -> None:
    """Clause 16.24: the bridge is part of the address."""
    network = site.network
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    await network.bridge.stop()
    await wait_for(lambda: network.state() == "unavailable")
    await ann.set_pin(OTHER)
    network.bridge.settings.stick = STRANGER
    network.broker.log.clear()

    network.bridge.start()
    await wait_for(lambda: "address_changed" in site.issues)
    await site.settle()

    assert not [each for each in network.broker.log if each.topic.endswith("/set")]
    assert network.node.pins() == {1: PIN}
    await accept(site)
    await ann.until_shown("in_sync", desired="present")
    assert network.node.pins() == {1: OTHER}


async def accept(site: Zigbee2MqttSite) -> None:
    """Accept the new address in the repair."""
    (issue,) = (
        each for each in issues(site.hass) if each.translation_key == "address_changed"
    )
    dialog = await RepairDialog(site.hass, issue).open()
    await dialog.submit()
    assert dialog.result["type"] == "create_entry"


async def test_another_base_topic_is_accepted_in_the_repair(
    site: Zigbee2MqttSite,
) -> None:
    """Clause 16.24: a fix accepts the new address, and what was proven is read again."""
    network = site.network
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    old = network.bridge
    await old.stop()
    moved = FakeZigbee2Mqtt(
        network.broker,
        old.mesh,
        old.devices,
        base="home/zigbee",
        settings=replace(old.settings, unique_base=old.base),
        patience=old.patience,
    )
    async with moved:
        await wait_for(lambda: "address_changed" in site.issues)
        (issue,) = (
            each
            for each in issues(site.hass)
            if each.translation_key == "address_changed"
        )
        shown = issue.translation_placeholders or {}
        assert shown["accepted"].startswith("zigbee2mqtt, 0x")
        assert shown["found"].startswith("home/zigbee, 0x")
        await ann.set_pin(OTHER)

        await accept(site)

        await ann.until_shown("in_sync", desired="present")
        await wait_for(lambda: site.issues == set())
        assert network.node.pins() == {1: OTHER}


def test_a_change_while_home_assistant_was_down_is_found_and_stays_found() -> None:
    """Clause 16.24: the accepted address outlives a restart."""

    async def scenario(door: Zigbee2MqttDoor) -> None:
        await door.add()
        bridge, broker = door.instance.bridge, door.instance.broker
        await door.instance.stop()
        publish(broker, bridge.device, other_base(bridge, bridge.device))
        for topic in ("bridge/state", f"{bridge.device.name}/availability"):
            broker.publish(f"stranger/{topic}", '{"state": "online"}', retain=True)
        broker.log.clear()

        for _ in range(2):
            await door.instance.start()
            await asyncio.sleep(600)
            assert "address_changed" in door.instance.site.issues
            assert not [
                each for each in broker.log if each.topic.startswith("stranger/")
            ]
            await door.instance.stop()

        publish(broker, bridge.device, forged(bridge, bridge.device))
        await door.instance.start()
        await asyncio.sleep(600)
        assert door.instance.site.issues == set()
        ann = door.instance.site.person("Ann")
        assert ann.shows(door.instance.site.network.lock_entity(), "in_sync")

    run_at_door(scenario)
