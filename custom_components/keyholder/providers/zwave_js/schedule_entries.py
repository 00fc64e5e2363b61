"""Convert schedule entries to and from the arguments of the driver. Pure.

Schedule Entry Lock CC counts the days from Sunday as 0, and the years from 2000. The
driver takes no hour above 23, so no entry lasts until 24:00.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum, IntEnum, auto
from typing import Final

from ...model.access_rules import MINUTES_PER_DAY, Weekday
from ...model.lock_schedule import (
    DailyRepeatingSchedule,
    LockSchedule,
    WeekDaySchedule,
    YearDaySchedule,
)

type Entry = WeekDaySchedule | YearDaySchedule | DailyRepeatingSchedule

_CENTURY: Final = 2000


class ScheduleType(IntEnum):
    """Kinds of entries, with the driver's numbers."""

    WEEK_DAY = 0
    YEAR_DAY = 1
    DAILY = 2


class ZwaveNoEntry(Enum):
    """The result of reading an entry that is not a schedule."""

    NO_ANSWER = auto()
    """The lock did not answer."""
    EMPTY = auto()
    MALFORMED = auto()
    """Fields without a meaning, or without one that is known."""


type EntryResponse = Entry | ZwaveNoEntry


def split(schedule: LockSchedule) -> dict[ScheduleType, tuple[Entry, ...]]:
    """Return the entries by kind; only kinds that have any."""
    kinds: dict[ScheduleType, tuple[Entry, ...]] = {
        ScheduleType.WEEK_DAY: schedule.week_days,
        ScheduleType.YEAR_DAY: schedule.year_days,
        ScheduleType.DAILY: schedule.daily,
    }
    return {kind: entries for kind, entries in kinds.items() if entries}


def combine(entries: Iterable[Entry]) -> LockSchedule:
    """Return the schedule that these entries form."""
    found = set(entries)
    return LockSchedule(
        week_days=tuple(sorted(e for e in found if isinstance(e, WeekDaySchedule))),
        daily=tuple(
            sorted(
                (e for e in found if isinstance(e, DailyRepeatingSchedule)),
                key=lambda entry: (entry.start, entry.minutes, entry.days),
            )
        ),
        year_days=tuple(sorted(e for e in found if isinstance(e, YearDaySchedule))),
    )


def encode(entry: Entry) -> dict[str, object] | None:
    """Return the entry as the driver takes it, None if it cannot be expressed exactly."""
    match entry:
        case WeekDaySchedule(day, start, end) if 0 <= start < end < MINUTES_PER_DAY:
            return {
                "weekday": _to_wire(day),
                **_time("start", start),
                **_time("stop", end),
            }
        case DailyRepeatingSchedule(days, start, minutes) if (
            days and 0 <= start < MINUTES_PER_DAY and 0 < minutes < MINUTES_PER_DAY
        ):
            return {
                "weekdays": sorted(map(_to_wire, days)),
                **_time("start", start),
                **_time("duration", minutes),
            }
        case YearDaySchedule(start, end) if start < end:
            ends = {"start": start, "stop": end}
            if all(map(_is_encodable, ends.values())):
                return {
                    field: value
                    for name, moment in ends.items()
                    for field, value in _moment(name, moment).items()
                }
    return None


def decode(kind: ScheduleType, answer: object) -> Entry | ZwaveNoEntry:
    """Decode the driver's answer about an entry; None means that the entry is erased.

    So do fields that are all zero, which could never allow access.
    """
    if isinstance(answer, Mapping) and "response" in answer:
        answer = answer["response"]
    if answer is None:
        return ZwaveNoEntry.EMPTY
    if not isinstance(answer, Mapping):
        return ZwaveNoEntry.MALFORMED
    if not any(answer.values()):
        return ZwaveNoEntry.EMPTY
    try:
        return _DECODE[kind](answer)
    except LookupError, OverflowError, TypeError, ValueError:
        return ZwaveNoEntry.MALFORMED


def _week_day(answer: Mapping[str, object]) -> WeekDaySchedule:
    start, end = _minutes(answer, "start"), _minutes(answer, "stop")
    if not start < end <= MINUTES_PER_DAY:
        raise ValueError
    return WeekDaySchedule(_from_wire(answer["weekday"]), start, end)


def _daily(answer: Mapping[str, object]) -> DailyRepeatingSchedule:
    days = answer["weekdays"]
    start, minutes = _minutes(answer, "start"), _minutes(answer, "duration")
    if (
        not isinstance(days, list)
        or not days
        or start >= MINUTES_PER_DAY
        or not minutes
    ):
        raise ValueError
    return DailyRepeatingSchedule(
        tuple(sorted({_from_wire(day) for day in days})), start, minutes
    )


def _year_day(answer: Mapping[str, object]) -> YearDaySchedule:
    start, end = _read_moment(answer, "start"), _read_moment(answer, "stop")
    if not start < end:
        raise ValueError
    return YearDaySchedule(start, end)


_DECODE: Final[Mapping[ScheduleType, Callable[[Mapping[str, object]], Entry]]] = {
    ScheduleType.WEEK_DAY: _week_day,
    ScheduleType.YEAR_DAY: _year_day,
    ScheduleType.DAILY: _daily,
}


def _to_wire(day: Weekday) -> int:
    return (day + 1) % 7


def _from_wire(day: object) -> Weekday:
    """Return the day; some locks send 7 for Sunday."""
    number = _number(day)
    if number > 7:
        raise ValueError
    return Weekday((number + 6) % 7)


def _time(name: str, minutes: int) -> dict[str, object]:
    return {f"{name}Hour": minutes // 60, f"{name}Minute": minutes % 60}


def _minutes(answer: Mapping[str, object], name: str) -> int:
    hours = _number(answer[f"{name}Hour"])
    minutes = _number(answer[f"{name}Minute"])
    if hours > 24 or minutes > 59:
        raise ValueError
    return hours * 60 + minutes


def _is_encodable(moment: datetime) -> bool:
    return (
        _CENTURY <= moment.year < _CENTURY + 100
        and moment.tzinfo is None
        and not moment.second
        and not moment.microsecond
    )


def _moment(name: str, moment: datetime) -> dict[str, object]:
    return {
        f"{name}Year": moment.year - _CENTURY,
        f"{name}Month": moment.month,
        f"{name}Day": moment.day,
        **_time(name, moment.hour * 60 + moment.minute),
    }


def _read_moment(answer: Mapping[str, object], name: str) -> datetime:
    year, month, day, hour, minute = (
        _number(answer[f"{name}{part}"])
        for part in ("Year", "Month", "Day", "Hour", "Minute")
    )
    full = year if year >= _CENTURY else year + _CENTURY
    return datetime(full, month, day, hour, minute)  # noqa: DTZ001 - a lock's wall time


def _number(value: object) -> int:
    """Return an integer that is not negative; ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError
    return value
