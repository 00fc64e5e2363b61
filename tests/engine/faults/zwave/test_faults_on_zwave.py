"""Every declared fault, on a network of locks that all misbehave at the same time."""

import asyncio

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.const import DOMAIN
from tests.engine.faults.zwave.cases_keypad import OTHER
from tests.engine.faults.zwave.trial_packing import pack_trials, trials
from tests.harness.faults.zwave.case import Does, Holds, PackedTrials
from tests.harness.faults.zwave.claim_checker import LiveClaimChecker
from tests.harness.faults.zwave.lock_kinds import (
    CONTROL_LOCK,
    SLOT,
    UNMANAGED_PIN,
    UNMANAGED_SLOT,
)
from tests.harness.faults.zwave.shared_network import SharedNetwork
from tests.harness.faults.zwave.trial_lock import LINGER, PATIENCE
from tests.harness.faults.zwave.trial_run import TrialRun, manage_locks
from tests.harness.site.flow_driver import add_person
from tests.harness.waiting import wait_for

pytestmark = [pytest.mark.simulator, pytest.mark.timeout(300)]

CONTROL_PIN = "930571"
PACKED = pack_trials(trials())


@pytest.mark.parametrize("packed", PACKED, ids=range(len(PACKED)))
async def test_every_fault_shows_reports_and_costs_what_is_declared(
    shared_network: SharedNetwork, packed: PackedTrials, subtests: pytest.Subtests
) -> None:
    runs = await manage_locks(shared_network, packed)
    await _give_the_control_lock_a_code(shared_network)
    locks = [run.lock for run in runs]
    async with LiveClaimChecker(shared_network, locks) as watch:
        results = await asyncio.gather(*map(_try, runs), return_exceptions=True)
    assert watch.looks > 10
    for run, result in zip(runs, results, strict=True):
        with subtests.test(str(run.trial)):
            if result is not None:
                raise result
    await _assert_control_lock_is_untouched(shared_network)


async def _give_the_control_lock_a_code(site: SharedNetwork) -> None:
    lock = site.network.lock_entity(CONTROL_LOCK)
    person = await add_person(site.hass, site.entry, "Bystander", CONTROL_PIN, [lock])
    key = f"{person.unique_id}_{lock.id}_slot"

    def is_proven() -> bool:
        sensor = er.async_get(site.hass).async_get_entity_id("sensor", DOMAIN, key)
        return site.hass.states.is_state(sensor or "", "in_sync")

    await wait_for(is_proven, PATIENCE)
    await asyncio.to_thread(site.network.rig.reset_counts, CONTROL_LOCK)


async def _assert_control_lock_is_untouched(site: SharedNetwork) -> None:
    held = await site.network.codes(CONTROL_LOCK)
    assert held == {UNMANAGED_SLOT: UNMANAGED_PIN, SLOT: CONTROL_PIN}
    # its code is at rest, and its turn to be checked has not come. A driver that has
    # started anew calls each lock once, by a command that says nothing
    frames = await asyncio.to_thread(site.network.rig.frames, CONTROL_LOCK)
    assert [frame for frame in frames if frame["cc"] != "NoOperationCC"] == []


async def _try(run: TrialRun) -> None:
    case, door = run.trial.case, run.lock
    await run.begin()
    asked = asyncio.ensure_future(run.ask())
    if case.script is not None:
        await asked if case.does is Does.NOTHING else None
        await case.script(door)
    await asked
    await door.until_shows(*case.states)
    await door.until_reason(case.reason)
    # what was taken back goes when its turn comes on the radio that all doors share
    await door.until_holds(_held(run))
    await asyncio.sleep(LINGER)
    await _assert_outcome(run)


def _held(run: TrialRun) -> str | None:
    case, door = run.trial.case, run.lock
    return {
        Holds.WANTED: door.pin if case.does is not Does.NEW_PIN else door.next_pin,
        Holds.OLD: door.pin,
        Holds.NOTHING: None,
        Holds.OTHER: OTHER,
    }[case.holds]


async def _assert_outcome(run: TrialRun) -> None:
    case, door = run.trial.case, run.lock
    history = door.history()
    assert door.shown == case.states, history
    assert tuple(door.events) == case.events, history
    assert door.repairs() == ([case.repair] if case.repair else []), history
    assert door.has_problem() is case.problem, history
    assert door.false_claims == []
    counts = await door.counts()
    cost = case.cost
    bounds = {"writes": cost.writes, "clears": cost.clears, "reads": cost.reads}
    counted = {name: counts[name] for name in bounds}
    assert all(counted[name] <= bounds[name] for name in bounds), (counts, history)
    assert (await door.codes()).get(SLOT) == _held(run), history
    assert await door.foreign_code_is_there()
    assert await door.changes_elsewhere() == []
