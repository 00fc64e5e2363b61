"""What is reported of a lock of Zigbee2MQTT, and what is found out when nothing was reported."""

import asyncio

from simulators.zigbee.terms import LockState
from simulators.zigbee2mqtt.bridge import REPUBLISH_DELAY
from tests.harness.site.site_driver import OTHER, PIN
from tests.harness.site.zigbee2mqtt_door import Zigbee2MqttDoor, run_at_door


def test_who_came_in_is_reported_after_a_restart_too() -> None:
    async def scenario(door: Zigbee2MqttDoor) -> None:
        await door.add()
        await door.instance.stop()
        await door.instance.start()
        await asyncio.sleep(60)
        door.instance.site.events.clear()

        door.node.door.enter(PIN)
        await asyncio.sleep(5)

        assert door.events == [("unlocked", "Ann")]

    run_at_door(scenario)


def test_a_change_while_nobody_listened_fires_nothing_and_is_found() -> None:
    async def scenario(door: Zigbee2MqttDoor) -> None:
        await door.add()
        await door.instance.stop()
        door.node.door.enter(PIN)
        door.node.door.program(1, OTHER)
        await door.instance.start()

        await asyncio.sleep(60)

        assert door.events == [("code_changed", "Ann")]
        assert door.codes == [PIN]
        assert door.node.lock.state is LockState.UNLOCKED
        assert door.state_of(door.lock) == "unlocked"

    run_at_door(scenario)


def test_every_slot_is_read_once_after_a_start() -> None:
    async def scenario(door: Zigbee2MqttDoor) -> None:
        await door.add()
        await door.add("Ben", OTHER)
        await door.instance.stop()
        door.node.received.clear()

        await door.instance.start()
        await asyncio.sleep(3 * REPUBLISH_DELAY)

        assert len(door.node.received) == 2

    run_at_door(scenario)
