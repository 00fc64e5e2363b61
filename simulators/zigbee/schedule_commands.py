"""Schedule commands of the door lock cluster: payload in, answer's payload out."""

from collections.abc import Callable

from simulators.common.door_lock.schedules import Holiday, ScheduleKey, Span, WeekDay

from . import schedules
from .fields import Fields, u8, u16, u32
from .lock import DoorLock
from .terms import Command


def _key(fields: Fields) -> ScheduleKey:
    """Read the address of a schedule, which has its number first."""
    number = fields.u8()
    return fields.u16(), number


def _address(key: ScheduleKey) -> bytes:
    return u8(key[1]) + u16(key[0])


def _set_week_day(lock: DoorLock, fields: Fields) -> bytes:
    key, days = _key(fields), fields.u8()
    start, end = (fields.u8(), fields.u8()), (fields.u8(), fields.u8())
    return u8(schedules.set_week_day(lock, key, WeekDay(days, start, end)))


def _get_week_day(lock: DoorLock, fields: Fields) -> bytes:
    key = _key(fields)
    status, entry = schedules.get_week_day(lock, key)
    answer = _address(key) + u8(status)
    return (
        answer
        if entry is None
        else answer + bytes([entry.days, *entry.start, *entry.end])
    )


def _clear_week_day(lock: DoorLock, fields: Fields) -> bytes:
    return u8(schedules.clear_week_day(lock, _key(fields)))


def _set_year_day(lock: DoorLock, fields: Fields) -> bytes:
    key = _key(fields)
    span = Span(fields.u32(), fields.u32())
    return u8(schedules.set_year_day(lock, key, span))


def _get_year_day(lock: DoorLock, fields: Fields) -> bytes:
    key = _key(fields)
    status, span = schedules.get_year_day(lock, key)
    answer = _address(key) + u8(status)
    return answer if span is None else answer + u32(span.start) + u32(span.end)


def _clear_year_day(lock: DoorLock, fields: Fields) -> bytes:
    return u8(schedules.clear_year_day(lock, _key(fields)))


def _set_holiday(lock: DoorLock, fields: Fields) -> bytes:
    number, span = fields.u8(), Span(fields.u32(), fields.u32())
    return u8(schedules.set_holiday(lock, number, Holiday(span, fields.u8())))


def _get_holiday(lock: DoorLock, fields: Fields) -> bytes:
    number = fields.u8()
    status, holiday = schedules.get_holiday(lock, number)
    answer = u8(number) + u8(status)
    if holiday is None:
        return answer
    span = holiday.span
    return answer + u32(span.start) + u32(span.end) + u8(holiday.mode)


def _clear_holiday(lock: DoorLock, fields: Fields) -> bytes:
    return u8(schedules.clear_holiday(lock, fields.u8()))


SCHEDULE_HANDLERS: dict[int, Callable[[DoorLock, Fields], bytes]] = {
    Command.SET_WEEK_DAY: _set_week_day,
    Command.GET_WEEK_DAY: _get_week_day,
    Command.CLEAR_WEEK_DAY: _clear_week_day,
    Command.SET_YEAR_DAY: _set_year_day,
    Command.GET_YEAR_DAY: _get_year_day,
    Command.CLEAR_YEAR_DAY: _clear_year_day,
    Command.SET_HOLIDAY: _set_holiday,
    Command.GET_HOLIDAY: _get_holiday,
    Command.CLEAR_HOLIDAY: _clear_holiday,
}
