"""Set the clock of a lock, by which it enforces its schedules.

The driver sets it in the interview and never again, while a clock drifts and most locks
do not know daylight saving time. So it is set before a schedule is written, and, while
the lock has any schedule, about once a day and when the offset of the local time
changes.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from homeassistant.util import dt as dt_util
from zwave_js_server.const import CommandClass
from zwave_js_server.model.endpoint import Endpoint

from ..base import LockUnreachableError, ProviderError
from .client import async_call

KEPT_SECONDS: Final = 24 * 3600.0
"""Seconds for which the lock is assumed to keep the time once it was set."""
_YEAR: Final = tuple(timedelta(days=30 * months) for months in range(1, 13))
_WITH_ZONE: Final = ((CommandClass.TIME, 2), (CommandClass.SCHEDULE_ENTRY_LOCK, 2))
"""The command classes that can set a time zone, and the version from which they do."""


@dataclass(frozen=True, slots=True)
class _Zone:
    """Offsets from UTC in minutes: the present one, and those of the whole year."""

    now: int
    year: frozenset[int]


class LockClock:
    """When and how the clock of one lock was last set."""

    def __init__(self) -> None:
        """Begin with a clock that has not been set."""
        self._tried_at: float | None = None
        self._zone: _Zone | None = None
        self._is_right = False

    async def async_set(self, endpoint: Endpoint) -> bool:
        """Set date, time and time zone; return whether the lock has the time zone of the home.

        No radio if that was done within the last day; else 2 writes and 1 read, or 3
        writes and 3 reads where a lock has Time CC alone. False also where the lock
        cannot be reached: the driver does not distinguish the two. A lock without a
        time zone gets the local time of the driver, without verification.
        """
        if not self._is_right or self._is_due:
            self._tried_at, self._zone = monotonic(), _home_zone()
            self._is_right = False
            request = endpoint.node.async_set_date_and_time(wait_for_result=True)
            self._is_right = bool(await async_call(request)) and await _is_in(
                self._zone, endpoint
            )
        return self._is_right

    async def async_sync_daily(self, endpoint: Endpoint) -> None:
        """Set the clock at most once a day, for schedules that the lock has already."""
        if self._is_due:
            with suppress(ProviderError):
                await self.async_set(endpoint)

    @property
    def _is_due(self) -> bool:
        return (
            self._tried_at is None
            or monotonic() - self._tried_at > KEPT_SECONDS
            or self._zone != _home_zone()
        )


async def _is_in(zone: _Zone, endpoint: Endpoint) -> bool:
    """Return whether the lock is in this time zone; True if it supports none."""
    versions = {each.id: each.version for each in endpoint.command_classes}
    for command_class, since in _WITH_ZONE:
        if versions.get(command_class, 0) < since:
            continue
        request = endpoint.async_invoke_cc_api(
            command_class, "getTimezone", wait_for_result=True
        )
        answer: object = await async_call(request)
        if not isinstance(answer, Mapping):
            raise LockUnreachableError("no answer about the time zone")
        offsets = {answer.get("standardOffset"), answer.get("dstOffset")}
        # In some months the driver does not detect that there is daylight saving time
        return zone.now in offsets and offsets <= zone.year
    return True


def _home_zone() -> _Zone:
    now = dt_util.now()
    later = (dt_util.as_local(dt_util.as_utc(now) + ahead) for ahead in _YEAR)
    return _Zone(now=_offset(now), year=frozenset(map(_offset, (now, *later))))


def _offset(moment: datetime) -> int:
    offset = moment.utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)
