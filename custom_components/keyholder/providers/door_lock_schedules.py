"""Convert schedules to and from entries of the Door Lock cluster. Pure.

Matter took the Door Lock cluster over from Zigbee, with its numbers.

A week-day schedule has a mask of days, bit 0 being Sunday, and ends on the day on which
it begins, at 23:59 at the latest. One of a single day is a `WeekDaySchedule`; together
with one of several days it is a `DailyRepeatingSchedule`. A year-day schedule is from
one local time to another, in seconds since the beginning of 2000.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from ..model.access_rules import MINUTES_PER_DAY, Weekday
from ..model.lock_schedule import (
    DailyRepeatingSchedule,
    LockSchedule,
    ScheduleSupport,
    WeekDaySchedule,
    YearDaySchedule,
)

EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a lock's wall time
_LAST_SECOND: Final = 0xFFFFFFFE
_MINUTE: Final = timedelta(minutes=1)

type EntryFields = tuple[int, ...]
"""The fields of an entry in order: mask, hour, minute, hour, minute; or two times."""


class ScheduleType(IntEnum):
    """Kinds of schedules, numbered as the types of the users that obey them."""

    YEAR_DAY = 1
    WEEK_DAY = 2


def encode(schedule: LockSchedule) -> tuple[ScheduleType, list[EntryFields]] | None:
    """Return the entries of exactly this schedule, None if the cluster cannot express it.

    Not for an empty schedule: a user of such a type without any entry never gets
    access.
    """
    if sum(map(bool, (schedule.year_days, schedule.week_days, schedule.daily))) != 1:
        return None
    if schedule.daily and all(len(each.days) == 1 for each in schedule.daily):
        # They would read back as week-day schedules
        return None
    kind = ScheduleType.YEAR_DAY if schedule.year_days else ScheduleType.WEEK_DAY
    entries = [
        *map(_year_day, schedule.year_days),
        *(_days((each.day,), each.start, each.end) for each in schedule.week_days),
        *(_days(e.days, e.start, e.start + e.minutes) for e in schedule.daily),
    ]
    encodable = [each for each in entries if each is not None]
    return (kind, encodable) if len(encodable) == len(entries) else None


def combine(kind: ScheduleType, entries: Iterable[EntryFields]) -> LockSchedule | None:
    """Return the schedule of these entries, None if it has no meaning.

    None also for no entry at all: such a user never gets access.
    """
    found = set(entries)
    if not found:
        return None
    try:
        if kind is ScheduleType.YEAR_DAY:
            return LockSchedule(year_days=tuple(sorted(map(_read_year_day, found))))
        return _weekly([_read_days(each) for each in found])
    except OverflowError, ValueError:
        return None


def is_supported(schedule: LockSchedule, support: ScheduleSupport | None) -> bool:
    """Return whether the lock has entries enough for the schedule and can express it exactly."""
    if schedule.is_empty:
        return True
    encoded = encode(schedule)
    if support is None or encoded is None:
        return False
    kind, entries = encoded
    entry_count = (
        support.year_days if kind is ScheduleType.YEAR_DAY else support.week_days
    )
    return len(entries) <= entry_count


def _days(days: Iterable[Weekday], start: int, end: int) -> EntryFields | None:
    mask = sum({1 << (day + 1) % 7 for day in days})
    if not mask or not 0 <= start < end < MINUTES_PER_DAY:
        return None
    return mask, *divmod(start, 60), *divmod(end, 60)


def _year_day(schedule: YearDaySchedule) -> EntryFields | None:
    start, end = _seconds(schedule.start), _seconds(schedule.end)
    if start is None or end is None or not start < end:
        return None
    return start, end


def _seconds(moment: datetime) -> int | None:
    if moment.tzinfo is not None or moment.second or moment.microsecond:
        return None
    seconds = int((moment - EPOCH).total_seconds())
    return seconds if 0 <= seconds <= _LAST_SECOND else None


def _weekly(entries: list[tuple[tuple[Weekday, ...], int, int]]) -> LockSchedule:
    if all(len(days) == 1 for days, _, _ in entries):
        each = (WeekDaySchedule(days[0], start, end) for days, start, end in entries)
        return LockSchedule(week_days=tuple(sorted(each)))
    daily = [
        DailyRepeatingSchedule(days, start, end - start) for days, start, end in entries
    ]
    daily.sort(key=lambda entry: (entry.start, entry.minutes, entry.days))
    return LockSchedule(daily=tuple(daily))


def _read_days(entry: EntryFields) -> tuple[tuple[Weekday, ...], int, int]:
    mask, start_hour, start_minute, end_hour, end_minute = entry
    start, end = _minutes(start_hour, start_minute), _minutes(end_hour, end_minute)
    if not 0 < mask < 1 << 7 or not start < end:
        raise ValueError
    days = sorted(Weekday((bit + 6) % 7) for bit in range(7) if mask & 1 << bit)
    return tuple(days), start, end


def _read_year_day(entry: EntryFields) -> YearDaySchedule:
    start, end = (EPOCH + timedelta(seconds=seconds) for seconds in entry)
    if not start < end or (start - EPOCH) % _MINUTE or (end - EPOCH) % _MINUTE:
        raise ValueError
    return YearDaySchedule(start, end)


def _minutes(hours: int, minutes: int) -> int:
    if not 0 <= hours < 24 or not 0 <= minutes < 60:
        raise ValueError
    return hours * 60 + minutes
