"""Codes that work so many times, used at the keypads of real locks."""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.util import dt as dt_util
import pytest

from tests.harness.clock.shifted_clock import ShiftedClock
from tests.harness.sampling import sample
from tests.harness.site.door_driver import rule
from tests.harness.site.zwave import PROMPT, ZWaveDoor, ZWaveSite
from tests.harness.site.zwave_locks import PIN, PLAIN, USERS, WEEK

pytestmark = pytest.mark.simulator

REPORTED_TWICE: Final = ("none", "report")
"""Many locks report first that somebody was there, and then who."""
REPORTS: Final = [
    (PLAIN, REPORTED_TWICE),
    (PLAIN, ("report",)),
    (PLAIN, ("v1alarm",)),
    (WEEK, ("byte",)),
    (WEEK, ("report", "none")),
    (WEEK, ("report", "report")),
    (USERS, ("byte",)),
    (USERS, REPORTED_TWICE),
]
TRIED: Final = sample(REPORTS, 3)
USED_UP: Final = 2
"""Radio operations: clear, and see it."""


def unlocks(site: ZWaveSite) -> list[tuple[str | None, int | None]]:
    """Return who is reported to have unlocked a door at its keypad, and with which slot."""
    return [
        (reported["person"], reported["slot"])
        for reported in site.events
        if reported["type"] == "unlocked"
    ]


async def seconds_to_empty(doors: list[ZWaveDoor]) -> float:
    """Return after how many seconds from now the code is off all doors."""
    now = dt_util.utcnow()
    return max(await asyncio.gather(*(door.until_empty(since=now) for door in doors)))


@pytest.mark.parametrize(("node", "reported_as"), TRIED, ids=str)
async def test_a_one_time_code_works_once(
    site: ZWaveSite, clock: ShiftedClock, node: int, reported_as: tuple[str, ...]
) -> None:
    await site.manage(node)
    ann = await site.add("Ann", PIN, node, rule=rule(use_limit=1))
    door = site.door(ann, node)
    await door.until_proven("present")
    assert door.enforced_by == "home_assistant"
    assert ann.status.attributes["uses_left"] == 1
    await site.operations(node)

    used = dt_util.utcnow()
    assert await door.enter(reported_as=reported_as)

    assert await door.until_empty(since=used) < PROMPT
    await door.until_proven("absent")
    assert not await door.enter()
    assert await site.operations(node) <= USED_UP
    assert ann.status.state == "used_up"
    assert ann.status.attributes["uses"] == 1
    assert ann.status.attributes["uses_left"] == 0
    assert ann.status.attributes["next_change"] is None
    # a report without a user waits a moment for one with a user
    await site.network.settle(node)
    await clock.leap(clock.utcnow() + timedelta(seconds=10))
    await site.hass.async_block_till_done()
    assert unlocks(site) == [("Ann", 2)]


async def test_uses_count_for_all_locks_and_a_higher_limit_writes_again(
    site: ZWaveSite, clock: ShiftedClock
) -> None:
    nodes = [PLAIN, USERS]
    await site.manage(*nodes)
    ann = await site.add("Ann", PIN, *nodes, rule=rule(use_limit=2))
    doors = [site.door(ann, node) for node in nodes]
    await asyncio.gather(*(door.until_proven("present") for door in doors))
    assert await doors[0].enter()
    assert await doors[1].enter()
    assert await seconds_to_empty(doors) < PROMPT
    await asyncio.gather(*(door.until_proven("absent") for door in doors))
    assert ann.status.state == "used_up"

    await ann.set_rule(rule(use_limit=3))

    await asyncio.gather(*(door.until_proven("present") for door in doors))
    assert ann.status.attributes["uses_left"] == 1
    # sooner it would be the same use, reported twice
    await clock.leap(clock.utcnow() + timedelta(minutes=1))
    assert await doors[0].enter()
    assert await seconds_to_empty(doors) < PROMPT
    assert unlocks(site) == [("Ann", 2)] * 3
