"""What is told of a lock of Zigbee2MQTT, and what is found out when nothing was told."""

import asyncio

from simulators.zigbee.terms import LockState
from simulators.zigbee2mqtt.bridge import REPUBLISH_DELAY
from tests.integration.household import OTHER, PIN

from .story import Door, at_the_door


def test_who_came_in_is_told_after_a_restart_too() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.home.stop()
        await door.home.start()
        await asyncio.sleep(60)
        door.home.house.told.clear()

        door.node.door.enter(PIN)
        await asyncio.sleep(5)

        assert door.told == [("unlocked", "Ann")]

    at_the_door(story)


def test_what_was_done_while_nobody_listened_is_no_news_but_is_found() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.home.stop()
        door.node.door.enter(PIN)
        door.node.door.program(1, OTHER)
        await door.home.start()

        await asyncio.sleep(60)

        assert door.told == [("code_changed", "Ann")]
        assert door.codes == [PIN]
        assert door.node.lock.state is LockState.UNLOCKED
        assert door.shows(door.lock) == "unlocked"

    at_the_door(story)


def test_every_slot_is_read_once_after_a_start_however_often_the_bridge_greets() -> (
    None
):
    async def story(door: Door) -> None:
        await door.add()
        await door.add("Ben", OTHER)
        await door.home.stop()
        door.node.received.clear()

        await door.home.start()
        await asyncio.sleep(3 * REPUBLISH_DELAY)

        assert len(door.node.received) == 2

    at_the_door(story)
