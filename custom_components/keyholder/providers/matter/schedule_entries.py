"""Schedule entries in the model's terms and in those of Matter. Pure.

A week-day schedule has a mask of days, bit 0 being Sunday, and ends on the day that it
begins on, at 23:59 at the latest. So one of a single day is a `WeekDayLimit`, and
together with one of several days it is a `DailyLimit`. A year-day schedule is from one
local time to another, in seconds since the beginning of 2000.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from ...model.access_rules import DAY, Weekday
from ...model.limits import (
    DailyLimit,
    Limits,
    ScheduleSupport,
    WeekDayLimit,
    YearDayLimit,
)
from .answers import UserType, status_of
from .statuses import Status

EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a lock's wall time
_LAST_SECOND: Final = 0xFFFFFFFE
_MINUTE: Final = timedelta(minutes=1)

type Fields = dict[str, int]


class Kind(Enum):
    """The kinds of schedules, by the type of the users who have them."""

    WEEK_DAY = UserType.WEEK_DAY
    YEAR_DAY = UserType.YEAR_DAY


class NoEntry(Enum):
    """What an entry shows that is no limit."""

    EMPTY = auto()
    MALFORMED = auto()
    """Something that has no meaning, or none that is known."""


def encode(limits: Limits) -> tuple[Kind, list[Fields]] | None:
    """Return the entries that say exactly these limits, None if none do.

    Not for limits without any entry: a user of a kind without entries gets in never.
    """
    if limits.year_days:
        other = limits.week_days or limits.daily
        years = [] if other else [_year_day(each) for each in limits.year_days]
        return _all(Kind.YEAR_DAY, years)
    if limits.week_days:
        weeks = (
            []
            if limits.daily
            else [_days((e.day,), e.start, e.end) for e in limits.week_days]
        )
        return _all(Kind.WEEK_DAY, weeks)
    if all(len(each.days) == 1 for each in limits.daily):
        # They would read back as of the other kind
        return None
    daily = [_days(e.days, e.start, e.start + e.minutes) for e in limits.daily]
    return _all(Kind.WEEK_DAY, daily)


def decode(kind: Kind, answer: object) -> Fields | NoEntry:
    """Return the fields of an entry; NotNow if the lock does not say what it holds."""
    status = status_of(answer)
    if status == Status.NOT_FOUND:
        return NoEntry.EMPTY
    if status != Status.SUCCESS or not isinstance(answer, Mapping):
        return NoEntry.MALFORMED
    fields = {name: answer.get(name) for name in _FIELDS[kind]}
    numbers = {name: value for name, value in fields.items() if isinstance(value, int)}
    return numbers if len(numbers) == len(fields) else NoEntry.MALFORMED


def joined(kind: Kind, entries: Iterable[Fields]) -> Limits | None:
    """Return the limits that these entries are together, None if they have no meaning.

    None also for no entry at all: such a user never gets in.
    """
    found = list(entries)
    if not found:
        return None
    try:
        if kind is Kind.YEAR_DAY:
            years = {_read_year_day(each) for each in found}
            return Limits(year_days=tuple(sorted(years)))
        return _weekly({_read_days(each) for each in found})
    except OverflowError, ValueError:
        return None


def fits(limits: Limits, support: ScheduleSupport | None) -> bool:
    """Return whether a user has room for the limits, and the lock can say them exactly."""
    if limits.is_unrestricted:
        return True
    encoded = encode(limits)
    if support is None or encoded is None:
        return False
    kind, entries = encoded
    room = support.year_days if kind is Kind.YEAR_DAY else support.week_days
    return len(entries) <= room


def _all(kind: Kind, entries: list[Fields | None]) -> tuple[Kind, list[Fields]] | None:
    sayable = [each for each in entries if each is not None]
    if not entries or len(sayable) < len(entries):
        return None
    return kind, sayable


def _days(days: Iterable[Weekday], start: int, end: int) -> Fields | None:
    mask = sum({1 << _to_wire(day) for day in days})
    if not mask or not 0 <= start < end < DAY:
        return None
    return {
        "daysMask": mask,
        "startHour": start // 60,
        "startMinute": start % 60,
        "endHour": end // 60,
        "endMinute": end % 60,
    }


def _year_day(limit: YearDayLimit) -> Fields | None:
    seconds = [_seconds(limit.start), _seconds(limit.end)]
    start, end = seconds
    if start is None or end is None or not start < end:
        return None
    return {"localStartTime": start, "localEndTime": end}


def _seconds(moment: datetime) -> int | None:
    if moment.tzinfo is not None or moment.second or moment.microsecond:
        return None
    seconds = int((moment - EPOCH).total_seconds())
    return seconds if 0 <= seconds <= _LAST_SECOND else None


def _weekly(entries: set[tuple[tuple[Weekday, ...], int, int]]) -> Limits:
    if all(len(days) == 1 for days, _, _ in entries):
        each = (WeekDayLimit(days[0], start, end) for days, start, end in entries)
        return Limits(week_days=tuple(sorted(each)))
    daily = [DailyLimit(days, start, end - start) for days, start, end in entries]
    daily.sort(key=lambda entry: (entry.start, entry.minutes, entry.days))
    return Limits(daily=tuple(daily))


def _read_days(fields: Fields) -> tuple[tuple[Weekday, ...], int, int]:
    mask = fields["daysMask"]
    if not 0 < mask < 1 << 7:
        raise ValueError
    days = sorted(_from_wire(bit) for bit in range(7) if mask & 1 << bit)
    start, end = _minutes(fields, "start"), _minutes(fields, "end")
    if not start < end:
        raise ValueError
    return tuple(days), start, end


def _read_year_day(fields: Fields) -> YearDayLimit:
    start, end = (
        EPOCH + timedelta(seconds=fields[name])
        for name in ("localStartTime", "localEndTime")
    )
    if not start < end or (start - EPOCH) % _MINUTE or (end - EPOCH) % _MINUTE:
        raise ValueError
    return YearDayLimit(start, end)


def _minutes(fields: Fields, name: str) -> int:
    hours, minutes = fields[f"{name}Hour"], fields[f"{name}Minute"]
    if not 0 <= hours < 24 or not 0 <= minutes < 60:
        raise ValueError
    return hours * 60 + minutes


def _to_wire(day: Weekday) -> int:
    return (day + 1) % 7


def _from_wire(bit: int) -> Weekday:
    return Weekday((bit + 6) % 7)


_FIELDS: Final = {
    Kind.WEEK_DAY: ("daysMask", "startHour", "startMinute", "endHour", "endMinute"),
    Kind.YEAR_DAY: ("localStartTime", "localEndTime"),
}
