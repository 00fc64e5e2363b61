"""The power goes at any moment of a switch, and the next home ends it as wanted."""

import asyncio

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.slot import SlotState
from tests.effort import PATIENCE, every
from tests.fakes.provider import Profile

from .rule_book import Kind, rule_of
from .run import run_virtually
from .world import World

pytestmark = pytest.mark.timeout(PATIENCE)

MOMENTS = [number * 0.05 for number in range(60)]
"""Seconds after the turn: a plan, the disk, the command, its answer, the look."""


async def cut_at(profile: Profile, begins: bool, moment: float, finishes: bool) -> int:
    """Cut the power so long after a window ended or began; return how often it switched."""
    world = World([profile], [{}], set(), set(), {0})
    await world.begin()
    try:
        await world.add_person([], rule_of(Kind.SHIFTS))
        (person,) = world.people
        await asyncio.sleep(30)
        await _turn(world, person)
        if begins:
            await _turn(world, person)
        await asyncio.sleep(moment)
        switched = world.locks["door0"].switched
        await world.cut(finishes=finishes, away=0)
        await asyncio.sleep(30)
        (held,) = world.locks["door0"].held.values() or (None,)
        on = held is not None and held.enabled
        site = world.house.site
        assert on is site.rules.allows(site.people[person])
        assert [view.state for _, view in world.views()] == [SlotState.IN_SYNC]
        assert not world.problems()
    finally:
        await world.end()
    return switched


async def _turn(world: World, person: str) -> None:
    """Let time pass until the person's rule turns."""
    site = world.house.site
    at = site.rules.result(site.people[person]).next_change
    assert at is not None
    await asyncio.sleep((at - dt_util.utcnow()).total_seconds())


@pytest.mark.parametrize("finishes", [False, True])
@pytest.mark.parametrize("begins", [False, True], ids=["ends", "begins"])
@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_whenever_the_power_goes_the_next_home_ends_it_right(
    profile: Profile, begins: bool, finishes: bool
) -> None:
    switched = [
        run_virtually(cut_at(profile, begins, moment, finishes))
        for moment in every(MOMENTS, 15)
    ]
    assert len(set(switched)) > 1
