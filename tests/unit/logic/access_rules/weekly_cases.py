"""Weekly schedules, while no clock moves. 5 January 2026 is a Monday."""

from custom_components.keyholder.model.access_rules import DenialCause
from tests.unit.logic.access_rules.case import Case, inside, outside

OFFICE = inside("mon-fri 08:00-17:00")
NIGHT = inside("fri 22:00-06:00")
SUNDAY_NIGHT = inside("sun 22:00-06:00")
SHIFTS = inside("daily 06:00-10:00", "daily 14:00-18:00")
LATE = inside("daily 18:00-24:00")
TO_ZERO = inside("daily 18:00-00:00")
CLEANING = outside("tue 09:00-11:00")
CLOSED_NIGHTS = outside("daily 22:00-06:00")

NO = DenialCause.SCHEDULE

ONE_WINDOW = (
    Case(
        "a minute before it opens", OFFICE, "2026-01-05 07:59", NO, "2026-01-05 08:00"
    ),
    Case(
        "an instant before it opens",
        OFFICE,
        "2026-01-05 07:59:59.999999",
        NO,
        "2026-01-05 08:00",
    ),
    Case("its start counts", OFFICE, "2026-01-05 08:00", None, "2026-01-05 17:00"),
    Case("in the middle", OFFICE, "2026-01-05 12:34:56", None, "2026-01-05 17:00"),
    Case("its last second", OFFICE, "2026-01-05 16:59:59", None, "2026-01-05 17:00"),
    Case("its end does not count", OFFICE, "2026-01-05 17:00", NO, "2026-01-06 08:00"),
    Case("on Friday evening", OFFICE, "2026-01-09 17:00", NO, "2026-01-12 08:00"),
    Case("on a day that it lacks", OFFICE, "2026-01-10 12:00", NO, "2026-01-12 08:00"),
    Case("on Sunday at noon", OFFICE, "2026-01-11 12:00", NO, "2026-01-12 08:00"),
    Case(
        "a window of a minute",
        inside("sun 01:00-01:01"),
        "2026-01-11 01:00:59",
        None,
        "2026-01-11 01:01",
    ),
    Case(
        "a week until it opens again",
        inside("sun 01:00-01:01"),
        "2026-01-11 01:01",
        NO,
        "2026-01-18 01:00",
    ),
    Case(
        "the last minute of the week",
        inside("sun 23:59-24:00"),
        "2026-01-11 23:59:30",
        None,
        "2026-01-12 00:00",
    ),
    Case(
        "the first minute of the week",
        inside("mon 00:00-00:01"),
        "2026-01-11 23:59:59",
        NO,
        "2026-01-12 00:00",
    ),
)

ACROSS_MIDNIGHT = (
    Case("before a night", NIGHT, "2026-01-09 21:59:59", NO, "2026-01-09 22:00"),
    Case("a night begins", NIGHT, "2026-01-09 22:00", None, "2026-01-10 06:00"),
    Case("a night at midnight", NIGHT, "2026-01-10 00:00", None, "2026-01-10 06:00"),
    Case("its last second", NIGHT, "2026-01-10 05:59:59", None, "2026-01-10 06:00"),
    Case("a night is over", NIGHT, "2026-01-10 06:00", NO, "2026-01-16 22:00"),
    Case(
        "the morning of the day it starts on is not its own",
        NIGHT,
        "2026-01-09 03:00",
        NO,
        "2026-01-09 22:00",
    ),
    Case(
        "the evening of the day it ends on is not its own",
        NIGHT,
        "2026-01-10 23:00",
        NO,
        "2026-01-16 22:00",
    ),
    Case(
        "a Sunday night goes on into Monday",
        SUNDAY_NIGHT,
        "2026-01-11 23:59:59",
        None,
        "2026-01-12 06:00",
    ),
    Case(
        "Monday morning belongs to Sunday night",
        SUNDAY_NIGHT,
        "2026-01-12 05:59",
        None,
        "2026-01-12 06:00",
    ),
    Case("Monday at six", SUNDAY_NIGHT, "2026-01-12 06:00", NO, "2026-01-18 22:00"),
    Case("Sunday morning", SUNDAY_NIGHT, "2026-01-11 03:00", NO, "2026-01-11 22:00"),
    Case(
        "a Monday night does not reach back to Monday morning",
        inside("mon 22:00-06:00"),
        "2026-01-05 03:00",
        NO,
        "2026-01-05 22:00",
    ),
    Case(
        "every night, in the morning",
        inside("daily 22:00-06:00"),
        "2026-01-12 02:00",
        None,
        "2026-01-12 06:00",
    ),
    Case(
        "every night, at noon",
        inside("daily 22:00-06:00"),
        "2026-01-11 12:00",
        NO,
        "2026-01-11 22:00",
    ),
    Case(
        "all but a minute around the clock",
        inside("sat 12:00-11:59"),
        "2026-01-11 11:58",
        None,
        "2026-01-11 11:59",
    ),
    Case("up to 24:00", LATE, "2026-01-07 23:59:59", None, "2026-01-08 00:00"),
    Case("24:00 is over", LATE, "2026-01-08 00:00", NO, "2026-01-08 18:00"),
    Case("up to 0:00", TO_ZERO, "2026-01-07 23:59:59", None, "2026-01-08 00:00"),
    Case("0:00 is over", TO_ZERO, "2026-01-08 00:00", NO, "2026-01-08 18:00"),
    Case(
        "up to 0:00 on Sunday",
        inside("sun 18:00-00:00"),
        "2026-01-11 20:00",
        None,
        "2026-01-12 00:00",
    ),
    Case(
        "over New Year's Eve",
        inside("thu 22:00-02:00"),
        "2026-12-31 23:59:59",
        None,
        "2027-01-01 02:00",
    ),
    Case(
        "on New Year's Day",
        inside("thu 22:00-02:00"),
        "2027-01-01 01:00",
        None,
        "2027-01-01 02:00",
    ),
)

