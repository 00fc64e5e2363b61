"""One line of a table: a rule, what a lock offers, and what it holds of the rule."""

from dataclasses import dataclass
from datetime import datetime

from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.lock_schedule import (
    DailyRepeatingSchedule,
    LockSchedule,
    ScheduleSupport,
    WeekDaySchedule,
    YearDaySchedule,
)
from tests.unit.logic.access_rules.case import BERLIN, inside, valid, window

ANY = ScheduleSupport(week_days=7, daily=7, year_days=7)
WEEK_DAYS = ScheduleSupport(week_days=7)
DAILY = ScheduleSupport(daily=2)
YEAR_DAYS = ScheduleSupport(year_days=1)

OFFICE = inside("mon-fri 08:00-17:00")
STAY = valid("2026-01-05 15:00", "2026-01-09 11:00")


def on(*entries: str) -> LockSchedule:
    """Return the limits of days of the week, each written as "mon 08:00-17:00"."""
    return LockSchedule(
        week_days=tuple(
            WeekDaySchedule(day, each.start, each.end)
            for each in map(window, entries)
            for day in sorted(each.days)
        )
    )


def daily(*entries: str) -> LockSchedule:
    """Return the limits of times of the day, each written as "mon-fri 08:00-17:00"."""
    return LockSchedule(
        daily=tuple(
            DailyRepeatingSchedule(
                tuple(sorted(each.days)), each.start, each.end - each.start
            )
            for each in map(window, entries)
        )
    )


def between(start: str, end: str) -> LockSchedule:
    """Return the limits of a stretch of wall time."""
    entry = YearDaySchedule(datetime.fromisoformat(start), datetime.fromisoformat(end))
    return LockSchedule(year_days=(entry,))


@dataclass(frozen=True)
class Case:
    says: str
    rule: AccessRule
    support: ScheduleSupport | None
    limits: LockSchedule | None
    complete: bool
    zone: str = BERLIN


STAY_LIMITS = between("2026-01-05 15:00", "2026-01-09 11:00")
OFFICE_LIMITS = on("mon-fri 08:00-17:00")
