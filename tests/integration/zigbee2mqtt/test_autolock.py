"""A door that locks itself, with a lock of Zigbee2MQTT."""

import asyncio
from datetime import timedelta

from simulators.zigbee import Command
from simulators.zigbee.faults import silently_dropped
from tests.integration.autolock_days import (
    expect_a_code_to_begin_the_time_and_its_end_to_lock,
    expect_a_jam_to_be_heard,
    expect_the_time_to_go_on_over_a_restart,
    unlock_with_autolock,
)
from tests.integration.doorstep import until
from tests.integration.household import PIN

from .story import Door, at_the_door


def test_a_code_at_the_keypad_begins_the_time_and_at_its_end_the_door_is_locked() -> (
    None
):
    at_the_door(expect_a_code_to_begin_the_time_and_its_end_to_lock)


def test_a_jam_is_heard_though_the_entity_shows_unlocked() -> None:
    async def story(door: Door) -> None:
        await expect_a_jam_to_be_heard(
            door,
            lambda: door.node.faults.add(
                Command.LOCK, silently_dropped(reported=False), None
            ),
        )

    at_the_door(story)


def test_the_time_goes_on_over_a_restart_to_the_second() -> None:
    at_the_door(expect_the_time_to_go_on_over_a_restart)


def test_a_door_that_is_unlocked_while_the_bridge_is_away_is_locked() -> None:
    """Zigbee2MQTT publishes what it knew before: that the door is locked."""

    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.door.turn(unlock=False)
        await asyncio.sleep(5)
        assert door.shows(door.lock) == "locked"
        await door.home.bridge.stop()
        door.node.door.enter(PIN)
        await asyncio.sleep(60)

        door.home.bridge.start()

        await asyncio.sleep(10)
        assert door.shows(door.lock) == "unlocked"
        await until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()

    at_the_door(story)


def test_a_door_whose_time_ends_while_the_broker_is_away_is_locked_afterwards() -> None:
    async def story(door: Door) -> None:
        await unlock_with_autolock(door)
        deadline = door.locks_at
        await door.home.broker.stop()
        await until(deadline + timedelta(seconds=30))
        assert not door.is_locked()

        await door.home.broker.start()

        await asyncio.sleep(300)
        assert door.is_locked()

    at_the_door(story)