WHOLE_DAYS = (
    Case(
        "a whole day begins",
        inside("wed 00:00-24:00"),
        "2026-01-07 00:00",
        None,
        "2026-01-08 00:00",
    ),
    Case(
        "a whole day is over",
        inside("wed 00:00-24:00"),
        "2026-01-08 00:00",
        NO,
        "2026-01-14 00:00",
    ),
    Case(
        "the weekend in one",
        inside("sat,sun 00:00-24:00"),
        "2026-01-10 23:59:59",
        None,
        "2026-01-12 00:00",
    ),
    Case(
        "whole days from Sunday to Monday are one",
        inside("mon,sun 00:00-24:00"),
        "2026-01-11 13:00",
        None,
        "2026-01-13 00:00",
    ),
    Case("always", inside("daily 00:00-24:00"), "2026-01-11 23:59", None, None),
    Case(
        "always, of two halves",
        inside("daily 00:00-12:00", "daily 12:00-24:00"),
        "2026-01-07 12:00",
        None,
        None,
    ),
    Case(
        "always, of nights and days",
        inside("daily 20:00-08:00", "daily 08:00-20:00"),
        "2026-01-12 00:00",
        None,
        None,
    ),
    Case(
        "a leap day is a day of the week",
        inside("tue 00:00-24:00"),
        "2028-02-29 12:00",
        None,
        "2028-03-01 00:00",
    ),
    Case(
        "the night before a leap day",
        inside("mon 22:00-06:00"),
        "2028-02-29 05:59",
        None,
        "2028-02-29 06:00",
    ),
    Case(
        "the night after a leap day",
        inside("tue 22:00-06:00"),
        "2028-02-29 23:00",
        None,
        "2028-03-01 06:00",
    ),
    Case(
        "no leap day in other years",
        inside("sun 22:00-06:00"),
        "2027-02-28 23:00",
        None,
        "2027-03-01 06:00",
    ),
)

