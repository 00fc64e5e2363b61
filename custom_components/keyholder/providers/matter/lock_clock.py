"""Check the clock by which a lock enforces its schedules, where it can be read.

A node with the Time Synchronization cluster has its local time as an attribute. The
Matter server, or another controller, sets it; here it is only read, before a schedule
is written.
"""

from datetime import datetime, timedelta
from typing import Final

from chip.clusters import Objects
from homeassistant.util import dt as dt_util
from matter_server.client.models.node import MatterEndpoint, MatterNode

from ..base import NotSupportedError, ScheduleRejectedError, TemporarilyRefusedError
from .client import async_read, has_attribute
from .target import MatterTarget

TOLERANCE: Final = timedelta(minutes=2)
"""Allowed error of the clock: schedules are in whole minutes, and radio takes its
time."""

_EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - local times have no zone
_YEAR: Final = tuple(timedelta(days=30 * months) for months in range(1, 13))
_Attributes: Final = Objects.TimeSynchronization.Attributes


def has_local_time(node: MatterNode) -> bool:
    """Return whether the lock has a clock that can be read; no radio."""
    root: MatterEndpoint | None = node.endpoints.get(0)
    return root is not None and has_attribute(root, _Attributes.LocalTime)


async def async_check_clock(target: MatterTarget) -> None:
    """Raise ScheduleRejectedError unless the lock has the home's local time; 1 read.

    It must also know daylight saving time, where the home has any. Raises
    LockUnreachableError where there is no answer. `target` is that of the lock.
    """
    root = target.node.endpoints.get(0)
    if root is None:
        raise ScheduleRejectedError("the lock has no clock that can be read")
    attributes = (_Attributes.LocalTime, _Attributes.DSTOffset)
    try:
        local, dst_offset = await async_read(target.client, root, *attributes)
    except NotSupportedError:
        raise ScheduleRejectedError("the lock has no clock that can be read") from None
    except TemporarilyRefusedError:
        raise ScheduleRejectedError("the clock of the lock cannot be read") from None
    if not isinstance(local, int):
        raise ScheduleRejectedError("the lock does not know the time")
    try:
        lock_time = _EPOCH + timedelta(microseconds=local)
    except OverflowError:
        raise ScheduleRejectedError("the lock does not know the time") from None
    if abs(lock_time - dt_util.now().replace(tzinfo=None)) > TOLERANCE:
        raise ScheduleRejectedError("the clock of the lock is wrong")
    if not dst_offset and _has_daylight_saving_time():
        raise ScheduleRejectedError("the lock does not know daylight saving time")


def _has_daylight_saving_time() -> bool:
    now = dt_util.now()
    later = (dt_util.as_local(dt_util.as_utc(now) + ahead) for ahead in _YEAR)
    return any(moment.utcoffset() != now.utcoffset() for moment in later)
