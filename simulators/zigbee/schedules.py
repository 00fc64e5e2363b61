"""Schedules of a lock; their numbers start at 0 for each user."""

from simulators.common.door_lock.schedules import Holiday, ScheduleKey, Span, WeekDay

from .lock import DoorLock
from .terms import Status, Stored

_DAYS = 0x7F


def set_week_day(lock: DoorLock, key: ScheduleKey, entry: WeekDay) -> Stored:
    """Store hours of some days."""
    if not _takes(lock, key, lock.limits.week_days_per_user):
        return Stored.FAILURE
    possible = 0 < entry.days <= _DAYS and _is_time(entry.start) and _is_time(entry.end)
    if not possible or entry.start >= entry.end:
        return Stored.FAILURE
    lock.memory.week_days[key] = entry
    return Stored.SUCCESS


def set_year_day(lock: DoorLock, key: ScheduleKey, span: Span) -> Stored:
    """Store a span."""
    if not _takes(lock, key, lock.limits.year_days_per_user) or span.start >= span.end:
        return Stored.FAILURE
    lock.memory.year_days[key] = span
    return Stored.SUCCESS


def set_holiday(lock: DoorLock, number: int, holiday: Holiday) -> Stored:
    """Store a span in which the lock is in another mode."""
    if number >= lock.limits.holidays or holiday.span.start >= holiday.span.end:
        return Stored.FAILURE
    lock.memory.holidays[number] = holiday
    return Stored.SUCCESS


def clear_week_day(lock: DoorLock, key: ScheduleKey) -> Stored:
    """Remove hours; none there is fine."""
    if not _exists(lock, key, lock.limits.week_days_per_user):
        return Stored.FAILURE
    lock.memory.week_days.pop(key, None)
    return Stored.SUCCESS


def clear_year_day(lock: DoorLock, key: ScheduleKey) -> Stored:
    """Remove a span; none there is fine."""
    if not _exists(lock, key, lock.limits.year_days_per_user):
        return Stored.FAILURE
    lock.memory.year_days.pop(key, None)
    return Stored.SUCCESS


def clear_holiday(lock: DoorLock, number: int) -> Stored:
    """Remove a holiday; none there is fine."""
    if number >= lock.limits.holidays:
        return Stored.FAILURE
    lock.memory.holidays.pop(number, None)
    return Stored.SUCCESS


def get_week_day(lock: DoorLock, key: ScheduleKey) -> tuple[Status, WeekDay | None]:
    """Return hours, or why there are none."""
    if not _exists(lock, key, lock.limits.week_days_per_user):
        return Status.INVALID_FIELD, None
    return _found(lock.memory.week_days.get(key))


def get_year_day(lock: DoorLock, key: ScheduleKey) -> tuple[Status, Span | None]:
    """Return a span, or why there is none."""
    if not _exists(lock, key, lock.limits.year_days_per_user):
        return Status.INVALID_FIELD, None
    return _found(lock.memory.year_days.get(key))


def get_holiday(lock: DoorLock, number: int) -> tuple[Status, Holiday | None]:
    """Return a holiday, or why there is none."""
    if number >= lock.limits.holidays:
        return Status.INVALID_FIELD, None
    return _found(lock.memory.holidays.get(number))


def _found[T](entry: T | None) -> tuple[Status, T | None]:
    return (Status.NOT_FOUND if entry is None else Status.SUCCESS), entry


def _exists(lock: DoorLock, key: ScheduleKey, capacity: int) -> bool:
    user, number = key
    return lock.limits.has_user(user) and number < capacity


def _takes(lock: DoorLock, key: ScheduleKey, capacity: int) -> bool:
    has_code = lock.memory.code_of(key[0]) is not None
    return _exists(lock, key, capacity) and (
        has_code or not lock.traits.schedule_needs_user
    )


def _is_time(time: tuple[int, int]) -> bool:
    return time[0] < 24 and time[1] < 60
