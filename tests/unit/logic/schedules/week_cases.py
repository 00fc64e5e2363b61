"""Rules with a week alone, and locks of all kinds."""

from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE
from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from tests.unit.logic.access_rules.case import inside, outside
from tests.unit.logic.schedules.case import (
    ANY,
    DAILY,
    OFFICE,
    OFFICE_LIMITS,
    STAY,
    WEEK_DAYS,
    YEAR_DAYS,
    Case,
    daily,
    on,
)

SUPPORT = (
    Case("an open rule needs no lock", UNRESTRICTED_RULE, None, None, True),
    Case("an open rule limits nothing", UNRESTRICTED_RULE, ANY, None, True),
    Case("a lock without schedules", OFFICE, None, None, False),
    Case("a lock with room for none", OFFICE, ScheduleSupport(), None, False),
    Case("a stay on a lock without schedules", STAY, None, None, False),
    Case("a stay where only weeks fit", STAY, WEEK_DAYS, None, False),
    Case("a week where only stays fit", OFFICE, YEAR_DAYS, None, False),
)

WEEKS = (
    Case("each day has its entry", OFFICE, ANY, OFFICE_LIMITS, True),
    Case("days of the week are preferred", OFFICE, WEEK_DAYS, OFFICE_LIMITS, True),
    Case(
        "just enough room",
        OFFICE,
        ScheduleSupport(week_days=5),
        OFFICE_LIMITS,
        True,
    ),
    Case("one too few", OFFICE, ScheduleSupport(week_days=4), None, False),
    Case(
        "one too few, but the times of the day are equal",
        OFFICE,
        ScheduleSupport(week_days=4, daily=1),
        daily("mon-fri 08:00-17:00"),
        True,
    ),
    Case("only times of the day", OFFICE, DAILY, daily("mon-fri 08:00-17:00"), True),
    Case(
        "times of the day, sorted",
        inside("mon,wed 14:00-16:00", "tue,thu 09:00-10:00"),
        DAILY,
        daily("tue,thu 09:00-10:00", "mon,wed 14:00-16:00"),
        True,
    ),
    Case(
        "times of the day with one start",
        inside("tue 09:00-12:00", "mon 09:00-10:00"),
        DAILY,
        daily("mon 09:00-10:00", "tue 09:00-12:00"),
        True,
    ),
    Case(
        "more times of the day than there is room for",
        inside("mon 08:00-09:00", "tue 09:00-10:00", "wed 10:00-11:00"),
        DAILY,
        None,
        False,
    ),
    Case(
        "windows in any order are sorted",
        inside("sat 08:00-09:00", "mon 14:00-16:00", "mon 08:00-09:00"),
        ANY,
        on("mon 08:00-09:00", "mon 14:00-16:00", "sat 08:00-09:00"),
        True,
    ),
    Case(
        "windows that touch are one entry",
        inside("mon 08:00-12:00", "mon 12:00-17:00"),
        ScheduleSupport(week_days=1),
        on("mon 08:00-17:00"),
        True,
    ),
    Case(
        "windows that overlap are one entry",
        inside("mon 08:00-12:00", "mon 11:00-17:00", "mon 09:00-10:00"),
        ScheduleSupport(week_days=1),
        on("mon 08:00-17:00"),
        True,
    ),
    Case(
        "from midnight on",
        inside("mon 00:00-06:00"),
        ANY,
        on("mon 00:00-06:00"),
        True,
    ),
    Case(
        "up to the last minute but one",
        inside("mon 08:00-23:59"),
        ANY,
        on("mon 08:00-23:59"),
        True,
    ),
    Case("up to 24:00", inside("mon 08:00-24:00"), ANY, None, False),
    Case("up to 0:00", inside("mon 08:00-00:00"), ANY, None, False),
    Case("up to 24:00 on Sunday", inside("sun 08:00-24:00"), ANY, None, False),
    Case("a whole day", inside("wed 00:00-24:00"), ANY, None, False),
    Case("over midnight", inside("fri 22:00-06:00"), ANY, None, False),
    Case("over midnight on Sunday", inside("sun 22:00-06:00"), ANY, None, False),
    Case(
        "one of many over midnight",
        inside("mon 08:00-09:00", "fri 22:00-06:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "two that make a night",
        inside("fri 22:00-24:00", "sat 00:00-06:00"),
        ANY,
        None,
        False,
    ),
    Case("nothing at any time", outside("daily 00:00-24:00"), ANY, None, False),
    Case(
        "excluded nights are days",
        outside("daily 20:00-08:00"),
        ANY,
        on("daily 08:00-20:00"),
        True,
    ),
    Case(
        "excluded nights in times of the day",
        outside("daily 20:00-08:00"),
        DAILY,
        daily("daily 08:00-20:00"),
        True,
    ),
    Case(
        "excluded hours leave midnight open",
        outside("daily 09:00-11:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "excluded nights and an hour",
        outside(
            "mon 00:00-08:00",
            "mon 12:00-13:00",
            "mon 18:00-24:00",
            "tue-sun 00:00-24:00",
        ),
        ANY,
        on("mon 08:00-12:00", "mon 13:00-18:00"),
        True,
    ),
    Case("excluding nothing is open", outside(), None, None, True),
    Case("a week of whole days is open", inside("daily 00:00-24:00"), ANY, None, True),
)

TABLES = {"support": SUPPORT, "weeks": WEEKS}
