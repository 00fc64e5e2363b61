"""The life of a site, measured: it converges, starts anew, and has a PIN changed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
import gc
from pathlib import Path
import tempfile
from time import perf_counter, thread_time
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

import custom_components.keyholder
from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.access_rules import (
    UNRESTRICTED_RULE,
    AccessRule,
    Mode,
    Weekday,
    WeeklySchedule,
    Window,
)
from custom_components.keyholder.model.pin import Pin
from tests.bench.bench_site import BenchLocks, BenchSite, Operations, Size
from tests.bench.storage import in_memory
from tests.bench.watch import count_state_writes, count_steps, watch_loop, watch_memory
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.fakes.provider import Profile
from tests.harness.waiting import wait_for

_PACKAGE: Final = str(Path(custom_components.keyholder.__file__).parent)
ZONE: Final = ZoneInfo("US/Pacific")
"""Where the site is."""


def closed_at(hour: int) -> AccessRule:
    """Return a schedule that says no for that hour of each day, by the clock of `ZONE`."""
    closed = Window(frozenset(Weekday), hour * 60, (hour + 1) % 24 * 60)
    return AccessRule(weekly=WeeklySchedule((closed,), Mode.EXCLUDE))


RULE: Final = closed_at(12)
"""What the schedules say wherever time is virtual: there it is midnight at first."""

OWN_CODE_EVENTS: Final = (
    AccessType.CODE_ADDED,
    AccessType.CODE_CHANGED,
    AccessType.CODE_REMOVED,
)


@dataclass
class Edit:
    """What one changed PIN costs on all locks together, but for the state writes."""

    operations: Operations = field(default_factory=lambda: Operations(0, 0))
    state_writes: int = 0
    """Of the lock that had most of them."""
    code_events: int = 0


@dataclass
class Figures:
    """Seconds, MiB, and numbers of things."""

    size: Size
    clock: Callable[[], float] = thread_time
    watched: bool = False
    convergence: float = 0.0
    converging: Operations = field(default_factory=lambda: Operations(0, 0))
    journal_saves: int = 0
    setup: float = 0.0
    after_restart: Operations = field(default_factory=lambda: Operations(0, 0))
    after_reload: Operations = field(default_factory=lambda: Operations(0, 0))
    edit: Edit = field(default_factory=Edit)
    alive: int = 0
    """Timers and tasks of ours when nothing is left to be done."""
    longest: float = 0.0
    """The longest time that one callback kept the loop."""


def measure(
    size: Size,
    *,
    on_disk: bool = False,
    watched: bool = False,
    rule: AccessRule = UNRESTRICTED_RULE,
) -> Figures:
    """Return what a site of that size costs, with storage in memory or on a disk.

    In memory it is the processor's time that counts: what else the machine does is not
    ours. With a disk it is the time by the clock, the waiting included. If it is
    `watched` the longest callback is found, which takes a twentieth of the time itself.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not on_disk:
            stack.enter_context(in_memory())
        figures = Figures(size, perf_counter if on_disk else thread_time, watched)
        with asyncio.Runner(debug=False) as runner:
            runner.run(_live(BenchLocks(size, folder, rule=rule), figures))
        return figures


def count(
    size: Size,
    profile: Profile = Profile.READABLE,
    rule: AccessRule = UNRESTRICTED_RULE,
) -> Figures:
    """Return the same on virtual time: all counts, however busy the machine is."""
    with tempfile.TemporaryDirectory() as folder, in_memory():
        figures = Figures(size)
        run_on_virtual_clock(
            _live(BenchLocks(size, Path(folder), profile, rule=rule), figures)
        )
        return figures


@dataclass(frozen=True, slots=True)
class Idleness:
    """What an hour costs in which nothing happens. `begun`: timers and tasks then."""

    callbacks: int
    state_writes: int
    operations: Operations
    journal_saves: int
    begun: int


def measure_idle_hour(size: Size, rule: AccessRule = UNRESTRICTED_RULE) -> Idleness:
    """Return what an hour costs when all is settled and no slot is to be checked."""
    with tempfile.TemporaryDirectory() as folder, in_memory():
        bench_locks = BenchLocks(size, Path(folder), checks_per_hour=0, rule=rule)
        return run_on_virtual_clock(_idle(bench_locks))


