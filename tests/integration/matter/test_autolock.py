"""A door that locks itself, with a Matter lock."""

import asyncio
from datetime import timedelta

from homeassistant.components import persistent_notification
from homeassistant.util import dt as dt_util

from simulators.matter.faults import silently_dropped
from tests.integration.doorstep import until
from tests.integration.household import PIN

from .story import Door, at_the_door


def failures(door: Door) -> list[str]:
    """Return what is shown of a failure to lock."""
    shown = persistent_notification._async_get_or_create_notifications(door.home.hass)
    return [each["message"] for each in shown.values()]


def test_a_code_at_the_keypad_begins_the_time_and_at_its_end_the_door_is_locked() -> (
    None
):
    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        assert door.shows(door.autolock_at) == "unknown"

        assert door.node.door.enter(PIN)
        await asyncio.sleep(1)
        lasts = timedelta(seconds=door.state(door.autolock_at).attributes["duration"])
        assert door.state(door.autolock_at).attributes["reason"] == "unlocked"
        until_then = door.locks_at - dt_util.utcnow()
        assert lasts - timedelta(seconds=2) <= until_then <= lasts
        await until(door.locks_at - timedelta(seconds=2))
        assert not door.is_locked()

        await asyncio.sleep(5)
        assert door.is_locked()
        assert door.shows(door.lock) == "locked"
        assert door.shows(door.autolock_at) == "unknown"
        assert door.told[0] == ("unlocked", "Ann")
        assert ("autolocked", None) in door.told
        assert failures(door) == []

    at_the_door(story)


def test_a_jam_is_heard_from_the_alarm_though_the_entity_shows_unlocked() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.door.enter(PIN)
        await asyncio.sleep(1)
        door.node.faults.add("LockDoor", silently_dropped(), None)

        await until(door.locks_at + timedelta(seconds=1))
        door.node.door.jam()
        await asyncio.sleep(1)
        assert door.shows(door.lock) == "unlocked"
        assert door.told[-2:] == [("jammed", None), ("autolock_failed", None)]
        (message,) = failures(door)
        assert "jammed" in message

        door.node.faults.clear()
        await asyncio.sleep(120)
        assert door.is_locked()
        assert failures(door) == []

    at_the_door(story)


def test_the_time_goes_on_over_a_restart_to_the_second() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.door.enter(PIN)
        await asyncio.sleep(30)
        deadline = door.locks_at

        await door.home.stop()
        await asyncio.sleep(20)
        await door.home.start()

        await asyncio.sleep(1)
        assert door.locks_at == deadline
        await until(deadline - timedelta(seconds=2))
        assert not door.is_locked()
        await asyncio.sleep(5)
        assert door.is_locked()
        assert ("autolocked", None) in door.told

    at_the_door(story)


def test_an_unlock_that_is_told_after_a_reboot_is_no_reason_to_lock() -> None:
    async def story(door: Door) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.reboot()
        door.node.door.enter(PIN)
        door.node.door.turn(unlock=False)
        await asyncio.sleep(105)

        door.node.unmute()

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

        door.node.unmute()

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
