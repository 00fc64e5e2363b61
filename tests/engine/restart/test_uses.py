"""The power goes while somebody opens the door with their code."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.lock_events import Action, LockOperated, Method
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.leak_checks import live_timers
from tests.harness.fakes.provider import Profile
from tests.harness.restart.crash_harness import CrashHarness, PowerCut
from tests.harness.restart.crash_scenarios import PEOPLE_PRESENT, run_scenario
from tests.harness.restart.end_state_checks import AFTERWARDS
from tests.harness.restart.instances import (
    ANN,
    FOREIGN,
    OLD,
    Storage,
    entry_of,
    running_instance,
    site_of,
    subentry,
)
from tests.harness.restart.power_cuts import Aftermath, aftermaths_of, converge

each_profile = pytest.mark.parametrize(
    "profile", list(Profile), ids=lambda each: each.name.lower()
)


@dataclass(frozen=True, slots=True)
class Visit:
    """When Ann opened the door, and every instant since."""

    at: datetime
    cuts: list[PowerCut]


def uses_on(stored: Storage) -> int:
    """Return how many uses of Ann's are on a disk."""
    for key, store in stored.items():
        if key.startswith("keyholder.") and key.endswith(".counters"):
            return int(store["data"]["people"].get(ANN, {"uses": 0})["uses"])
    return 0


def report(harness: CrashHarness, at: datetime) -> None:
    """The lock reports that Ann opened it."""
    harness.lock.emit(LockOperated(Action.UNLOCK, Method.KEYPAD, 2, at))


def visit(profile: Profile, *, is_full: bool = False) -> Visit:
    """Let Ann open the door; nobody is notified of what could be lost, if it can be kept."""
    harness = CrashHarness(profile)
    reported: list[AccessEvent] = []

    def hear(event: AccessEvent) -> None:
        reported.append(event)
        assert uses_on(harness.disk) == (0 if is_full else 1)

    async def happen() -> Visit:
        await harness.build()
        async with running_instance() as first:
            await run_scenario(first, harness, PEOPLE_PRESENT)
            # the second read of new codes, and that the lock names codes, are stored once
            await asyncio.sleep(AFTERWARDS)
            harness.lock.emit(
                LockOperated(Action.UNLOCK, Method.KEYPAD, 1, dt_util.utcnow())
            )
            await converge(first, harness)
            site_of(first).access_log.async_listen(hear)
            harness.disk.full = is_full
            at = dt_util.utcnow()
            with harness.watched() as cuts:
                report(harness, at)
                await converge(first, harness)
            assert site_of(first).counters.usage(ANN).uses == 1
            harness.disk.full = False
            return Visit(at, cuts)

    with harness.live():
        visited = run_on_virtual_clock(happen())
    assert [(event.type, event.person) for event in reported] == [
        (AccessType.UNLOCKED, ANN)
    ]
    return visited


async def replay(hass: HomeAssistant, harness: CrashHarness, at: datetime) -> None:
    """The lock reports again what it reported before, twice."""
    for _ in range(2):
        report(harness, at)
        await converge(hass, harness)


def go_on(profile: Profile, visited: Visit, cut: PowerCut, counted: int) -> list[bool]:
    """Start again with so many uses; return what is reported, by whether it is past."""
    harness = CrashHarness(profile)
    harness.become(cut)
    reported: list[AccessEvent] = []

    async def live() -> None:
        async with running_instance() as second:
            site = site_of(second)
            site.access_log.async_listen(reported.append)
            assert site.counters.usage(ANN).uses == counted
            await converge(second, harness)
            assert harness.lock.codes == {1: FOREIGN, 2: OLD}
            await replay(second, harness, visited.at)
            assert site.counters.usage(ANN).uses == 1
            report(harness, dt_util.utcnow())
            await converge(second, harness)
            assert site.counters.usage(ANN).uses == 2
            assert site.counters.usage(ANN).last_used == reported[-1].at

    with harness.live():
        run_on_virtual_clock(live(), elapsed=cut.at)
    return [event.is_historic for event in reported]


