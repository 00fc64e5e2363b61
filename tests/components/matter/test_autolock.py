"""A door that locks itself, with a Matter lock."""

import asyncio
from datetime import timedelta

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from simulators.matter import Identity, Node
from simulators.matter.faults import silently_dropped
from tests.harness.site.door_driver import sleep_until
from tests.harness.site.matter_door import MatterDoor, run_at_door
from tests.harness.site.shared_autolock_scenarios import (
    expect_a_code_to_begin_the_time_and_its_end_to_lock,
    expect_a_jam_to_be_reported,
    expect_the_time_to_go_on_over_a_restart,
)
from tests.harness.site.site_driver import PIN


def test_a_code_starts_the_timer_and_its_end_locks_the_door() -> None:
    run_at_door(expect_a_code_to_begin_the_time_and_its_end_to_lock)


def test_a_lock_that_wants_a_code_is_named_until_it_has_one() -> None:
    """Clause 16.18: when autolock is switched on, and when it fails."""
    node = Node(identity=Identity(product="Front"))
    node.lock.traits.pin_for_remote = True
    node.known = node.truth()

    async def scenario(door: MatterDoor) -> None:
        entities = er.async_get(door.hass)

        async def set_default_code(code: str) -> None:
            entities.async_update_entity_options(
                door.lock, "lock", {"default_code": code}
            )
            await asyncio.sleep(1)

        await door.add()
        with pytest.raises(ServiceValidationError, match="default code"):
            await door.switch(door.autolock, on=True)
        await set_default_code(PIN)
        await door.switch(door.autolock, on=True)
        await set_default_code("")
        assert door.node.door.enter(PIN)
        await asyncio.sleep(1)
        await sleep_until(door.locks_at + timedelta(seconds=5))
        (notice,) = door.failures
        assert "enter a default code" in notice
        assert not door.is_locked()

        await set_default_code(PIN)
        await asyncio.sleep(120)
        assert door.is_locked()
        assert door.failures == []

    run_at_door(scenario, node)


def test_a_jam_is_taken_from_the_alarm_though_the_entity_is_unlocked() -> None:
    async def scenario(door: MatterDoor) -> None:
        await expect_a_jam_to_be_reported(
            door, lambda: door.node.faults.add("LockDoor", silently_dropped(), None)
        )

    run_at_door(scenario)


def test_the_time_goes_on_over_a_restart_to_the_second() -> None:
    run_at_door(expect_the_time_to_go_on_over_a_restart)


def test_an_unlock_reported_after_a_reboot_is_no_reason_to_lock() -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.reboot()
        door.node.door.enter(PIN)
        door.node.door.turn(unlock=False)
        await asyncio.sleep(105)

        door.node.restore_subscription()

        await asyncio.sleep(5)
        assert door.state_of(door.autolock_at) == "unknown"
        assert door.events == []

    run_at_door(scenario)


def test_a_door_that_is_found_unlocked_after_a_reboot_is_locked() -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        door.node.reboot()
        door.node.door.enter(PIN)
        await asyncio.sleep(105)
        assert door.state_of(door.autolock_at) == "unknown"

        door.node.restore_subscription()

        await asyncio.sleep(1)
        await sleep_until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()

    run_at_door(scenario)


def test_a_door_that_is_unlocked_while_the_server_is_away_is_locked() -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        await door.switch(door.autolock, on=True)
        await door.instance.server.stop()
        door.node.door.enter(PIN)
        await asyncio.sleep(60)

        await door.instance.server.start()

        await asyncio.sleep(60)
        await sleep_until(door.locks_at + timedelta(seconds=5))
        assert door.is_locked()

    run_at_door(scenario)