@dataclass(frozen=True, slots=True)
class Boundary:
    """What it costs that every code of a site goes at one moment, and comes back.

    `longest`: the longest time, in seconds, that one callback kept the loop.
    `gone_after`, `back_after`: seconds until every lock was done.
    """

    operations: Operations
    longest: float
    gone_after: float
    back_after: float


def measure_boundary(size: Size) -> Boundary:
    """Return what it costs when the schedules of all people close and open."""
    with tempfile.TemporaryDirectory() as folder, in_memory():
        bench_locks = BenchLocks(size, Path(folder), checks_per_hour=0, rule=RULE)
        return run_on_virtual_clock(_pass_boundaries(bench_locks))


def measure_steps(size: Size) -> int:
    """Return how many lines of ours are executed until a new site has converged."""
    with tempfile.TemporaryDirectory() as folder, in_memory():
        return run_on_virtual_clock(_converge_in_steps(BenchLocks(size, Path(folder))))


def measure_memory(size: Size) -> float:
    """Return the MiB that a site holds more than a Home Assistant without it."""
    with tempfile.TemporaryDirectory() as folder, in_memory():
        bench_locks = BenchLocks(size, Path(folder))
        with asyncio.Runner(debug=False) as runner:
            runner.run(_live(bench_locks, Figures(size)))
            return runner.run(_hold(bench_locks))


@asynccontextmanager
async def _running_site(bench_locks: BenchLocks) -> AsyncIterator[BenchSite]:
    """Run a Home Assistant; collections of garbage are of what comes after its start.

    A full one takes tenths of a second in any Home Assistant, ours or not.
    """
    async with bench_locks.bench_site() as bench_site:
        gc.collect()
        gc.freeze()
        try:
            yield bench_site
        finally:
            gc.unfreeze()


@contextmanager
def _watch(figures: Figures) -> Iterator[None]:
    if not figures.watched:
        yield
        return
    with watch_loop(figures.clock) as watch:
        yield
    figures.longest = max(figures.longest, watch.longest)


async def _live(bench_locks: BenchLocks, figures: Figures) -> None:
    async with _running_site(bench_locks) as bench_site:
        await bench_locks.move_in(bench_site.hass)
        await bench_site.set_up()
        await bench_site.hass.async_block_till_done()
        with _watch(figures):
            await _converge(bench_site, figures)
    bench_locks.reset_counts()
    async with _running_site(bench_locks) as bench_site:
        with _watch(figures):
            began = figures.clock()
            await bench_site.set_up()
            figures.setup = figures.clock() - began
            await bench_site.until_settled()
        figures.after_restart = bench_locks.operations
        bench_locks.reset_counts()
        await bench_site.reload()
        await bench_site.until_settled()
        figures.after_reload = bench_locks.operations
        figures.edit = await _edit(bench_site)
        await bench_site.hass.async_block_till_done()
        await bench_site.site.journal.async_flush()
        await bench_site.site.vault.async_flush()
        figures.alive = len(live_timers(bench_site.hass)) + len(live_tasks())


async def _converge(bench_site: BenchSite, figures: Figures) -> None:
    """Time it from when the locks can be reached until each has shown every code."""
    journal = bench_site.site.journal
    saves = journal.commits
    began = figures.clock()
    bench_site.bench_locks.connect()
    await bench_site.until_settled()
    figures.convergence = figures.clock() - began
    figures.converging = bench_site.bench_locks.operations
    await bench_site.hass.async_block_till_done()
    await journal.async_flush()
    figures.journal_saves = journal.commits - saves


async def _converge_in_steps(bench_locks: BenchLocks) -> int:
    async with _running_site(bench_locks) as bench_site:
        await bench_locks.move_in(bench_site.hass)
        await bench_site.set_up()
        await bench_site.hass.async_block_till_done()
        with count_steps(_PACKAGE) as steps:
            bench_locks.connect()
            await bench_site.until_settled()
        return steps.executed


