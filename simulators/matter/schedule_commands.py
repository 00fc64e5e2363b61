"""Schedule commands of the Door Lock cluster by name; see commands.py."""

from collections.abc import Callable

from simulators.common.door_lock.schedules import Holiday, Span, WeekDay

from . import schedules
from .events import Data
from .fields import Fields
from .lock import DoorLock
from .memory import Author
from .terms import Status

type Handler = Callable[[DoorLock, Fields, Author], Data | None]


def _set_week_day(lock: DoorLock, fields: Fields, by: Author) -> None:
    entry = WeekDay(
        fields.number("daysMask"),
        (fields.number("startHour"), fields.number("startMinute")),
        (fields.number("endHour"), fields.number("endMinute")),
    )
    key = fields.number("userIndex"), fields.number("weekDayIndex")
    schedules.set_week_day(lock, key, entry, by)


def _get_week_day(lock: DoorLock, fields: Fields, by: Author) -> Data:
    key = fields.number("userIndex"), fields.number("weekDayIndex")
    entry = lock.memory.week_days.get(key)
    per_user = lock.limits.week_days_per_user
    status = schedules.read_status(lock, key, per_user, entry is not None)
    answer: Data = {"weekDayIndex": key[1], "userIndex": key[0], "status": int(status)}
    if entry is not None:
        answer |= {
            "daysMask": entry.days,
            "startHour": entry.start[0],
            "startMinute": entry.start[1],
            "endHour": entry.end[0],
            "endMinute": entry.end[1],
        }
    return answer


def _clear_week_day(lock: DoorLock, fields: Fields, by: Author) -> None:
    key = fields.number("userIndex"), fields.number("weekDayIndex")
    schedules.clear_week_day(lock, key, by)


def _span(fields: Fields) -> Span:
    return Span(fields.number("localStartTime"), fields.number("localEndTime"))


def _span_data(span: Span) -> Data:
    return {"localStartTime": span.start, "localEndTime": span.end}


def _set_year_day(lock: DoorLock, fields: Fields, by: Author) -> None:
    key = fields.number("userIndex"), fields.number("yearDayIndex")
    schedules.set_year_day(lock, key, _span(fields), by)


def _get_year_day(lock: DoorLock, fields: Fields, by: Author) -> Data:
    key = fields.number("userIndex"), fields.number("yearDayIndex")
    span = lock.memory.year_days.get(key)
    per_user = lock.limits.year_days_per_user
    status = schedules.read_status(lock, key, per_user, span is not None)
    answer: Data = {"yearDayIndex": key[1], "userIndex": key[0], "status": int(status)}
    return answer if span is None else {**answer, **_span_data(span)}


def _clear_year_day(lock: DoorLock, fields: Fields, by: Author) -> None:
    key = fields.number("userIndex"), fields.number("yearDayIndex")
    schedules.clear_year_day(lock, key, by)


def _set_holiday(lock: DoorLock, fields: Fields, by: Author) -> None:
    holiday = Holiday(_span(fields), fields.number("operatingMode"))
    schedules.set_holiday(lock, fields.number("holidayIndex"), holiday, by)


def _get_holiday(lock: DoorLock, fields: Fields, by: Author) -> Data:
    index = fields.number("holidayIndex")
    holiday = lock.memory.holidays.get(index)
    if not 1 <= index <= lock.limits.holidays:
        return {"holidayIndex": index, "status": int(Status.INVALID_COMMAND)}
    if holiday is None:
        return {"holidayIndex": index, "status": int(Status.NOT_FOUND)}
    answer: Data = {"holidayIndex": index, "status": int(Status.SUCCESS)}
    return {**answer, **_span_data(holiday.span), "operatingMode": holiday.mode}


def _clear_holiday(lock: DoorLock, fields: Fields, by: Author) -> None:
    schedules.clear_holiday(lock, fields.number("holidayIndex"), by)


SCHEDULE_HANDLERS: dict[str, Handler] = {
    "ClearHolidaySchedule": _clear_holiday,
    "ClearWeekDaySchedule": _clear_week_day,
    "ClearYearDaySchedule": _clear_year_day,
    "GetHolidaySchedule": _get_holiday,
    "GetWeekDaySchedule": _get_week_day,
    "GetYearDaySchedule": _get_year_day,
    "SetHolidaySchedule": _set_holiday,
    "SetWeekDaySchedule": _set_week_day,
    "SetYearDaySchedule": _set_year_day,
}
