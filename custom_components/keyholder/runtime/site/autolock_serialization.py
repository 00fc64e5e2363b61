"""Parse and serialize the autolock settings in a lock's config subentry."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_ENABLED
from homeassistant.util import dt as dt_util

from ...const import (
    CONF_AFTER_CLOSE,
    CONF_AUTOLOCK,
    CONF_DAY,
    CONF_DOOR,
    CONF_LOCK,
    CONF_LOCK_WHEN_CLOSED,
    CONF_METHODS,
    CONF_NIGHT,
    CONF_NIGHT_BEGIN,
    CONF_NIGHT_END,
    CONF_PEOPLE,
    CONF_UNKNOWN_DOOR,
    SUBENTRY_LOCK,
)
from ...model.autolock import AutolockConfig, NightHours, UnknownDoorPolicy
from ...model.credential import LockId
from ...model.lock_events import Method
from .subentries import is_being_removed

_DEFAULT: Final = AutolockConfig()


def autolock_from_entry(entry: ConfigEntry[Any]) -> Mapping[LockId, AutolockConfig]:
    """Return the autolock settings of every managed lock by entity registry id.

    Autolock is off for a lock that is being removed.
    """
    return MappingProxyType(
        {
            subentry.data[CONF_LOCK]: AutolockConfig()
            if is_being_removed(subentry)
            else autolock_from_data(subentry.data.get(CONF_AUTOLOCK, {}))
            for subentry in entry.subentries.values()
            if subentry.subentry_type == SUBENTRY_LOCK
        }
    )


def autolock_from_data(data: Mapping[str, Any]) -> AutolockConfig:
    """Return autolock settings from stored data; a missing key takes its default."""
    return AutolockConfig(
        enabled=bool(data.get(CONF_ENABLED, _DEFAULT.enabled)),
        day=_minutes(data.get(CONF_DAY), _DEFAULT.day),
        night=_minutes(data.get(CONF_NIGHT), _DEFAULT.night),
        night_hours=_hours(data.get(CONF_NIGHT_BEGIN), data.get(CONF_NIGHT_END)),
        per_person=MappingProxyType(
            {
                person: _minutes(number, _DEFAULT.day)
                for person, number in data.get(CONF_PEOPLE, {}).items()
            }
        ),
        per_method=MappingProxyType(
            {
                Method(method): _minutes(number, _DEFAULT.day)
                for method, number in data.get(CONF_METHODS, {}).items()
                if method in Method
            }
        ),
        door=data.get(CONF_DOOR),
        unknown_door=UnknownDoorPolicy(
            data.get(CONF_UNKNOWN_DOOR, _DEFAULT.unknown_door)
        ),
        close_delay=timedelta(
            seconds=data.get(CONF_AFTER_CLOSE, _DEFAULT.close_delay.total_seconds())
        ),
        lock_when_closed=bool(
            data.get(CONF_LOCK_WHEN_CLOSED, _DEFAULT.lock_when_closed)
        ),
    )


def subentry_data_with_autolock(
    subentry: ConfigSubentry, **changes: Any
) -> dict[str, Any]:
    """Return a lock's subentry data with changed autolock settings; None deletes a key."""
    stored = {**subentry.data.get(CONF_AUTOLOCK, {}), **changes}
    kept = {key: value for key, value in stored.items() if value is not None}
    return {**subentry.data, CONF_AUTOLOCK: kept}


def _minutes(stored: float | None, default: timedelta) -> timedelta:
    return default if stored is None else timedelta(minutes=stored)


def _hours(begin: str | None, end: str | None) -> NightHours | None:
    if begin is None or end is None:
        return None
    first, last = dt_util.parse_time(begin), dt_util.parse_time(end)
    return None if first is None or last is None else NightHours(first, last)
