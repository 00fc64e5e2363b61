"""A clock that can leap ahead, and goes on running."""

import asyncio
from datetime import UTC, datetime, time, timedelta, tzinfo
from time import time as real_time
from types import SimpleNamespace

from homeassistant.util import dt as dt_util
import pytest


class ShiftedClock:
    """Home Assistant's clock, ahead of the real one.

    Wall clock and event loop leap together, as if everything had been busy elsewhere
    for that long: timers that came due on the way run at once, in their order, and those
    to come are as far away as they should be. The locks and the driver keep real time.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Take over the clocks of this loop's Home Assistant until the test ends."""
        self._ahead = timedelta()
        loop_time = loop.time
        events = "homeassistant.helpers.event"
        monkeypatch.setattr(
            loop, "time", lambda: loop_time() + self._ahead.total_seconds()
        )
        monkeypatch.setattr(dt_util, "utcnow", self.utcnow)
        monkeypatch.setattr(dt_util, "now", self.now)
        monkeypatch.setattr(f"{events}.time", SimpleNamespace(time=self._timestamp))
        monkeypatch.setattr(f"{events}.time_tracker_utcnow", self.utcnow)
        monkeypatch.setattr(f"{events}.time_tracker_timestamp", self._timestamp)

    def utcnow(self) -> datetime:
        """Return what time it is."""
        return datetime.now(UTC) + self._ahead

    def now(self, time_zone: tzinfo | None = None) -> datetime:
        """Return what the clock on the wall shows."""
        return self.utcnow().astimezone(time_zone or dt_util.get_default_time_zone())

    def today(self, at: time) -> datetime:
        """Return the moment at which the clock on the wall shows this today."""
        return self.now().replace(
            hour=at.hour, minute=at.minute, second=at.second, microsecond=0
        )

    async def leap(self, to: datetime) -> None:
        """Let all time until then be over. Raises ValueError if it is over already."""
        if to < self.utcnow():
            raise ValueError("time goes forward only")
        self._ahead += to - self.utcnow()
        await asyncio.sleep(0)

    def _timestamp(self) -> float:
        return real_time() + self._ahead.total_seconds()
