"""At which instants the power is cut, and how the next Home Assistant recovers.

How to use it: see crash_harness.py.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
import json
import re
from typing import Final

from homeassistant.core import HomeAssistant

from custom_components.keyholder.model.access import AccessEvent
from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.fakes.provider import Call, Profile
from tests.harness.restart.crash_harness import CrashHarness, PowerCut
from tests.harness.restart.crash_scenarios import CrashScenario, run_scenario
from tests.harness.restart.end_state_checks import (
    CODES,
    false_claims,
    wait_until_converged,
)
from tests.harness.restart.instances import (
    FOREIGN,
    no_write_twice_without_a_read,
    running_instance,
    site_of,
)
from tests.harness.sampling import FULL

NEVER: Final = None
LATEST: Final = 3.0
"""Seconds after the cut at which the last command can still be carried out."""
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What becomes of the commands that were on their way, and when there is power.

    Both in seconds after the cut.
    """

    lands: float | None = NEVER
    away: float = 0.0


def part_of(profile: Profile) -> float:
    """Return which part of the cuts a sample has; no provider has locks that show nothing."""
    return 0.13 if profile is Profile.WRITE_ONLY else 0.4


def aftermaths_of(cut: PowerCut) -> Iterator[Aftermath]:
    """Yield what can come of a cut: at the least, that nothing or all lands late."""
    yield Aftermath()
    if FULL:
        yield Aftermath(away=300)
    if not cut.in_flight:
        return
    yield Aftermath(lands=LATEST)
    if FULL:
        # between the next home's first look at the lock and its first command
        yield Aftermath(lands=0.15)
        yield Aftermath(lands=1.5)
        yield Aftermath(lands=LATEST, away=300)


def power_cuts_of(
    scenario: CrashScenario, profile: Profile, schedules: ScheduleSupport | None = None
) -> list[PowerCut]:
    """Return every instant of a scenario; the lock may enforce such limits by itself."""
    harness = CrashHarness(profile, schedules, switches=scenario.switches)

    async def happen() -> list[PowerCut]:
        await harness.build()
        async with running_instance() as first:
            await run_scenario(first, harness, scenario.before)
            with harness.watched() as cuts:
                await run_scenario(first, harness, (scenario.happens,))
        return cuts

    with harness.live():
        return run_on_virtual_clock(happen())


def recover(
    profile: Profile,
    cut: PowerCut,
    aftermath: Aftermath,
    schedules: ScheduleSupport | None = None,
) -> list[PowerCut]:
    """Start an instance after a cut and see it end right; return its own instants."""
    harness = CrashHarness(profile, schedules)
    harness.become(cut)
    lock = harness.lock
    reported: list[AccessEvent] = []

    async def land(after: float) -> None:
        await asyncio.sleep(after)
        lock.land()

    async def go_on() -> list[PowerCut]:
        left = 0.0
        if aftermath.lands is NEVER:
            lock.lose()
        elif (left := aftermath.lands - aftermath.away) <= 0:
            # a cut at the very start of this instance finds nothing on its way any more
            lock.land()
        with harness.watched() as cuts:
            landing = asyncio.create_task(land(max(0.0, left)))
            async with running_instance() as second:
                site_of(second).access_log.async_listen(reported.append)
                await converge(second, harness)
            await landing
        return cuts

    with harness.live():
        cuts = run_on_virtual_clock(go_on(), elapsed=cut.at + aftermath.away)
    assert not [event for event in reported if event.type in CODES]
    assert lock.codes[1] == FOREIGN
    changes = (Call.WRITE, Call.CLEAR, Call.SWITCH)
    assert not {(call, 1) for call in changes} & set(lock.calls)
    if profile is not Profile.WRITE_ONLY:
        assert no_write_twice_without_a_read(lock)
    return cuts


async def converge(hass: HomeAssistant, harness: CrashHarness) -> None:
    """Wait until all is as it should be; nothing is said meanwhile that is not so."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    reported: list[str] = []
    look = loop.on_turn

    def listen() -> None:
        reported.extend(false_claims(hass, harness.lock))
        look()

    loop.on_turn = listen
    await wait_until_converged(hass, harness.lock)
    loop.on_turn = look
    assert not reported, reported[0]


def without_repetitions(cuts: list[PowerCut]) -> list[PowerCut]:
    """Return the cuts that differ in more than the time of day."""
    return list({_essence(cut): cut for cut in reversed(cuts)}.values())[::-1]


def _essence(cut: PowerCut) -> str:
    ours = {
        key: stored
        for key, stored in cut.stored.items()
        if key.startswith("keyholder.") or key == "core.config_entries"
    }
    text = _MOMENT.sub("", json.dumps(ours, sort_keys=True))
    held = sorted(cut.held.items(), key=str)
    return f"{text} {held} {cut.in_flight} {cut.faults} {cut.limits}"
