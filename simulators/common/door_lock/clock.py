"""Clock of a door lock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
import time
from typing import Final

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Both clusters count local time from here; the zone only marks it as wall time."""


@dataclass
class LockClock:
    """A lock's own clock; it can be wrong by `ahead` seconds."""

    zone: tzinfo = UTC
    ahead: float = 0
    source: Callable[[], float] = time.time

    def seconds(self) -> float:
        """Return the Unix time as the lock has it."""
        return self.source() + self.ahead

    def local(self) -> datetime:
        """Return the wall time as the lock has it."""
        return datetime.fromtimestamp(self.seconds(), self.zone)

    def local_seconds(self) -> int:
        """Return the wall time in seconds since 2000, as schedules count it."""
        local = self.local().replace(tzinfo=UTC)
        return int((local - EPOCH).total_seconds())
