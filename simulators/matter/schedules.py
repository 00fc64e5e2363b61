"""Schedules that a lock holds. Local times, no time zone: a lock goes by its own clock."""

from simulators.common.door_lock.schedules import Holiday, ScheduleKey, Span, WeekDay

from . import events
from .lock import DoorLock, RefusedError
from .memory import Author
from .terms import ALL_SCHEDULES, LockData, OperationType, Status

ALL_DAYS = 0x7F


def set_week_day(lock: DoorLock, key: ScheduleKey, entry: WeekDay, by: Author) -> None:
    """Set hours of some days; none may go over midnight."""
    _check_index(key[1], lock.limits.week_days_per_user)
    lock.check_user_index(key[0])
    times_exist = all(
        0 <= hour <= 23 and 0 <= minute <= 59
        for hour, minute in (entry.start, entry.end)
    )
    if not 0 < entry.days <= ALL_DAYS or not times_exist:
        raise RefusedError(Status.INVALID_COMMAND)
    _check_user(lock, key[0])
    if entry.end <= entry.start:
        raise RefusedError(Status.INVALID_COMMAND)
    known = key in lock.memory.week_days
    lock.memory.week_days[key] = entry
    _emit(lock, LockData.WEEK_DAY_SCHEDULE, _set(known), key, by)


def set_year_day(lock: DoorLock, key: ScheduleKey, span: Span, by: Author) -> None:
    """Set a span of time."""
    _check_index(key[1], lock.limits.year_days_per_user)
    lock.check_user_index(key[0])
    _check_user(lock, key[0])
    _check_span(span)
    known = key in lock.memory.year_days
    lock.memory.year_days[key] = span
    _emit(lock, LockData.YEAR_DAY_SCHEDULE, _set(known), key, by)


def set_holiday(lock: DoorLock, index: int, holiday: Holiday, by: Author) -> None:
    """Set a span in which another operating mode holds."""
    _check_index(index, lock.limits.holidays)
    _check_span(holiday.span)
    if not 0 <= holiday.mode <= 4:
        raise RefusedError(Status.INVALID_COMMAND)
    known = index in lock.memory.holidays
    lock.memory.holidays[index] = holiday
    _emit(lock, LockData.HOLIDAY_SCHEDULE, _set(known), (None, index), by)


def clear_week_day(lock: DoorLock, key: ScheduleKey, by: Author) -> None:
    """Clear one, or with ALL_SCHEDULES all of a user; an empty one is fine."""
    _clear(lock, lock.memory.week_days, key, lock.limits.week_days_per_user)
    _emit(lock, LockData.WEEK_DAY_SCHEDULE, OperationType.CLEAR, key, by)


def clear_year_day(lock: DoorLock, key: ScheduleKey, by: Author) -> None:
    """Clear one, or with ALL_SCHEDULES all of a user; an empty one is fine."""
    _clear(lock, lock.memory.year_days, key, lock.limits.year_days_per_user)
    _emit(lock, LockData.YEAR_DAY_SCHEDULE, OperationType.CLEAR, key, by)


def clear_holiday(lock: DoorLock, index: int, by: Author) -> None:
    """Clear one, or with ALL_SCHEDULES all."""
    if index == ALL_SCHEDULES:
        lock.memory.holidays.clear()
    else:
        _check_index(index, lock.limits.holidays)
        lock.memory.holidays.pop(index, None)
    _emit(lock, LockData.HOLIDAY_SCHEDULE, OperationType.CLEAR, (None, index), by)


def read_status(lock: DoorLock, key: ScheduleKey, per_user: int, found: bool) -> Status:
    """Return how a question for a user's schedule is answered."""
    if not 1 <= key[1] <= per_user or not 1 <= key[0] <= lock.limits.users:
        return Status.INVALID_COMMAND
    return Status.SUCCESS if found else Status.NOT_FOUND


def _clear[Entry](
    lock: DoorLock, table: dict[ScheduleKey, Entry], key: ScheduleKey, per_user: int
) -> None:
    user, index = key
    lock.check_user_index(user)
    _check_index(index, ALL_SCHEDULES)
    _check_user(lock, user)
    if index != ALL_SCHEDULES:
        _check_index(index, per_user)
    for other in list(table):
        if other[0] == user and index in (ALL_SCHEDULES, other[1]):
            del table[other]


def _check_index(index: int, last: int) -> None:
    if not 1 <= index <= last:
        raise RefusedError(Status.INVALID_COMMAND)


def _check_span(span: Span) -> None:
    if span.end <= span.start:
        raise RefusedError(Status.INVALID_COMMAND)


def _check_user(lock: DoorLock, user: int) -> None:
    if user not in lock.memory.users:
        raise RefusedError(Status.FAILURE)


def _set(known: bool) -> OperationType:
    return OperationType.MODIFY if known else OperationType.ADD


def _emit(
    lock: DoorLock,
    kind: LockData,
    done: OperationType,
    key: tuple[int | None, int],
    by: Author,
) -> None:
    if lock.traits.reports_schedules:
        lock.emit(
            events.user_change(
                kind, done, by, lock.clock.milliseconds(), user=key[0], index=key[1]
            )
        )
