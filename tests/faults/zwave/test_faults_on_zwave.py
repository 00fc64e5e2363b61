"""Every declared fault, on a street of locks that all misbehave at the same time."""

import asyncio

import pytest

from tests.integration.surface import add_person

from .case import Does, Holds
from .cases_keypad import OTHER
from .door import LINGER, Door
from .locks import BYSTANDER, SLOT
from .street import Street
from .trials import House, houses, trials
from .watch import Watch

pytestmark = [pytest.mark.simulator, pytest.mark.timeout(300)]

HOUSES = houses(trials())


@pytest.mark.parametrize("house", HOUSES, ids=range(len(HOUSES)))
async def test_every_fault_shows_tells_and_costs_what_is_declared(
    street: Street, house: House, subtests: pytest.Subtests
) -> None:
    await street.move_in(house)
    bystander = street.network.lock_entity(BYSTANDER)
    await add_person(street.hass, street.entry, "Bystander", "930571", [bystander])
    async with Watch(street) as watch:
        results = await asyncio.gather(*map(_try, street.doors), return_exceptions=True)
    assert watch.looks > 10
    for door, result in zip(street.doors, results, strict=True):
        with subtests.test(str(door.trial)):
            if result is not None:
                raise result
    held = await street.network.codes(BYSTANDER)
    assert held == {1: "9011", SLOT: "930571"}


async def _try(door: Door) -> None:
    case = door.trial.case
    await door.begin()
    asked = asyncio.ensure_future(door.ask())
    if case.script is not None:
        await asked if case.does is Does.NOTHING else None
        await case.script(door)
    await asked
    await door.until_shows(*case.states)
    await door.until_reason(case.reason)
    await asyncio.sleep(LINGER)
    await _judge(door)


async def _judge(door: Door) -> None:
    case = door.trial.case
    story = door.story()
    assert door.shown == case.states, story
    assert tuple(door.told) == case.told, story
    assert door.repairs() == ([case.repair] if case.repair else []), story
    assert door.has_problem() is case.problem, story
    assert door.lies == []
    counts = await door.counts()
    cost = case.cost
    bounds = {"writes": cost.writes, "clears": cost.clears, "reads": cost.reads}
    counted = {name: counts[name] for name in bounds}
    assert all(counted[name] <= bounds[name] for name in bounds), (counts, story)
    expected = {
        Holds.WANTED: door.pin if case.does is not Does.NEW_PIN else door.next_pin,
        Holds.OLD: door.pin,
        Holds.NOTHING: None,
        Holds.OTHER: OTHER,
    }
    assert (await door.codes()).get(SLOT) == expected[case.holds], story
    assert await door.foreign_code_is_there()
    assert await door.changes_elsewhere() == []
