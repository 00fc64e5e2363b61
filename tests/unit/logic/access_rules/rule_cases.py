"""Validity, uses, and all parts of a rule together."""

from dataclasses import replace

from custom_components.keyholder.model.access_rules import (
    UNRESTRICTED_RULE,
    AccessRule,
    DenialCause,
    RuleInputs,
)
from tests.unit.logic.access_rules.case import (
    SOURCE,
    Case,
    answer,
    conditions,
    inside,
    moment,
    valid,
    weekly,
)

OFFICE = inside("mon-fri 08:00-17:00")
STAY = valid("2026-01-05 15:00", "2026-01-09 11:00")
STAY_DAYS = valid("2026-01-05 15:00", "2026-01-09 11:00", "daily 08:00-20:00")
UNTIL = valid(None, "2026-01-09 11:00")
FROM = valid("2026-01-05 15:00", None)
ONCE = AccessRule(use_limit=1)
THRICE = AccessRule(use_limit=3)
ALL = AccessRule(
    weekly=weekly("daily 08:00-20:00"),
    source=SOURCE,
    valid_from=moment("2026-01-05 15:00"),
    valid_until=moment("2026-01-09 11:00"),
    use_limit=3,
    conditions=conditions(2),
)

YES, NO = answer(True), answer(False)

VALIDITY = (
    Case("no part at all", UNRESTRICTED_RULE, "2026-01-05 12:00", None, None),
    Case(
        "before", STAY, "2026-01-05 14:59:59", DenialCause.NOT_YET, "2026-01-05 15:00"
    ),
    Case("its start counts", STAY, "2026-01-05 15:00", None, "2026-01-09 11:00"),
    Case("its last second", STAY, "2026-01-09 10:59:59", None, "2026-01-09 11:00"),
    Case("its end does not count", STAY, "2026-01-09 11:00", DenialCause.EXPIRED, None),
    Case("long over", STAY, "2031-01-09 11:00", DenialCause.EXPIRED, None),
    Case("only an end, long before", UNTIL, "2020-01-05", None, "2026-01-09 11:00"),
    Case("only an end, after", UNTIL, "2026-01-09 11:00", DenialCause.EXPIRED, None),
    Case(
        "only a start, before",
        FROM,
        "2020-01-05",
        DenialCause.NOT_YET,
        "2026-01-05 15:00",
    ),
    Case("only a start, after", FROM, "2026-01-05 15:00", None, None),
    Case(
        "from a leap day",
        valid("2028-02-29 00:00", None),
        "2028-02-28 23:59:59",
        DenialCause.NOT_YET,
        "2028-02-29 00:00",
    ),
    Case(
        "until the year's end",
        valid(None, "2027-01-01 00:00"),
        "2026-12-31 23:59:59",
        None,
        "2027-01-01 00:00",
    ),
    Case(
        "with seconds",
        valid("2026-01-05 15:00:17", None),
        "2026-01-05 15:00:16.999999",
        DenialCause.NOT_YET,
        "2026-01-05 15:00:17",
    ),
    Case(
        "from the second half of the double hour",
        valid("2026-10-25 02:30+01:00", None),
        "2026-10-25 02:45+02:00",
        DenialCause.NOT_YET,
        "2026-10-25 02:30+01:00",
    ),
    Case(
        "until the first half of the double hour",
        valid(None, "2026-10-25 02:30+02:00"),
        "2026-10-25 02:15+01:00",
        DenialCause.EXPIRED,
        None,
    ),
    Case(
        "written in another zone",
        valid("2026-01-05 09:00-05:00", None),
        "2026-01-05 14:59:59",
        DenialCause.NOT_YET,
        "2026-01-05 15:00",
    ),
    Case(
        "from in two years, with ten windows a day",
        AccessRule(
            weekly=weekly(*(f"daily {hour}:00-{hour}:30" for hour in range(10))),
            valid_from=moment("2028-01-05 15:00"),
        ),
        "2026-01-05 09:15",
        DenialCause.NOT_YET,
        "2028-01-05 15:00",
    ),
    Case(
        "until the last day of the calendar",
        valid(None, "9999-12-31 23:59+00:00"),
        "2026-01-05 12:00",
        None,
        "9999-12-31 23:59+00:00",
    ),
)

