"""The limits of these tests."""

from datetime import datetime
from typing import Final

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.limits import (
    DailyLimit,
    Limits,
    WeekDayLimit,
    YearDayLimit,
)

wall: Final = datetime.fromisoformat
"""A lock's wall time has no zone."""

MORNINGS: Final = Limits(
    week_days=(
        WeekDayLimit(Weekday.MONDAY, 8 * 60, 12 * 60),
        WeekDayLimit(Weekday.SUNDAY, 9 * 60 + 30, 12 * 60 + 15),
    )
)
CLEANING: Final = Limits(
    daily=(
        DailyLimit((Weekday.MONDAY, Weekday.SATURDAY), 9 * 60, 195),
        DailyLimit((Weekday.WEDNESDAY, Weekday.SUNDAY), 22 * 60, 240),
    )
)
STAY: Final = Limits(
    year_days=(
        YearDayLimit(wall("2028-02-27 15:00"), wall("2028-02-29 11:30")),
        YearDayLimit(wall("2099-12-31 23:00"), wall("2099-12-31 23:59")),
    )
)
ONE_STAY: Final = Limits(year_days=STAY.year_days[:1])