SEVERAL_WINDOWS = (
    Case("in the first", SHIFTS, "2026-01-06 06:00", None, "2026-01-06 10:00"),
    Case("between two", SHIFTS, "2026-01-06 10:00", NO, "2026-01-06 14:00"),
    Case("in the second", SHIFTS, "2026-01-06 17:59", None, "2026-01-06 18:00"),
    Case("after the last", SHIFTS, "2026-01-06 18:00", NO, "2026-01-07 06:00"),
    Case(
        "written in another order",
        inside("daily 14:00-18:00", "daily 06:00-10:00"),
        "2026-01-06 10:00",
        NO,
        "2026-01-06 14:00",
    ),
    Case(
        "two that overlap are one",
        inside("mon 08:00-12:00", "mon 11:00-15:00"),
        "2026-01-05 09:00",
        None,
        "2026-01-05 15:00",
    ),
    Case(
        "one inside another changes nothing",
        inside("mon 08:00-18:00", "mon 10:00-11:00"),
        "2026-01-05 10:30",
        None,
        "2026-01-05 18:00",
    ),
    Case(
        "two that touch are one",
        inside("mon 08:00-12:00", "mon 12:00-15:00"),
        "2026-01-05 11:59",
        None,
        "2026-01-05 15:00",
    ),
    Case(
        "two that touch, where they touch",
        inside("mon 08:00-12:00", "mon 12:00-15:00"),
        "2026-01-05 12:00",
        None,
        "2026-01-05 15:00",
    ),
    Case(
        "a minute between two",
        inside("mon 08:00-12:00", "mon 12:01-15:00"),
        "2026-01-05 12:00:30",
        NO,
        "2026-01-05 12:01",
    ),
    Case(
        "two that touch at midnight are one",
        inside("mon 20:00-24:00", "tue 00:00-04:00"),
        "2026-01-05 21:00",
        None,
        "2026-01-06 04:00",
    ),
    Case(
        "two that touch between Sunday and Monday are one",
        inside("sun 20:00-24:00", "mon 00:00-04:00"),
        "2026-01-11 21:00",
        None,
        "2026-01-12 04:00",
    ),
    Case(
        "a night that the next day's window goes on from",
        inside("fri 22:00-06:00", "sat 05:00-09:00"),
        "2026-01-09 23:00",
        None,
        "2026-01-10 09:00",
    ),
    Case(
        "ten windows a day",
        inside(*(f"daily {hour * 2 + 2}:00-{hour * 2 + 3}:00" for hour in range(10))),
        "2026-01-07 11:15",
        NO,
        "2026-01-07 12:00",
    ),
    Case(
        "the same window twice",
        inside("mon 08:00-12:00", "mon 08:00-12:00"),
        "2026-01-05 09:00",
        None,
        "2026-01-05 12:00",
    ),
)

EXCLUDED = (
    Case("before", CLEANING, "2026-01-06 08:59:59", None, "2026-01-06 09:00"),
    Case("its start denies", CLEANING, "2026-01-06 09:00", NO, "2026-01-06 11:00"),
    Case("its end allows", CLEANING, "2026-01-06 11:00", None, "2026-01-13 09:00"),
    Case("another day", CLEANING, "2026-01-07 10:00", None, "2026-01-13 09:00"),
    Case("a night", CLOSED_NIGHTS, "2026-01-12 05:59", NO, "2026-01-12 06:00"),
    Case("after a night", CLOSED_NIGHTS, "2026-01-12 06:00", None, "2026-01-12 22:00"),
    Case(
        "only Sunday nights, on Sunday morning",
        outside("sun 22:00-06:00"),
        "2026-01-11 03:00",
        None,
        "2026-01-11 22:00",
    ),
    Case(
        "only Sunday nights, on Monday morning",
        outside("sun 22:00-06:00"),
        "2026-01-12 03:00",
        NO,
        "2026-01-12 06:00",
    ),
    Case(
        "the union of windows that overlap",
        outside("mon 08:00-12:00", "mon 11:00-15:00"),
        "2026-01-05 11:30",
        NO,
        "2026-01-05 15:00",
    ),
    Case(
        "between two",
        outside("mon 08:00-12:00", "mon 13:00-15:00"),
        "2026-01-05 12:00",
        None,
        "2026-01-05 13:00",
    ),
    Case(
        "a whole day",
        outside("sun 00:00-24:00"),
        "2026-01-11 00:00",
        NO,
        "2026-01-12 00:00",
    ),
    Case(
        "up to a whole day",
        outside("sun 00:00-24:00"),
        "2026-01-05 00:00",
        None,
        "2026-01-11 00:00",
    ),
    Case("nothing at all", outside(), "2026-01-05 09:00", None, None),
    Case("all of the week", outside("daily 00:00-24:00"), "2026-01-05 09:00", NO, None),
)

TABLES = {
    "one window": ONE_WINDOW,
    "across midnight": ACROSS_MIDNIGHT,
    "whole days": WHOLE_DAYS,
    "several windows": SEVERAL_WINDOWS,
    "excluded": EXCLUDED,
}
