"""Starts, returns and ends of a door's autolock that are seldom met."""

import asyncio
from dataclasses import replace
from typing import Final

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.autolock.lock_command import (
    COMMAND_TIMEOUT,
    CONFIRM_TIMEOUT,
    LockCommand,
)
from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    TimerReason,
)
from custom_components.keyholder.model.lock_events import Method
from tests.bare import bare_home_assistant
from tests.virtual.run import run_virtually

from .door import RULES, Disk, FrontDoor, Home, Mood, home, minutes
from .story import at_the_door, notices
from .timer_bench import Bench

SECOND: Final = 1 / 60


def test_a_timer_of_an_autolock_that_was_switched_off_meanwhile_is_forgotten() -> None:
    door = FrontDoor()

    async def story() -> None:
        async with home(door) as there:
            there.unlock()
            await minutes(1)
        assert door.disk.stored["timers"]
        door.rules = replace(RULES, enabled=False)
        async with home(door) as there:
            entry = there.guard.entry
            assert entry is None
            assert not door.disk.stored["timers"]
            await minutes(60)
            there.switch(enabled=True)
            await minutes(4.9)
            begun = there.guard.entry
            assert begun is not None
            assert begun.reason is TimerReason.SWITCHED_ON
            assert door.commands == []

    run_virtually(story())


def test_a_bolt_that_is_on_its_way_when_its_lock_comes_back_is_looked_after() -> None:
    """The door was given up, and nothing more was to be heard of it."""

    async def story(there: Home) -> None:
        there.unlock()
        there.set_reachable(reachable=False)
        await minutes(60)
        assert notices(there.door) == [
            AutolockNoticeType.FAILED,
            AutolockNoticeType.GAVE_UP,
        ]
        there.door.bolt = "locking"
        there.set_reachable(reachable=True)
        await minutes(1.5)
        assert there.door.bolt == "locked"

    assert len(at_the_door(story).commands) == 1


def test_a_bolt_that_is_on_its_way_for_a_minute_is_locked_then() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(4)
        there.set_bolt("locking")
        await minutes(2)

    (command,) = at_the_door(story).commands
    # unlocked in the first moment, and on its way since the end of the fourth minute
    assert command.at == pytest.approx(300, abs=0.001)


def test_a_door_that_closes_before_its_unlock_is_shown_keeps_its_time() -> None:
    """Ten seconds later the lock would still claim to be locked, and be forgotten."""

    async def story(there: Home) -> None:
        there.report_unlock(Method.KEYPAD)
        there.move_leaf("on")
        there.move_leaf("off")
        await minutes(20 * SECOND)
        assert there.guard.entry is not None
        assert there.guard.entry.reason is TimerReason.UNLOCKED
        there.unlock()
        await minutes(5)

    rules = replace(RULES, lock_when_closed=True)
    assert at_the_door(story, FrontDoor(rules=rules)).bolt == "locked"


def test_a_lock_whose_entity_is_gone_in_the_moment_of_the_command_is_told() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(4)
        er.async_get(there.hass).async_remove("lock.front")
        await minutes(1.1)
        assert there.door.told == [
            AutolockNotice(AutolockNoticeType.FAILED, AutolockFailure.MISSING)
        ]

    assert at_the_door(story).commands == []


def test_a_command_that_is_cancelled_ends_at_once() -> None:
    """Home Assistant stops: there is no failure to speak of, and nothing to wait for."""

    async def story(there: Home) -> None:
        command = LockCommand(there.hass, there.lock, COMMAND_TIMEOUT, CONFIRM_TIMEOUT)
        running = asyncio.ensure_future(command.async_run())
        await asyncio.sleep(1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert len(at_the_door(story, FrontDoor(mood=Mood.HANGS)).commands) == 1


def test_a_loop_that_ends_leaves_no_timer_at_work(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is still to be written is cancelled with all the rest, and logs no fault."""

    async def run() -> None:
        async with bare_home_assistant() as hass:
            bench = Bench(hass, Disk(slow=3600))
            before = asyncio.all_tasks()
            bench.start()
            bench.timer.cancel()
            await asyncio.sleep(1)
            (worker,) = asyncio.all_tasks() - before
            worker.cancel()
            with pytest.raises(asyncio.CancelledError):
                await worker
            await hass.async_stop(force=True)

    run_virtually(run())
    assert "autolock timer" not in caplog.text


def test_a_lock_that_begins_with_its_bolt_on_its_way_has_been_heard_of() -> None:
    door = FrontDoor()

    async def story() -> None:
        async with home(door) as there:
            there.unlock()
            await minutes(1)
        await minutes(60)
        door.bolt = "locking"
        async with home(door):
            await minutes(2)

    run_virtually(story())
    assert door.bolt == "locked"
    assert len(door.commands) == 1