@each_profile
def test_a_use_is_never_lost_once_it_was_published(
    profile: Profile,
) -> None:
    visited = visit(profile)
    counts = [uses_on(cut.stored) for cut in visited.cuts]
    assert counts == sorted(counts)
    assert set(counts) == {0, 1}
    for cut, counted in zip(visited.cuts, counts, strict=True):
        past = go_on(profile, visited, cut, counted)
        # what is on disk is known when the lock reports it again
        assert past == ([False] if counted else [True, False])


@each_profile
def test_a_use_that_was_not_stored_is_counted_when_replayed(
    profile: Profile,
) -> None:
    visited = visit(profile, is_full=True)
    cut = visited.cuts[-1]
    assert uses_on(cut.stored) == 0
    assert go_on(profile, visited, cut, 0) == [True, False]


# A code that works once

ONCE = {"use_limit": 1}


async def is_limited(hass: HomeAssistant, _world: CrashHarness) -> None:
    """Let Ann's code work once."""
    set_rule(hass, ONCE)


def set_rule(hass: HomeAssistant, rule: Mapping[str, object]) -> None:
    """Give Ann a rule."""
    ann = subentry(hass, ANN)
    hass.config_entries.async_update_subentry(
        entry_of(hass), ann, data={**ann.data, "rule": rule}
    )


@each_profile
def test_a_code_that_works_once_is_gone_or_was_not_used(profile: Profile) -> None:
    harness = CrashHarness(profile)
    reported: list[AccessEvent] = []

    async def happen() -> list[PowerCut]:
        await harness.build()
        async with running_instance() as first:
            await run_scenario(first, harness, (*PEOPLE_PRESENT, is_limited))
            site_of(first).access_log.async_listen(reported.append)
            with harness.watched() as cuts:
                report(harness, dt_util.utcnow())
                await asyncio.sleep(AFTERWARDS)
            return cuts

    with harness.live():
        cuts = run_on_virtual_clock(happen())
    assert len(reported) == 1
    assert harness.lock.codes == {1: FOREIGN}
    counts = [uses_on(cut.stored) for cut in cuts]
    assert set(counts) == {0, 1}
    for cut, counted in zip(cuts, counts, strict=True):
        for aftermath in aftermaths_of(cut):
            left = codes_after(profile, cut, aftermath)
            assert left == ({1: FOREIGN} if counted else {1: FOREIGN, 2: OLD})


def codes_after(
    profile: Profile, cut: PowerCut, aftermath: Aftermath
) -> dict[int, str]:
    """Start again; return the codes that are on the lock in the end."""
    harness = CrashHarness(profile)
    harness.become(cut)

    async def land() -> None:
        if aftermath.lands is None:
            harness.lock.lose()
        else:
            await asyncio.sleep(max(0.0, aftermath.lands - aftermath.away))
            harness.lock.land()

    async def live() -> dict[int, str]:
        landing = asyncio.create_task(land())
        async with running_instance() as second:
            await asyncio.sleep(AFTERWARDS)
            codes = dict(harness.lock.codes)
            await asyncio.sleep(AFTERWARDS)
            assert harness.lock.codes == codes
            person = site_of(second).people[ANN]
            assert site_of(second).has_pin(person)
        await landing
        return codes

    with harness.live():
        return run_on_virtual_clock(live(), elapsed=cut.at + aftermath.away)


def test_a_use_that_is_counted_at_the_very_end_leaves_no_timer() -> None:
    """It was judged once more, and that set the next wake-up of a closed site."""
    harness = CrashHarness(Profile.READABLE)

    async def happen() -> None:
        await harness.build()
        async with running_instance() as first:
            await run_scenario(first, harness, PEOPLE_PRESENT)
            set_rule(first, {"use_limit": 9, "valid_until": "2030-01-01T00:00:00Z"})
            await asyncio.sleep(5)
            report(harness, dt_util.utcnow())
            await first.config_entries.async_unload(entry_of(first).entry_id)
            assert uses_on(harness.disk) == 1
            assert live_timers(first) == []

    with harness.live():
        run_on_virtual_clock(happen())
