"""A door that locks itself, with a lock of Zigbee2MQTT."""

import asyncio
from datetime import timedelta

from simulators.zigbee import Command
from simulators.zigbee.faults import silently_dropped
from tests.harness.site.door_driver import sleep_until
from tests.harness.site.shared_autolock_scenarios import (
    expect_a_code_to_begin_the_time_and_its_end_to_lock,
    expect_a_jam_to_be_reported,
    expect_the_time_to_go_on_over_a_restart,
    unlock_with_autolock,
)
from tests.harness.site.site_driver import PIN
from tests.harness.site.zigbee2mqtt_door import Zigbee2MqttDoor, run_at_door


def test_a_code_starts_the_timer_and_its_end_locks_the_door() -> None:
    run_at_door(expect_a_code_to_begin_the_time_and_its_end_to_lock)


def test_a_jam_is_noticed_though_the_entity_is_unlocked() -> None:
    async def scenario(door: Zigbee2MqttDoor) -> None:
        await expect_a_jam_to_be_reported(
            door,
            lambda: door.node.faults.add(
                Command.LOCK, silently_dropped(reported=False), None
            ),
        )

    run_at_door(scenario)


def test_the_time_goes_on_over_a_restart_to_the_second() -> None:
    run_at_door(expect_the_time_to_go_on_over_a_restart)


def test_a_door_that_is_unlocked_while_the_bridge_is_away_is_locked() -> None:
    """Zigbee2MQTT publishes what it knew before: that the door is locked."""

    async def scenario(door: Zigbee2MqttDoor) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.door.turn(unlock=False)
        await asyncio.sleep(5)
        assert door.state_of(door.lock) == "locked"
        await door.instance.bridge.stop()
        door.node.door.enter(PIN)
        await asyncio.sleep(60)

        door.instance.bridge.start()

        await asyncio.sleep(10)
        assert door.state_of(door.lock) == "unlocked"
        await sleep_until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()

    run_at_door(scenario)


def test_a_timer_that_ends_without_a_broker_locks_afterwards() -> None:
    async def scenario(door: Zigbee2MqttDoor) -> None:
        await unlock_with_autolock(door)
        deadline = door.locks_at
        await door.instance.broker.stop()
        await sleep_until(deadline + timedelta(seconds=30))
        assert not door.is_locked()

        await door.instance.broker.start()

        await asyncio.sleep(300)
        assert door.is_locked()

    run_at_door(scenario)
