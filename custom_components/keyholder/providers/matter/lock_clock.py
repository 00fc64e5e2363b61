"""The clock that a lock goes by when it turns people away, as far as it shows it.

A node with Time Synchronization tells its local time. The Matter server, or somebody
else's, sets it; here it is only looked at, before the lock is given limits.
"""

from datetime import datetime, timedelta
from typing import Final

from chip.clusters import Objects
from homeassistant.util import dt as dt_util
from matter_server.client.models.node import MatterEndpoint, MatterNode

from ..base import NotSupportedError, ScheduleRejectedError, TemporarilyRefusedError
from .library import has_attribute, read
from .link import MatterTarget

TOLERANCE: Final = timedelta(minutes=2)
"""How wrong a clock may be: limits are of whole minutes, and radio takes its time."""

_EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - local times have no zone
_YEAR: Final = tuple(timedelta(days=30 * months) for months in range(1, 13))
_Attributes: Final = Objects.TimeSynchronization.Attributes


def has_local_time(node: MatterNode) -> bool:
    """Return whether a lock has a clock that can be looked at; no radio."""
    root: MatterEndpoint | None = node.endpoints.get(0)
    return root is not None and has_attribute(root, _Attributes.LocalTime)


async def check_clock(way: MatterTarget) -> None:
    """Raise LimitsRefused unless the lock has the local time of the home; 1 read.

    And unless it has been told of summer time, where there is any. Raises
    LockUnreachable where there is no answer.
    """
    root = way.node.endpoints.get(0)
    if root is None:
        raise ScheduleRejectedError("the lock shows no clock")
    wanted = (_Attributes.LocalTime, _Attributes.DSTOffset)
    try:
        local, summer = await read(way.client, root, *wanted)
    except NotSupportedError:
        raise ScheduleRejectedError("the lock shows no clock") from None
    except TemporarilyRefusedError:
        raise ScheduleRejectedError("the lock does not tell the time") from None
    if not isinstance(local, int):
        raise ScheduleRejectedError("the lock does not know the time")
    try:
        shown = _EPOCH + timedelta(microseconds=local)
    except OverflowError:
        raise ScheduleRejectedError("the lock does not know the time") from None
    if abs(shown - dt_util.now().replace(tzinfo=None)) > TOLERANCE:
        raise ScheduleRejectedError("the clock of the lock is wrong")
    if not summer and _has_summer_time():
        raise ScheduleRejectedError("the lock knows nothing of summer time")


def _has_summer_time() -> bool:
    now = dt_util.now()
    later = (dt_util.as_local(dt_util.as_utc(now) + ahead) for ahead in _YEAR)
    return any(moment.utcoffset() != now.utcoffset() for moment in later)
