"""A door that locks itself, with a Zigbee lock under ZHA."""

import asyncio
from datetime import timedelta

from simulators.zigbee import Command, Presence
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


def test_a_lock_that_tells_no_operations_is_followed_by_its_bolt() -> None:
    async def story(door: Door) -> None:
        door.node.lock.traits.reports_operations = False
        await door.add()
        await door.switch(door.autolock, on=True)

        assert door.node.door.enter(PIN)
        await asyncio.sleep(2)

        await until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()
        assert door.told == [("autolocked", None)]

    at_the_door(story)


def test_a_jam_is_heard_from_the_bolt_though_the_entity_shows_unlocked() -> None:
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


def test_the_time_goes_on_over_a_reload_and_another_interview() -> None:
    async def story(door: Door) -> None:
        await unlock_with_autolock(door, rest=10)
        deadline = door.locks_at

        await door.home.network.reload()
        await asyncio.sleep(10)
        await door.home.network.reinterview()
        await asyncio.sleep(10)

        assert door.locks_at == deadline
        await until(deadline + timedelta(seconds=5))
        assert door.is_locked()
        assert ("autolocked", None) in door.told

    at_the_door(story)


def test_a_door_that_is_unlocked_while_the_stick_is_away_is_locked() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.home.mesh.unplug()
        await asyncio.sleep(1)
        door.node.door.enter(PIN)
        await asyncio.sleep(60)
        assert door.shows(door.autolock_at) == "unknown"

        door.home.mesh.plug()

        await asyncio.sleep(60)
        await until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()
        assert ("unlocked", "Ann") not in door.told

    at_the_door(story)


def test_a_lock_out_of_reach_is_tried_until_it_locks_and_that_is_told() -> None:
    async def story(door: Door) -> None:
        await unlock_with_autolock(door)
        at = door.locks_at
        door.node.presence = Presence.UNREACHABLE

        await until(at + timedelta(minutes=5))
        assert not door.is_locked()
        assert ("autolock_failed", None) in door.told
        assert len(door.failures) == 1

        door.node.presence = Presence.ONLINE
        door.node.door.turn()
        await asyncio.sleep(1800)
        assert door.is_locked()
        assert door.failures == []

    at_the_door(story)


def test_a_bolt_that_does_not_move_though_the_lock_accepts_the_command_is_found_out() -> (
    None
):
    """ZHA shows locked as soon as the lock has answered, and nothing is reported."""

    async def story(door: Door) -> None:
        await unlock_with_autolock(door)
        at = door.locks_at
        door.node.faults.add(Command.LOCK, silently_dropped(reported=False), None)

        await until(at + timedelta(seconds=8))
        assert door.shows(door.lock) == "unlocked"
        await until(at + timedelta(seconds=30))
        assert door.told[-1] == ("autolock_failed", None)

        door.node.faults.clear()
        await asyncio.sleep(120)
        assert door.is_locked()
        assert door.failures == []

    at_the_door(story)
