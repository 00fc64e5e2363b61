"""Rules with a time of validity, and with parts that no lock holds together."""

from custom_components.keyholder.model.access_rules import AccessRule

from ..access_rules.case import SOURCE, conditions, valid, weekly
from .case import (
    ANY,
    DAILY,
    OFFICE,
    OFFICE_LIMITS,
    STAY,
    STAY_LIMITS,
    WEEK_DAYS,
    YEAR_DAYS,
    Case,
    between,
    daily,
)

STAYS = (
    Case("from and until", STAY, ANY, STAY_LIMITS, True),
    Case("room for one", STAY, YEAR_DAYS, STAY_LIMITS, True),
    Case(
        "only an end",
        valid(None, "2026-01-09 11:00"),
        ANY,
        between("2000-01-01 00:00", "2026-01-09 11:00"),
        True,
    ),
    Case("only a start", valid("2026-01-05 15:00", None), ANY, None, False),
    Case(
        "the lock's wall time",
        STAY,
        ANY,
        between("2026-01-05 09:00", "2026-01-09 05:00"),
        True,
        zone="America/New_York",
    ),
    Case(
        "over the change to summer",
        valid("2026-03-28 12:00", "2026-03-29 12:00"),
        ANY,
        between("2026-03-28 12:00", "2026-03-29 12:00"),
        True,
    ),
    Case(
        "an end with seconds",
        valid("2026-01-05 15:00", "2026-01-09 11:00:01"),
        ANY,
        None,
        False,
    ),
    Case(
        "a start with microseconds",
        valid("2026-01-05 15:00:00.000001", "2026-01-09 11:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "no whole minute on the lock",
        valid("1971-06-02 12:00+00:00", "2026-01-09 11:00"),
        ANY,
        None,
        False,
        zone="Africa/Monrovia",
    ),
    Case(
        "an end in the double hour, the first time",
        valid(None, "2026-10-25 02:30+02:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "an end in the double hour, the second time",
        valid(None, "2026-10-25 02:30+01:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "an end as the clock goes back",
        valid(None, "2026-10-25 02:00+01:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "a start in the double hour",
        valid("2026-10-25 02:30+02:00", "2026-11-09 11:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "an end right after the double hour",
        valid(None, "2026-10-25 03:00"),
        ANY,
        between("2000-01-01 00:00", "2026-10-25 03:00"),
        True,
    ),
    Case(
        "an end where an hour is left out",
        valid(None, "2026-03-29 01:00+00:00"),
        ANY,
        between("2000-01-01 00:00", "2026-03-29 03:00"),
        True,
    ),
    Case(
        "a start before a lock's first year",
        valid("1999-12-31 12:00", "2026-01-09 11:00"),
        ANY,
        between("2000-01-01 00:00", "2026-01-09 11:00"),
        True,
    ),
    Case(
        "an end before a lock's first year",
        valid(None, "1970-01-01 00:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "an end after a lock's last year",
        valid(None, "2100-01-01 00:00"),
        ANY,
        None,
        False,
    ),
    Case(
        "an end that the zone has no date for",
        valid(None, "9999-12-31 23:59+00:00"),
        ANY,
        None,
        False,
    ),
)

MIXED = (
    Case(
        "a stay goes before a week",
        valid("2026-01-05 15:00", "2026-01-09 11:00", "mon-fri 08:00-17:00"),
        ANY,
        STAY_LIMITS,
        False,
    ),
    Case(
        "an end goes before a week",
        valid(None, "2026-01-09 11:00", "mon-fri 08:00-17:00"),
        ANY,
        between("2000-01-01 00:00", "2026-01-09 11:00"),
        False,
    ),
    Case(
        "a week goes before a start",
        valid("2026-01-05 15:00", None, "mon-fri 08:00-17:00"),
        ANY,
        OFFICE_LIMITS,
        False,
    ),
    Case(
        "a week, where there is no room for a stay",
        valid("2026-01-05 15:00", "2026-01-09 11:00", "mon-fri 08:00-17:00"),
        WEEK_DAYS,
        OFFICE_LIMITS,
        False,
    ),
    Case(
        "a week, where the end does not fit",
        valid(None, "2026-10-25 02:30+02:00", "mon-fri 08:00-17:00"),
        ANY,
        OFFICE_LIMITS,
        False,
    ),
    Case(
        "a stay, where the week does not fit",
        valid("2026-01-05 15:00", "2026-01-09 11:00", "fri 22:00-06:00"),
        ANY,
        STAY_LIMITS,
        False,
    ),
    Case(
        "a stay with a week of whole days is held as a whole",
        valid("2026-01-05 15:00", "2026-01-09 11:00", "daily 00:00-24:00"),
        ANY,
        STAY_LIMITS,
        True,
    ),
    Case("uses", AccessRule(use_limit=1), ANY, None, False),
    Case("a condition", AccessRule(conditions=conditions(1)), ANY, None, False),
    Case("a schedule entity", AccessRule(source=SOURCE), ANY, None, False),
    Case(
        "a stay with uses",
        AccessRule(
            valid_from=STAY.valid_from, valid_until=STAY.valid_until, use_limit=1
        ),
        ANY,
        STAY_LIMITS,
        False,
    ),
    Case(
        "a week with a condition",
        AccessRule(weekly=OFFICE.weekly, conditions=conditions(1)),
        ANY,
        OFFICE_LIMITS,
        False,
    ),
    Case(
        "a week with a schedule entity",
        AccessRule(weekly=weekly("mon 08:00-17:00"), source=SOURCE),
        DAILY,
        daily("mon 08:00-17:00"),
        False,
    ),
)

TABLES = {"stays": STAYS, "mixed": MIXED}
