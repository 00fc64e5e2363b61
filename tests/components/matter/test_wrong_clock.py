"""A Matter lock whose clock is wrong: its live events are news, and its history is not."""

import asyncio
from typing import Final

import pytest

from tests.harness.site.matter_door import MatterDoor, run_at_door
from tests.harness.site.site_driver import PIN

MINUTES, YEARS, AHEAD = -600.0, -3 * 365 * 86400.0, 7200.0
WRONG: Final = pytest.mark.parametrize("ahead", [MINUTES, YEARS, AHEAD])
USE_AND_LOCK: Final = [("unlocked", "Ann"), ("locked", None)]


def issues(door: MatterDoor) -> set[str]:
    return door.instance.site.issues


async def come_in_and_lock(door: MatterDoor) -> None:
    assert door.node.door.enter(PIN)
    await asyncio.sleep(40)
    door.node.door.turn(unlock=False)
    await asyncio.sleep(600)


@WRONG
def test_what_a_lock_with_a_wrong_clock_reports_live_is_news(ahead: float) -> None:
    """Clause 16.13: arrival over a living subscription decides."""

    async def scenario(door: MatterDoor) -> None:
        door.node.lock.clock.ahead = ahead
        ann = await door.add()

        for _ in range(2):
            await come_in_and_lock(door)

        assert door.events == USE_AND_LOCK * 2
        status = door.state(ann.entity("sensor", "status")).attributes
        assert status["uses"] == 2
        assert issues(door) == {"lock_clock_wrong"}

        door.node.lock.clock.ahead = 0
        await come_in_and_lock(door)
        assert door.events == USE_AND_LOCK * 3
        assert issues(door) == set()

    run_at_door(scenario)


@WRONG
def test_a_clock_that_becomes_wrong_later_hides_nothing(ahead: float) -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        door.node.lock.clock.ahead = ahead

        for _ in range(2):
            await come_in_and_lock(door)

        assert door.events == USE_AND_LOCK * 2
        assert issues(door) == {"lock_clock_wrong"}

    run_at_door(scenario)


@WRONG
@pytest.mark.parametrize("reboots", [False, True])
def test_a_burst_of_a_lock_with_a_wrong_clock_is_history(
    ahead: float, reboots: bool
) -> None:
    """Clause 16.13: what was missed is counted, and notifies nobody."""

    async def scenario(door: MatterDoor) -> None:
        door.node.lock.clock.ahead = ahead
        ann = await door.add()
        await come_in_and_lock(door)
        door.instance.site.events.clear()
        if reboots:
            door.node.reboot()
        else:
            door.node.drop_subscription()
        await asyncio.sleep(5)
        await come_in_and_lock(door)
        await come_in_and_lock(door)

        door.node.restore_subscription()
        await asyncio.sleep(10)

        assert door.events == []
        status = door.state(ann.entity("sensor", "status")).attributes
        assert status["uses"] == 3

        await come_in_and_lock(door)
        assert door.events == USE_AND_LOCK

    run_at_door(scenario)
