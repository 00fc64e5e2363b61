"""Power cuts: at which instants, and what the next home makes of them."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
import json
import re
from typing import Final

from homeassistant.core import HomeAssistant

from custom_components.keyholder.model.access import AccessEvent
from custom_components.keyholder.model.limits import ScheduleSupport
from tests.effort import FULL
from tests.fakes.provider import Call, Profile
from tests.virtual.loop import VirtualLoop
from tests.virtual.run import run_virtually

from .endings import CODES, lies, settle
from .homes import FOREIGN, home, no_write_twice_without_a_read, site_of
from .stories import Story, tell
from .world import Cut, World

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


def aftermaths_of(cut: Cut) -> Iterator[Aftermath]:
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


def cuts_of(
    story: Story, profile: Profile, schedules: ScheduleSupport | None = None
) -> list[Cut]:
    """Return every instant of a story; the lock may enforce such limits by itself."""
    world = World(profile, schedules, switches=story.switches)

    async def happen() -> list[Cut]:
        await world.build()
        async with home() as first:
            await tell(first, world, story.before)
            with world.watched() as cuts:
                await tell(first, world, (story.happens,))
        return cuts

    with world.live():
        return run_virtually(happen())


def recover(
    profile: Profile,
    cut: Cut,
    aftermath: Aftermath,
    schedules: ScheduleSupport | None = None,
) -> list[Cut]:
    """Start a home after a cut and see it end right; return its own instants."""
    world = World(profile, schedules)
    world.become(cut)
    lock = world.lock
    told: list[AccessEvent] = []

    async def land(after: float) -> None:
        await asyncio.sleep(after)
        lock.land()

    async def go_on() -> list[Cut]:
        left = 0.0
        if aftermath.lands is NEVER:
            lock.lose()
        elif (left := aftermath.lands - aftermath.away) <= 0:
            # a cut at the very start of this home finds nothing on its way any more
            lock.land()
        with world.watched() as cuts:
            landing = asyncio.create_task(land(max(0.0, left)))
            async with home() as second:
                site_of(second).access_log.async_listen(told.append)
                await settle_truly(second, world)
            await landing
        return cuts

    with world.live():
        cuts = run_virtually(go_on(), elapsed=cut.at + aftermath.away)
    assert not [event for event in told if event.type in CODES]
    assert lock.codes[1] == FOREIGN
    changes = (Call.WRITE, Call.CLEAR, Call.SWITCH)
    assert not {(call, 1) for call in changes} & set(lock.calls)
    if profile is not Profile.WRITE_ONLY:
        assert no_write_twice_without_a_read(lock)
    return cuts


async def settle_truly(hass: HomeAssistant, world: World) -> None:
    """Wait until all is as it should be; nothing is said meanwhile that is not so."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    told: list[str] = []
    look = loop.on_turn

    def listen() -> None:
        told.extend(lies(hass, world.lock))
        look()

    loop.on_turn = listen
    await settle(hass, world.lock)
    loop.on_turn = look
    assert not told, told[0]


def without_repetitions(cuts: list[Cut]) -> list[Cut]:
    """Return the cuts that differ in more than the time of day."""
    return list({_essence(cut): cut for cut in reversed(cuts)}.values())[::-1]


def _essence(cut: Cut) -> str:
    ours = {
        key: stored
        for key, stored in cut.stored.items()
        if key.startswith("keyholder.") or key == "core.config_entries"
    }
    text = _MOMENT.sub("", json.dumps(ours, sort_keys=True))
    held = sorted(cut.held.items(), key=str)
    return f"{text} {held} {cut.in_flight} {cut.faults} {cut.limits}"
