"""A door that locks itself, with a Matter lock."""

import asyncio
from datetime import timedelta

from simulators.matter.faults import silently_dropped
from tests.integration.autolock_days import (
    expect_a_code_to_begin_the_time_and_its_end_to_lock,
    expect_a_jam_to_be_heard,
    expect_the_time_to_go_on_over_a_restart,
)
from tests.integration.doorstep import until
from tests.integration.household import PIN

from .story import Door, at_the_door


def test_a_code_at_the_keypad_begins_the_time_and_at_its_end_the_door_is_locked() -> (
    None
):
    at_the_door(expect_a_code_to_begin_the_time_and_its_end_to_lock)


def test_a_jam_is_heard_from_the_alarm_though_the_entity_shows_unlocked() -> None:
    async def story(door: Door) -> None:
        await expect_a_jam_to_be_heard(
            door, lambda: door.node.faults.add("LockDoor", silently_dropped(), None)
        )

    at_the_door(story)


def test_the_time_goes_on_over_a_restart_to_the_second() -> None:
    at_the_door(expect_the_time_to_go_on_over_a_restart)


def test_an_unlock_that_is_told_after_a_reboot_is_no_reason_to_lock() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.reboot()
        door.node.door.enter(PIN)
        door.node.door.turn(unlock=False)
        await asyncio.sleep(105)

        door.node.restore_subscription()

        await asyncio.sleep(5)
        assert door.shows(door.autolock_at) == "unknown"
        assert door.told == []

    at_the_door(story)


def test_a_door_that_is_found_unlocked_after_a_reboot_is_locked() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.reboot()
        door.node.door.enter(PIN)
        await asyncio.sleep(105)
        assert door.shows(door.autolock_at) == "unknown"

        door.node.restore_subscription()

        await asyncio.sleep(1)
        await until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()

    at_the_door(story)


def test_a_door_that_is_unlocked_while_the_server_is_away_is_locked() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        await door.home.server.stop()
        door.node.door.enter(PIN)
        await asyncio.sleep(60)

        await door.home.server.start()

        await asyncio.sleep(60)
        await until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()

    at_the_door(story)
