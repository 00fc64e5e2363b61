"""Days of a door that locks itself, whatever technology its lock is of."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from homeassistant.util import dt as dt_util

from tests.harness.site.door_driver import DoorDriver, sleep_until
from tests.harness.site.site_driver import PIN

type AnyDoor = DoorDriver[Any]


async def unlock_with_autolock(door: AnyDoor, *, rest: float = 1) -> None:
    """Let somebody in, with a code, at a door that is to lock itself."""
    await door.add()
    await door.switch(door.autolock, on=True)
    assert door.node.door.enter(PIN)
    await asyncio.sleep(rest)


async def expect_a_code_to_begin_the_time_and_its_end_to_lock(door: AnyDoor) -> None:
    """A code at the keypad begins the time, and at its end the door is locked."""
    await door.add()
    await door.switch(door.autolock, on=True)
    assert door.state_of(door.autolock_at) == "unknown"

    assert door.node.door.enter(PIN)
    await asyncio.sleep(1)
    lasts = timedelta(seconds=door.state(door.autolock_at).attributes["duration"])
    assert door.state(door.autolock_at).attributes["reason"] == "unlocked"
    until_then = door.locks_at - dt_util.utcnow()
    assert lasts - timedelta(seconds=2) <= until_then <= lasts
    await sleep_until(door.locks_at - timedelta(seconds=2))
    assert not door.is_locked()

    await asyncio.sleep(5)
    assert door.is_locked()
    assert door.state_of(door.lock) == "locked"
    assert door.state_of(door.autolock_at) == "unknown"
    assert door.events[0] == ("unlocked", "Ann")
    assert ("autolocked", None) in door.events
    assert door.failures == []


async def expect_a_jam_to_be_reported(
    door: AnyDoor, stick: Callable[[], object]
) -> None:
    """A jam is reported though the entity shows unlocked; `stick` keeps the bolt where it is."""
    await unlock_with_autolock(door)
    stick()

    await sleep_until(door.locks_at + timedelta(seconds=1))
    door.node.door.jam()
    await asyncio.sleep(1)
    assert door.state_of(door.lock) == "unlocked"
    assert door.events[-2:] == [("jammed", None), ("autolock_failed", None)]
    (message,) = door.failures
    assert "jammed" in message

    door.node.faults.clear()
    await asyncio.sleep(120)
    assert door.is_locked()
    assert door.failures == []


async def expect_the_time_to_go_on_over_a_restart(door: AnyDoor) -> None:
    """The time goes on over a restart, to the second."""
    await unlock_with_autolock(door, rest=30)
    deadline = door.locks_at

    await door.instance.stop()
    await asyncio.sleep(20)
    await door.instance.start()

    await asyncio.sleep(1)
    assert door.locks_at == deadline
    await sleep_until(deadline - timedelta(seconds=2))
    assert not door.is_locked()
    await asyncio.sleep(5)
    assert door.is_locked()
    assert ("autolocked", None) in door.events
