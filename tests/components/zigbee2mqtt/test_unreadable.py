"""Locks about whose codes Zigbee2MQTT publishes nothing, such as those of Onesti."""

import asyncio
from typing import Final

import pytest

from simulators.zigbee import Command, DoorLock, Limits, LockNode, Presence
from simulators.zigbee.faults import default_response
from simulators.zigbee2mqtt import Definition, Device
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.instances.zigbee2mqtt import (
    Zigbee2MqttInstance,
    zigbee2mqtt_instance,
)
from tests.harness.site.flow_driver import start, submit
from tests.harness.site.site_driver import OTHER, PIN

SLOTS: Final = {"first_slot": 3, "last_slot": 6}
UNSUPPORTED: Final = 0x81


def onesti() -> Device:
    """A lock that answers, and whose definition has no converter for the answer."""
    node = LockNode(DoorLock(limits=Limits(pins=50, first_user=1)))
    definition = Definition(
        "Onesti Products AS", "Nimly", pin_code_count=1000, publishes_users=False
    )
    return Device(node, "Front", definition)


def unsupported() -> Device:
    """A lock that does not support the question; Zigbee2MQTT does not know that."""
    device = Device(LockNode(DoorLock(limits=Limits(pins=50, first_user=1))), "Front")
    device.node.faults.add(Command.GET_PIN, default_response(UNSUPPORTED), None)
    return device


async def expect_refusal(instance: Zigbee2MqttInstance, error: str) -> None:
    form = await start(instance.hass, instance.entry, "lock")
    entity = instance.network.lock_entity().entity_id
    refused = await submit(instance.hass, form, lock=entity)
    assert list((refused["errors"] or {}).values()) == [error]


@pytest.mark.parametrize("lock", [onesti, unsupported])
def test_a_lock_that_cannot_be_read_is_taken_for_what_it_is(lock: object) -> None:
    """Clause 16.9: found out when it is added, and never out of reach."""
    assert callable(lock)
    device: Device = lock()

    async def scenario() -> None:
        async with zigbee2mqtt_instance([device]) as instance:
            await expect_refusal(instance, "slots_needed")
            await instance.site.manage(None, **SLOTS)
            ann = await instance.site.add("Ann", PIN)
            await asyncio.sleep(60)
            assert device.node.pins() == {3: PIN}
            assert ann.shows(instance.network.lock_entity(), "accepted")
            assert instance.site.issues == set()

            await instance.stop()
            await instance.start()
            ann = instance.site.person("Ann")
            await ann.set_pin(OTHER)
            await asyncio.sleep(120)
            assert device.node.pins() == {3: OTHER}
            await ann.switch(on=False)
            await asyncio.sleep(120)
            assert device.node.pins() == {}
            lock = instance.network.lock_entity()
            assert ann.shows(lock, "accepted", desired="absent")
            assert instance.site.issues == set()

    run_on_virtual_clock(scenario())


def test_nothing_is_accepted_while_such_a_lock_is_away() -> None:
    """Zigbee2MQTT publishes no failure, and no read would show that the code is missing."""
    device = onesti()

    async def scenario() -> None:
        async with zigbee2mqtt_instance([device]) as instance:
            await instance.site.manage(None, **SLOTS)
            device.node.presence = Presence.UNREACHABLE
            ann = await instance.site.add("Ann", PIN)
            await asyncio.sleep(300)
            lock = instance.network.lock_entity()
            assert not ann.shows(lock, "accepted")

            device.node.presence = Presence.ONLINE
            await asyncio.sleep(1200)
            assert device.node.pins() == {3: PIN}
            assert ann.shows(lock, "accepted")

    run_on_virtual_clock(scenario())


def test_a_lock_that_answers_nothing_is_out_of_reach_when_it_is_added() -> None:
    device = unsupported()

    async def scenario() -> None:
        async with zigbee2mqtt_instance([device]) as instance:
            device.node.presence = Presence.UNREACHABLE
            await expect_refusal(instance, "lock_unreachable")

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("is_told_twice", [False, True])
def test_who_used_such_a_lock_is_published_and_counted_once(
    is_told_twice: bool,
) -> None:
    """Clause 16.11: as the last operation, alone or beside an action."""
    device = onesti()
    device.node.lock.traits.shows_last_operation = True
    device.node.lock.traits.reports_operations = is_told_twice

    async def scenario() -> None:
        async with zigbee2mqtt_instance([device]) as instance:
            await instance.site.manage(None, **SLOTS)
            ann = await instance.site.add("Ann", PIN)
            await asyncio.sleep(60)
            instance.site.events.clear()
            for _ in range(2):
                assert device.node.door.enter(PIN)
                await asyncio.sleep(30)
                device.node.door.lock_itself()
                await asyncio.sleep(30)
            events = instance.site.events
            # what is published again after a restart is nobody's use
            await instance.stop()
            await instance.start()
            await asyncio.sleep(120)
            device.node.door.turn()
            await asyncio.sleep(30)

            uses = [event["person"] for event in events if event["type"] == "unlocked"]
            assert uses == ["Ann", "Ann"]
            ann = instance.site.person("Ann")
            status = instance.hass.states.get(ann.entity("sensor", "status"))
            assert status is not None
            assert status.attributes["uses"] == 2

    run_on_virtual_clock(scenario())
