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
from tests.harness.autolock.fake_door import (
    RULES,
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    FakeTimerDisk,
    autolock_harness,
    minutes,
)
from tests.harness.autolock.scenario import notices, run_at_door
from tests.harness.autolock.timer_harness import TimerHarness
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.instances.ha_instances import running_home_assistant

SECOND: Final = 1 / 60


def test_a_timer_of_an_autolock_disabled_meanwhile_is_dropped() -> None:
    door = FakeDoor()

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.unlock()
            await minutes(1)
        assert door.disk.stored["timers"]
        door.rules = replace(RULES, enabled=False)
        async with autolock_harness(door) as there:
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

    run_on_virtual_clock(scenario())


def test_a_bolt_that_moves_when_its_lock_comes_back_is_watched() -> None:
    """The door was given up, and nothing more was reported of it."""

    async def scenario(there: AutolockHarness) -> None:
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

    assert len(run_at_door(scenario).commands) == 1


def test_a_bolt_that_is_on_its_way_for_a_minute_is_locked_then() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(4)
        there.set_bolt("locking")
        await minutes(2)

    (command,) = run_at_door(scenario).commands
    # unlocked in the first moment, and on its way since the end of the fourth minute
    assert command.at == pytest.approx(300, abs=0.001)


def test_a_door_that_closes_before_its_unlock_is_shown_keeps_its_time() -> None:
    """Ten seconds later the lock would still claim to be locked, and be forgotten."""

    async def scenario(there: AutolockHarness) -> None:
        there.report_unlock(Method.KEYPAD)
        there.move_leaf("on")
        there.move_leaf("off")
        await minutes(20 * SECOND)
        assert there.guard.entry is not None
        assert there.guard.entry.reason is TimerReason.UNLOCKED
        there.unlock()
        await minutes(5)

    rules = replace(RULES, lock_when_closed=True)
    assert run_at_door(scenario, FakeDoor(rules=rules)).bolt == "locked"


def test_an_entity_that_is_removed_during_the_command_is_a_notice() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(4)
        er.async_get(there.hass).async_remove("lock.front")
        await minutes(1.1)
        assert there.door.published == [
            AutolockNotice(AutolockNoticeType.FAILED, AutolockFailure.MISSING)
        ]

    assert run_at_door(scenario).commands == []


def test_a_command_that_is_cancelled_ends_at_once() -> None:
    """Home Assistant stops: there is no failure to speak of, and nothing to wait for."""

    async def scenario(there: AutolockHarness) -> None:
        command = LockCommand(there.hass, there.lock, COMMAND_TIMEOUT, CONFIRM_TIMEOUT)
        running = asyncio.ensure_future(command.async_run())
        await asyncio.sleep(1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert (
        len(run_at_door(scenario, FakeDoor(mood=CommandResponse.HANGS)).commands) == 1
    )


def test_a_loop_that_ends_leaves_no_timer_at_work(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is still to be written is cancelled with all the rest, and logs no fault."""

    async def run() -> None:
        async with running_home_assistant() as hass:
            harness = TimerHarness(hass, FakeTimerDisk(slow=3600))
            before = asyncio.all_tasks()
            harness.start()
            harness.timer.cancel()
            await asyncio.sleep(1)
            (worker,) = asyncio.all_tasks() - before
            worker.cancel()
            with pytest.raises(asyncio.CancelledError):
                await worker
            await hass.async_stop(force=True)

    run_on_virtual_clock(run())
    assert "autolock timer" not in caplog.text


def test_a_lock_that_starts_with_a_moving_bolt_is_known() -> None:
    door = FakeDoor()

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.unlock()
            await minutes(1)
        await minutes(60)
        door.bolt = "locking"
        async with autolock_harness(door):
            await minutes(2)

    run_on_virtual_clock(scenario())
    assert door.bolt == "locked"
    assert len(door.commands) == 1
