"""The limits of these tests."""

from datetime import datetime
from typing import Final

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.lock_schedule import (
    DailyRepeatingSchedule,
    LockSchedule,
    WeekDaySchedule,
    YearDaySchedule,
)

wall: Final = datetime.fromisoformat
"""A lock's wall time has no zone."""

MORNINGS: Final = LockSchedule(
    week_days=(
        WeekDaySchedule(Weekday.MONDAY, 8 * 60, 12 * 60),
        WeekDaySchedule(Weekday.SUNDAY, 9 * 60 + 30, 12 * 60 + 15),
    )
)
CLEANING: Final = LockSchedule(
    daily=(
        DailyRepeatingSchedule((Weekday.MONDAY, Weekday.SATURDAY), 9 * 60, 195),
        DailyRepeatingSchedule((Weekday.WEDNESDAY, Weekday.SUNDAY), 22 * 60, 240),
    )
)
STAY: Final = LockSchedule(
    year_days=(
        YearDaySchedule(wall("2028-02-27 15:00"), wall("2028-02-29 11:30")),
        YearDaySchedule(wall("2099-12-31 23:00"), wall("2099-12-31 23:59")),
    )
)
ONE_STAY: Final = LockSchedule(year_days=STAY.year_days[:1])
