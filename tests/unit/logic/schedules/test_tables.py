"""What of a rule a lock can hold by itself."""

from zoneinfo import ZoneInfo

import pytest

from custom_components.keyholder.logic.native_schedule import (
    NativeSchedule,
    native_schedule,
)
from custom_components.keyholder.model.access_rules import Weekday
from tests.unit.logic.access_rules.case import BERLIN, inside
from tests.unit.logic.schedules import stay_cases, week_cases
from tests.unit.logic.schedules.case import ANY, DAILY, Case

TABLES = week_cases.TABLES | stay_cases.TABLES


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{table}: {case.says}")
        for table, cases in TABLES.items()
        for case in cases
    ],
)
def test_what_of_a_rule_a_lock_holds(case: Case) -> None:
    native = native_schedule(case.rule, case.support, ZoneInfo(case.zone))
    assert native == NativeSchedule(schedule=case.limits, complete=case.complete)


def test_rules_that_mean_the_same_have_equal_limits() -> None:
    one = inside("mon-wed 08:00-12:00", "mon 12:00-17:00")
    other = inside("wed 08:00-12:00", "mon 08:00-17:00", "tue 08:00-12:00")
    zone = ZoneInfo(BERLIN)
    assert native_schedule(one, ANY, zone) == native_schedule(other, ANY, zone)


def test_days_are_in_the_order_of_the_week() -> None:
    native = native_schedule(inside("sun,mon,wed 08:00-12:00"), DAILY, ZoneInfo(BERLIN))
    assert native.schedule is not None
    (entry,) = native.schedule.daily
    assert entry.days == (Weekday.MONDAY, Weekday.WEDNESDAY, Weekday.SUNDAY)
