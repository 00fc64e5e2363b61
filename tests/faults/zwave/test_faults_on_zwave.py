"""Every declared fault, on a street of locks that all misbehave at the same time."""

import asyncio

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.const import DOMAIN
from tests.integration.surface import add_person
from tests.waiting import until

from .case import Does, Holds
from .cases_keypad import OTHER
from .door import LINGER, PATIENCE, Door
from .locks import BYSTANDER, FOREIGN, FOREIGN_SLOT, SLOT
from .street import Street
from .trials import House, houses, trials
from .watch import Watch

pytestmark = [pytest.mark.simulator, pytest.mark.timeout(300)]

BYSTANDER_PIN = "930571"
HOUSES = houses(trials())


@pytest.mark.parametrize("house", HOUSES, ids=range(len(HOUSES)))
async def test_every_fault_shows_tells_and_costs_what_is_declared(
    street: Street, house: House, subtests: pytest.Subtests
) -> None:
    await street.move_in(house)
    await _let_the_bystander_have_a_code(street)
    async with Watch(street) as watch:
        results = await asyncio.gather(*map(_try, street.doors), return_exceptions=True)
    assert watch.looks > 10
    for door, result in zip(street.doors, results, strict=True):
        with subtests.test(str(door.trial)):
            if result is not None:
                raise result
    await _judge_the_bystander(street)


async def _let_the_bystander_have_a_code(street: Street) -> None:
    lock = street.network.lock_entity(BYSTANDER)
    person = await add_person(
        street.hass, street.entry, "Bystander", BYSTANDER_PIN, [lock]
    )
    key = f"{person.unique_id}_{lock.id}_slot"

    def is_proven() -> bool:
        sensor = er.async_get(street.hass).async_get_entity_id("sensor", DOMAIN, key)
        return street.hass.states.is_state(sensor or "", "in_sync")

    await until(is_proven, PATIENCE)
    await asyncio.to_thread(street.network.rig.reset_counts, BYSTANDER)


async def _judge_the_bystander(street: Street) -> None:
    held = await street.network.codes(BYSTANDER)
    assert held == {FOREIGN_SLOT: FOREIGN, SLOT: BYSTANDER_PIN}
    # its code is at rest, and its turn to be checked has not come. A driver that has
    # started anew calls each lock once, by a command that says nothing
    frames = await asyncio.to_thread(street.network.rig.frames, BYSTANDER)
    assert [frame for frame in frames if frame["cc"] != "NoOperationCC"] == []


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
    # what was taken back goes when its turn comes on the radio that all doors share
    await door.until_holds(_held(door))
    await asyncio.sleep(LINGER)
    await _judge(door)


def _held(door: Door) -> str | None:
    case = door.trial.case
    return {
        Holds.WANTED: door.pin if case.does is not Does.NEW_PIN else door.next_pin,
        Holds.OLD: door.pin,
        Holds.NOTHING: None,
        Holds.OTHER: OTHER,
    }[case.holds]


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
    assert (await door.codes()).get(SLOT) == _held(door), story
    assert await door.foreign_code_is_there()
    assert await door.changes_elsewhere() == []
