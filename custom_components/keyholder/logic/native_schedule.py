"""Native schedules: translate an access rule into entries that a lock can enforce itself."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from ..model.access_rules import MINUTES_PER_DAY, AccessRule, Weekday
from ..model.lock_schedule import (
    DailyRepeatingSchedule,
    EnforcedBy,
    LockSchedule,
    ScheduleSupport,
    WeekDaySchedule,
    YearDaySchedule,
)
from .weekly import Week, compile_week

# locks keep two digits of a year
_FIRST: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a lock's wall time
_BEYOND: Final = datetime(2100, 1, 1)  # noqa: DTZ001

_RETRY: Final = timedelta(hours=1)
"""How long an offset from UTC that will have changed by then is waited for at a time."""

_NO_SUPPORT: Final = ScheduleSupport()


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeSchedule:
    """The part of a rule that a lock can hold: `schedule`, None where it is nothing.

    It never denies what the rule allows. `complete`: with it, the lock alone allows
    exactly what the rule does.
    """

    schedule: LockSchedule | None
    complete: bool


def native_schedule(
    rule: AccessRule, support: ScheduleSupport | None, zone: tzinfo
) -> NativeSchedule:
    """Return what a lock, whose clock is that of `zone`, can hold of a rule.

    The lock holds entries of one kind only. The end of access comes first: it is what
    must happen while Home Assistant is not running.
    """
    support = support or _NO_SUPPORT
    parts: list[LockSchedule | None] = []
    if rule.valid_from is not None or rule.valid_until is not None:
        parts.append(_validity(rule, support, zone))
    if rule.weekly is not None and not (week := compile_week(rule.weekly)).is_always:
        parts.append(_weekly(week, support))
    schedule = next((part for part in parts if part is not None), None)
    only_times = rule.source is None and rule.use_limit is None and not rule.conditions
    parts_held = 0 if schedule is None else 1
    return NativeSchedule(
        schedule=schedule, complete=only_times and parts_held == len(parts)
    )


def put_ahead_at(
    native: NativeSchedule,
    support: ScheduleSupport | None,
    begins_at: datetime,
    *,
    ahead: timedelta,
    now: datetime,
    zone: tzinfo,
) -> datetime | None:
    """Return when a code may be on a lock before its time; None if it never may.

    The lock has to enforce the whole rule by a clock that somebody sets or reads. A
    change of the offset from UTC is waited for: not every lock knows of it, and would
    open an hour early.
    """
    if (
        not native.complete
        or native.schedule is None
        or support is None
        or support.trusts_clock
        or not ahead
    ):
        return None
    at = begins_at - ahead
    if at <= now and _offset(now, zone) != _offset(begins_at, zone):
        return min(begins_at, now + _RETRY)
    return at


def _offset(moment: datetime, zone: tzinfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()


def enforced_by(
    rule: AccessRule, native: NativeSchedule, shown: LockSchedule | None
) -> EnforcedBy | None:
    """Return what denies a person access at a lock; None if nothing ever does.

    The lock does so only while it holds all of the rule, and a read has `shown` that.
    """
    if rule.is_unrestricted or (native.complete and native.schedule is None):
        return None
    if native.complete and shown == native.schedule:
        return EnforcedBy.LOCK
    return EnforcedBy.HOME_ASSISTANT


def _validity(
    rule: AccessRule, support: ScheduleSupport, zone: tzinfo
) -> LockSchedule | None:
    """Return the validity as a schedule, None where a lock cannot hold it exactly."""
    if rule.valid_until is None or support.year_days < 1:
        return None
    end = _lock_wall_time(rule.valid_until, zone)
    start = (
        _FIRST if rule.valid_from is None else _lock_wall_time(rule.valid_from, zone)
    )
    if start is None or end is None or not _FIRST < end < _BEYOND:
        return None
    return LockSchedule(year_days=(YearDaySchedule(max(start, _FIRST), end),))


def _lock_wall_time(moment: datetime, zone: tzinfo) -> datetime | None:
    """Return the wall time of a moment, None where that is ambiguous or not a whole minute."""
    try:
        local = moment.astimezone(zone)
    except OverflowError:
        return None
    other = local.replace(fold=1 - local.fold)
    if local.second or local.microsecond or other.utcoffset() != local.utcoffset():
        return None
    return local.replace(tzinfo=None)


def _weekly(week: Week, support: ScheduleSupport) -> LockSchedule | None:
    """Return a week's schedule, None where a lock cannot hold it exactly."""
    entries = tuple(_each_day(week))
    if not entries or any(entry.end >= MINUTES_PER_DAY for entry in entries):
        # a schedule without entries would not restrict, and a lock's day ends at 23:59
        return None
    if len(entries) <= support.week_days:
        return LockSchedule(week_days=entries)
    days: defaultdict[tuple[int, int], list[Weekday]] = defaultdict(list)
    for entry in entries:
        days[entry.start, entry.end].append(entry.day)
    if len(days) > support.daily:
        return None
    return LockSchedule(
        daily=tuple(
            DailyRepeatingSchedule(days=tuple(on), start=start, minutes=end - start)
            for (start, end), on in sorted(days.items())
        )
    )


def _each_day(week: Week) -> Iterator[WeekDaySchedule]:
    """Yield each allowed span on its day, in order; one beyond midnight is cut there."""
    for start, end in week.spans:
        day, minute = divmod(start, MINUTES_PER_DAY)
        yield WeekDaySchedule(
            Weekday(day), minute, min(minute + end - start, MINUTES_PER_DAY)
        )
