"""Codes that work so many times, used at the keypads of real locks."""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.util import dt as dt_util
import pytest

from tests.effort import every
from tests.integration.doorstep import rule

from .clock import Clock
from .house import PROMPT, Door, House
from .locks import PIN, PLAIN, USERS, WEEK

pytestmark = pytest.mark.simulator

TWICE_TOLD: Final = ("none", "report")
"""Many locks report first that somebody was there, and then who."""
REPORTS: Final = [
    (PLAIN, TWICE_TOLD),
    (PLAIN, ("report",)),
    (PLAIN, ("v1alarm",)),
    (WEEK, ("byte",)),
    (WEEK, ("report", "none")),
    (WEEK, ("report", "report")),
    (USERS, ("byte",)),
    (USERS, TWICE_TOLD),
]
TRIED: Final = every(REPORTS, 3)
USED_UP: Final = 2
"""Radio operations: clear, and see it."""


def unlocks(house: House) -> list[tuple[str | None, int | None]]:
    """Return who was told to have unlocked a door at its keypad, and with which slot."""
    return [
        (told["person"], told["slot"])
        for told in house.told
        if told["type"] == "unlocked"
    ]


async def seconds_to_empty(doors: list[Door]) -> float:
    """Return after how many seconds from now the code is off all doors."""
    now = dt_util.utcnow()
    return max(await asyncio.gather(*(door.until_empty(since=now) for door in doors)))


@pytest.mark.parametrize(("node", "told_as"), TRIED, ids=str)
async def test_a_one_time_code_works_once(
    house: House, clock: Clock, node: int, told_as: tuple[str, ...]
) -> None:
    await house.manage(node)
    ann = await house.add("Ann", PIN, node, rule=rule(use_limit=1))
    door = house.door(ann, node)
    await door.until_proven("present")
    assert door.enforced_by == "home_assistant"
    assert ann.status.attributes["uses_left"] == 1
    await house.operations(node)

    used = dt_util.utcnow()
    assert await door.enter(told_as=told_as)

    assert await door.until_empty(since=used) < PROMPT
    await door.until_proven("absent")
    assert not await door.enter()
    assert await house.operations(node) <= USED_UP
    assert ann.status.state == "used_up"
    assert ann.status.attributes["uses"] == 1
    assert ann.status.attributes["uses_left"] == 0
    assert ann.status.attributes["next_change"] is None
    # a report without a user waits a moment for one with a user
    await house.network.settle(node)
    await clock.leap(clock.utcnow() + timedelta(seconds=10))
    await house.hass.async_block_till_done()
    assert unlocks(house) == [("Ann", 2)]


async def test_uses_are_shared_by_all_doors_and_a_higher_limit_brings_the_codes_back(
    house: House, clock: Clock
) -> None:
    nodes = [PLAIN, USERS]
    await house.manage(*nodes)
    ann = await house.add("Ann", PIN, *nodes, rule=rule(use_limit=2))
    doors = [house.door(ann, node) for node in nodes]
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
    assert unlocks(house) == [("Ann", 2)] * 3
