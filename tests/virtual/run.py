"""Runs a story of many days in Home Assistant's own event loop, on virtual time."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any
from unittest.mock import patch

from homeassistant.util import dt as dt_util

from .loop import VirtualLoop


def run_virtually[T](story: Coroutine[Any, Any, T]) -> T:
    """Return what the story returns; all clocks of Home Assistant follow its loop."""
    loop = VirtualLoop()

    def now(_zone: object = None) -> datetime:
        return loop.clock()

    def timestamp() -> float:
        return loop.clock().timestamp()

    with (
        patch.object(dt_util, "utcnow", now),
        patch("homeassistant.helpers.event.time_tracker_utcnow", now),
        patch("homeassistant.helpers.event.time_tracker_timestamp", timestamp),
        patch("homeassistant.helpers.event.time.time", timestamp),
        asyncio.Runner(loop_factory=lambda: loop) as runner,
    ):
        return runner.run(story)
