"""A door that locks itself, with a Zigbee lock under ZHA."""

import asyncio
from datetime import timedelta

from simulators.zigbee import Command, Presence
from simulators.zigbee.faults import silently_dropped
from tests.harness.site.door_driver import sleep_until
from tests.harness.site.shared_autolock_scenarios import (
    expect_a_code_to_begin_the_time_and_its_end_to_lock,
    expect_a_jam_to_be_reported,
    expect_the_time_to_go_on_over_a_restart,
    unlock_with_autolock,
)
from tests.harness.site.site_driver import PIN
from tests.harness.site.zha_door import ZhaDoor, run_at_door


def test_a_code_starts_the_timer_and_its_end_locks_the_door() -> None:
    run_at_door(expect_a_code_to_begin_the_time_and_its_end_to_lock)


def test_a_lock_that_reports_no_operations_is_followed_by_its_bolt() -> None:
    async def scenario(door: ZhaDoor) -> None:
        door.node.lock.traits.reports_operations = False
        await door.add()
        await door.switch(door.autolock, on=True)

        assert door.node.door.enter(PIN)
        await asyncio.sleep(2)

        await sleep_until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()
        assert door.events == [("autolocked", None)]

    run_at_door(scenario)


def test_a_jam_is_taken_from_the_bolt_though_the_entity_is_unlocked() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await expect_a_jam_to_be_reported(
            door,
            lambda: door.node.faults.add(
                Command.LOCK, silently_dropped(reported=False), None
            ),
        )

    run_at_door(scenario)


def test_the_time_goes_on_over_a_restart_to_the_second() -> None:
    run_at_door(expect_the_time_to_go_on_over_a_restart)


def test_the_time_goes_on_over_a_reload_and_another_interview() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await unlock_with_autolock(door, rest=10)
        deadline = door.locks_at

        await door.instance.network.reload()
        await asyncio.sleep(10)
        await door.instance.network.reinterview()
        await asyncio.sleep(10)

        assert door.locks_at == deadline
        await sleep_until(deadline + timedelta(seconds=5))
        assert door.is_locked()
        assert ("autolocked", None) in door.events

    run_at_door(scenario)


def test_a_door_that_is_unlocked_while_the_stick_is_away_is_locked() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.instance.mesh.unplug()
        await asyncio.sleep(1)
        door.node.door.enter(PIN)
        await asyncio.sleep(60)
        assert door.state_of(door.autolock_at) == "unknown"

        door.instance.mesh.plug()

        await asyncio.sleep(60)
        await sleep_until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()
        assert ("unlocked", "Ann") not in door.events

    run_at_door(scenario)


def test_an_unreachable_lock_is_tried_until_it_locks_with_a_notice() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await unlock_with_autolock(door)
        at = door.locks_at
        door.node.presence = Presence.UNREACHABLE

        await sleep_until(at + timedelta(minutes=5))
        assert not door.is_locked()
        assert ("autolock_failed", None) in door.events
        assert len(door.failures) == 1

        door.node.presence = Presence.ONLINE
        door.node.door.turn()
        await asyncio.sleep(1800)
        assert door.is_locked()
        assert door.failures == []

    run_at_door(scenario)


def test_a_bolt_that_does_not_move_after_an_accepted_command_is_noticed() -> None:
    """ZHA shows locked as soon as the lock has answered, and nothing is reported."""

    async def scenario(door: ZhaDoor) -> None:
        await unlock_with_autolock(door)
        at = door.locks_at
        door.node.faults.add(Command.LOCK, silently_dropped(reported=False), None)

        await sleep_until(at + timedelta(seconds=8))
        assert door.state_of(door.lock) == "unlocked"
        await sleep_until(at + timedelta(seconds=30))
        assert door.events[-1] == ("autolock_failed", None)

        door.node.faults.clear()
        await asyncio.sleep(120)
        assert door.is_locked()
        assert door.failures == []

    run_at_door(scenario)