VALID_DAYS = (
    Case(
        "not yet, though the window is open",
        STAY_DAYS,
        "2026-01-05 10:00",
        DenialCause.NOT_YET,
        "2026-01-05 15:00",
    ),
    Case("both", STAY_DAYS, "2026-01-05 15:00", None, "2026-01-05 20:00"),
    Case(
        "valid at night",
        STAY_DAYS,
        "2026-01-05 20:00",
        DenialCause.SCHEDULE,
        "2026-01-06 08:00",
    ),
    Case(
        "the end comes before the window's",
        STAY_DAYS,
        "2026-01-09 08:00",
        None,
        "2026-01-09 11:00",
    ),
    Case(
        "the end comes before the next window",
        valid(None, "2026-01-09 07:00", "daily 08:00-20:00"),
        "2026-01-08 20:00",
        DenialCause.SCHEDULE,
        "2026-01-09 07:00",
    ),
    Case(
        "the end is that of the window",
        valid(None, "2026-01-09 20:00", "daily 08:00-20:00"),
        "2026-01-09 12:00",
        None,
        "2026-01-09 20:00",
    ),
    Case(
        "the end is the start of a window",
        valid(None, "2026-01-09 08:00", "daily 08:00-20:00"),
        "2026-01-09 07:59",
        DenialCause.SCHEDULE,
        "2026-01-09 08:00",
    ),
    Case(
        "valid from a time at which the window is closed",
        valid("2026-01-05 22:00", None, "daily 08:00-20:00"),
        "2026-01-05 12:00",
        DenialCause.NOT_YET,
        "2026-01-05 22:00",
    ),
)

USES = (
    Case("none yet", ONCE, "2026-01-05 12:00", None, None, RuleInputs(uses=0)),
    Case(
        "used once",
        ONCE,
        "2026-01-05 12:00",
        DenialCause.USED_UP,
        None,
        RuleInputs(uses=1),
    ),
    Case("below", THRICE, "2026-01-05 12:00", None, None, RuleInputs(uses=2)),
    Case(
        "at the limit",
        THRICE,
        "2026-01-05 12:00",
        DenialCause.USED_UP,
        None,
        RuleInputs(uses=3),
    ),
    Case(
        "above",
        THRICE,
        "2026-01-05 12:00",
        DenialCause.USED_UP,
        None,
        RuleInputs(uses=4),
    ),
    Case(
        "no limit",
        UNRESTRICTED_RULE,
        "2026-01-05 12:00",
        None,
        None,
        RuleInputs(uses=10**6),
    ),
    Case(
        "uses left, and a window",
        replace(OFFICE, use_limit=3),
        "2026-01-05 12:00",
        None,
        "2026-01-05 17:00",
        RuleInputs(uses=2),
    ),
    Case(
        "used up, time changes nothing",
        replace(STAY_DAYS, use_limit=3),
        "2026-01-06 12:00",
        DenialCause.USED_UP,
        None,
        RuleInputs(uses=3),
    ),
)

ORDER = (
    Case(
        "used up is first",
        ALL,
        "2026-01-10 22:00",
        DenialCause.USED_UP,
        None,
        RuleInputs(uses=3, source=NO),
    ),
    Case(
        "used up before it begins",
        ALL,
        "2026-01-01 12:00",
        DenialCause.USED_UP,
        None,
        RuleInputs(uses=3),
    ),
    Case(
        "then expired",
        ALL,
        "2026-01-09 11:00",
        DenialCause.EXPIRED,
        None,
        RuleInputs(uses=2),
    ),
    Case(
        "then not yet", ALL, "2026-01-01 22:00", DenialCause.NOT_YET, "2026-01-05 15:00"
    ),
    Case(
        "then the schedule by its windows",
        ALL,
        "2026-01-05 22:00",
        DenialCause.SCHEDULE,
        "2026-01-06 08:00",
        RuleInputs(source=YES, conditions=(NO, NO)),
    ),
    Case(
        "then the schedule by its entity",
        ALL,
        "2026-01-06 12:00",
        DenialCause.SCHEDULE,
        "2026-01-09 11:00",
        RuleInputs(source=NO, conditions=(YES, YES)),
    ),
    Case(
        "then a condition",
        ALL,
        "2026-01-06 12:00",
        DenialCause.CONDITION,
        "2026-01-06 20:00",
        RuleInputs(source=YES, conditions=(YES, NO)),
    ),
    Case(
        "and nothing",
        ALL,
        "2026-01-06 12:00",
        None,
        "2026-01-06 20:00",
        RuleInputs(uses=2, source=YES, conditions=(YES, YES)),
    ),
    Case(
        "the earliest of all changes is the next",
        ALL,
        "2026-01-06 12:00",
        None,
        "2026-01-06 12:10",
        RuleInputs(
            source=answer(True, turns="2026-01-06 13:00"),
            conditions=(
                answer(True, until="2026-01-06 12:10"),
                answer(True, until="2026-01-06 12:11"),
            ),
        ),
    ),
    Case(
        "nothing changes after the end",
        ALL,
        "2026-01-09 10:00",
        None,
        "2026-01-09 11:00",
        RuleInputs(
            source=answer(True, turns="2026-01-09 12:00"),
            conditions=(answer(True, until="2026-01-09 11:30"), YES),
        ),
    ),
)

TABLES = {
    "validity": VALIDITY,
    "validity and windows": VALID_DAYS,
    "uses": USES,
    "order": ORDER,
}
