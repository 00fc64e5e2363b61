"""The engine in Berlin for people with access rules, on virtual time.

How to use it: `async with engine_in_berlin() as engine:`; `weekly` and `window` make
rules, `sleep_until("03-02 17:00")` goes to a local time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.access_rules import (
    AccessRule,
    Weekday,
    WeeklySchedule,
    Window,
)
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import StoredData, engine_with_real_delays

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(Weekday)
WORKDAYS = frozenset(list(Weekday)[:5])


def window(start: float, end: float, days: frozenset[Weekday] = EVERY_DAY) -> Window:
    """Return a window between two hours of the day."""
    return Window(days, int(start * 60), int(end * 60))


def weekly(*windows: Window) -> AccessRule:
    """Return a rule that allows inside of these windows."""
    return AccessRule(weekly=WeeklySchedule(windows))


@asynccontextmanager
async def engine_in_berlin(
    disk: StoredData | None = None,
) -> AsyncIterator[EngineHarness]:
    """Run a site in Berlin; the scenario begins on Monday, March 2nd, at 9 local time."""
    async with engine_with_real_delays(disk) as engine:
        await engine.hass.config.async_set_time_zone("Europe/Berlin")
        yield engine


def local_now() -> datetime:
    """Return what the clock on the wall says."""
    return dt_util.utcnow().astimezone(BERLIN)


async def sleep_until(moment: str) -> None:
    """Let time pass until the wall shows that day and time, such as 03-02 17:00."""
    at = datetime.fromisoformat(f"2026-{moment}").replace(tzinfo=BERLIN)
    wait = (at - dt_util.utcnow()).total_seconds()
    assert wait >= 0, "time goes forward only"
    await asyncio.sleep(wait)


async def advance(**span: float) -> None:
    """Let so much time pass."""
    await asyncio.sleep(timedelta(**span).total_seconds())


async def seconds_until(condition: Callable[[], object], most: float = 120) -> float:
    """Return after how many seconds the condition came true."""
    begin = dt_util.utcnow()
    while not condition():
        assert (dt_util.utcnow() - begin).total_seconds() < most, "it never came true"
        await asyncio.sleep(0.1)
    return (dt_util.utcnow() - begin).total_seconds()
