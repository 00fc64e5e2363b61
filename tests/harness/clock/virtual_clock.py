"""Runs days in Home Assistant's own event loop in milliseconds, on virtual time.

How to use it: `run_on_virtual_clock(scenario())` in a synchronous test; `asyncio.sleep`
is all that passes time.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
import random
from typing import Any
from unittest.mock import patch

from homeassistant.util import dt as dt_util

from tests.harness.clock.virtual_loop import VirtualLoop


def run_on_virtual_clock[T](
    scenario: Coroutine[Any, Any, T], *, elapsed: float = 0.0
) -> T:
    """Return what the scenario returns; all clocks of Home Assistant follow its loop.

    It begins that many seconds after the start of time.
    """
    with virtual_time(elapsed) as runner:
        return runner.run(scenario)


@contextmanager
def virtual_time(elapsed: float = 0.0) -> Iterator[asyncio.Runner]:
    """Run scenarios one after the other in one loop; the time between them is none."""
    loop = VirtualLoop(elapsed)
    with clocks_of(loop), asyncio.Runner(loop_factory=lambda: loop) as runner:
        yield runner


@contextmanager
def clocks_of(loop: VirtualLoop) -> Iterator[None]:
    """Let all clocks of Home Assistant follow a loop.

    Home Assistant's registry ids are the same each time: the engine spreads its checks
    over the hour by them.
    """
    chance = random.getstate()
    random.seed(loop.clock().timestamp())

    def now(_zone: object = None) -> datetime:
        return loop.clock()

    def local_now(zone: tzinfo | None = None) -> datetime:
        return loop.clock().astimezone(zone or dt_util.get_default_time_zone())

    def timestamp() -> float:
        return loop.clock().timestamp()

    with (
        patch.object(dt_util, "utcnow", now),
        patch.object(dt_util, "now", local_now),
        patch("homeassistant.helpers.event.time_tracker_utcnow", now),
        patch("homeassistant.helpers.event.time_tracker_timestamp", timestamp),
        patch("homeassistant.helpers.event.time.time", timestamp),
    ):
        try:
            yield
        finally:
            random.setstate(chance)
