"""Every declared fault, on a street of locks that all misbehave at the same time."""

import asyncio

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.const import DOMAIN
from tests.engine.faults.zwave.cases_keypad import OTHER
from tests.engine.faults.zwave.trial_packing import PackedTrials, pack_trials, trials
from tests.harness.faults.zwave.case import Does, Holds
from tests.harness.faults.zwave.claim_checker import LiveClaimChecker
from tests.harness.faults.zwave.lock_kinds import (
    CONTROL_LOCK,
    SLOT,
    UNMANAGED_PIN,
    UNMANAGED_SLOT,
)
from tests.harness.faults.zwave.shared_network import SharedNetwork
from tests.harness.faults.zwave.trial_lock import LINGER, PATIENCE, TrialLock
from tests.harness.site.flow_driver import add_person
from tests.harness.waiting import wait_for

pytestmark = [pytest.mark.simulator, pytest.mark.timeout(300)]

BYSTANDER_PIN = "930571"
HOUSES = pack_trials(trials())


@pytest.mark.parametrize("house", HOUSES, ids=range(len(HOUSES)))
async def test_every_fault_shows_reports_and_costs_what_is_declared(
    shared_network: SharedNetwork, house: PackedTrials, subtests: pytest.Subtests
) -> None:
    await shared_network.move_in(house)
    await _let_the_bystander_have_a_code(shared_network)
    async with LiveClaimChecker(shared_network) as watch:
        results = await asyncio.gather(
            *map(_try, shared_network.doors), return_exceptions=True
        )
    assert watch.looks > 10
    for door, result in zip(shared_network.doors, results, strict=True):
        with subtests.test(str(door.trial)):
            if result is not None:
                raise result
    await _judge_the_bystander(shared_network)


async def _let_the_bystander_have_a_code(street: SharedNetwork) -> None:
    lock = street.network.lock_entity(CONTROL_LOCK)
    person = await add_person(
        street.hass, street.entry, "Bystander", BYSTANDER_PIN, [lock]
    )
    key = f"{person.unique_id}_{lock.id}_slot"

    def is_proven() -> bool:
        sensor = er.async_get(street.hass).async_get_entity_id("sensor", DOMAIN, key)
        return street.hass.states.is_state(sensor or "", "in_sync")

    await wait_for(is_proven, PATIENCE)
    await asyncio.to_thread(street.network.rig.reset_counts, CONTROL_LOCK)


async def _judge_the_bystander(street: SharedNetwork) -> None:
    held = await street.network.codes(CONTROL_LOCK)
    assert held == {UNMANAGED_SLOT: UNMANAGED_PIN, SLOT: BYSTANDER_PIN}
    # its code is at rest, and its turn to be checked has not come. A driver that has
    # started anew calls each lock once, by a command that says nothing
    frames = await asyncio.to_thread(street.network.rig.frames, CONTROL_LOCK)
    assert [frame for frame in frames if frame["cc"] != "NoOperationCC"] == []


async def _try(door: TrialLock) -> None:
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


def _held(door: TrialLock) -> str | None:
    case = door.trial.case
    return {
        Holds.WANTED: door.pin if case.does is not Does.NEW_PIN else door.next_pin,
        Holds.OLD: door.pin,
        Holds.NOTHING: None,
        Holds.OTHER: OTHER,
    }[case.holds]


async def _judge(door: TrialLock) -> None:
    case = door.trial.case
    scenario = door.story()
    assert door.shown == case.states, scenario
    assert tuple(door.told) == case.told, scenario
    assert door.repairs() == ([case.repair] if case.repair else []), scenario
    assert door.has_problem() is case.problem, scenario
    assert door.false_claims == []
    counts = await door.counts()
    cost = case.cost
    bounds = {"writes": cost.writes, "clears": cost.clears, "reads": cost.reads}
    counted = {name: counts[name] for name in bounds}
    assert all(counted[name] <= bounds[name] for name in bounds), (counts, scenario)
    assert (await door.codes()).get(SLOT) == _held(door), scenario
    assert await door.foreign_code_is_there()
    assert await door.changes_elsewhere() == []