async def _edit(bench_site: BenchSite) -> Edit:
    bench_locks = bench_site.bench_locks
    bench_locks.reset_counts()
    reported: list[AccessEvent] = []
    bench_site.site.access_log.async_listen(reported.append)
    pin = bench_locks.pin(99_000)
    with count_state_writes(bench_site.hass) as written:
        await bench_site.site.async_set_pin(bench_locks.people[0], Pin(pin))
        await wait_for(
            lambda: all(
                pin in lock.codes.values() for lock in bench_locks.providers.values()
            )
        )
        await bench_site.until_settled()
        await bench_site.hass.async_block_till_done()
    events = [event for event in reported if event.type in OWN_CODE_EVENTS]
    return Edit(
        bench_locks.operations,
        _most(bench_site.hass, bench_locks, written),
        len(events),
    )


def _most(hass: HomeAssistant, bench_locks: BenchLocks, written: list[str]) -> int:
    """Return the state writes of the lock that had most; what is of no lock is of all."""
    names = {
        entity_id: (state.name if (state := hass.states.get(entity_id)) else "")
        for entity_id in set(written)
    }
    doors = [f"Door {number}" for number in range(1, bench_locks.size.locks + 1)]
    ids = [f"door_{number}" for number in range(1, bench_locks.size.locks + 1)]

    def is_about(entity_id: str, door: str, lock: str) -> bool:
        name = names[entity_id]
        return name.endswith(door) or f"{lock}_" in f"{entity_id.split('.')[1]}_"

    return max(
        sum(is_about(entity_id, door, lock) for entity_id in written)
        for door, lock in zip(doors, ids, strict=True)
    )


async def _hold(bench_locks: BenchLocks) -> float:
    async with bench_locks.bench_site() as bench_site:
        await bench_site.hass.async_block_till_done()
        with watch_memory() as memory:
            await bench_site.set_up()
            await bench_site.until_settled()
            await bench_site.hass.async_block_till_done()
        return memory.grown


async def _idle(bench_locks: BenchLocks) -> Idleness:
    async with bench_locks.bench_site() as bench_site:
        await bench_locks.move_in(bench_site.hass)
        await bench_site.set_up()
        bench_locks.connect()
        await bench_site.until_settled()
        await bench_site.hass.async_block_till_done()
        # what is under way for a while after a write has come to its end
        await asyncio.sleep(timedelta(hours=1).total_seconds())
        bench_locks.reset_counts()
        saves = bench_site.site.journal.commits
        begun = len(live_timers(bench_site.hass)) + len(live_tasks())
        with (
            count_state_writes(bench_site.hass) as written,
            watch_loop(thread_time) as watch,
        ):
            await asyncio.sleep(timedelta(hours=1).total_seconds())
        return Idleness(
            callbacks=watch.callbacks - 1,  # the end of this sleep
            state_writes=len(written),
            operations=bench_locks.operations,
            journal_saves=bench_site.site.journal.commits - saves,
            begun=begun,
        )


async def _pass_boundaries(bench_locks: BenchLocks) -> Boundary:
    async with _running_site(bench_locks) as bench_site:
        await bench_locks.move_in(bench_site.hass)
        await bench_site.set_up()
        bench_locks.connect()
        await bench_site.until_settled()
        await _until_hour(11)
        bench_locks.reset_counts()
        locks = bench_locks.providers.values()
        with watch_loop(thread_time) as watch:
            await _until_hour(12)
            gone_after = await _seconds_until(
                lambda: not any(lock.held for lock in locks)
            )
            await _until_hour(13)
            back_after = await _seconds_until(lambda: bench_locks.is_converged)
            await bench_site.until_settled()
        return Boundary(bench_locks.operations, watch.longest, gone_after, back_after)


async def _until_hour(hour: int) -> None:
    """Wait until the clock on the wall says that hour of today."""
    now = dt_util.utcnow().astimezone(ZONE)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    await asyncio.sleep((then - now).total_seconds())


async def _seconds_until(condition: Callable[[], bool]) -> float:
    began = dt_util.utcnow()
    await wait_for(condition)
    return (dt_util.utcnow() - began).total_seconds()
