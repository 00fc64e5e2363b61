"""Rules and limits refuse what has no meaning, and say what they are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from custom_components.keyholder.model.access_rules import (
    MINUTES_PER_DAY,
    UNRESTRICTED_RULE,
    AccessRule,
    DenialCause,
    InputState,
    Mode,
    RuleCondition,
    RuleInputs,
    RuleResult,
    ScheduleSource,
    Weekday,
    WeeklySchedule,
    Window,
)
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    DailyRepeatingSchedule,
    LockSchedule,
    WeekDaySchedule,
    YearDaySchedule,
)

MONDAY = frozenset({Weekday.MONDAY})
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def in_the_double_hour(minute: int, *, again: bool) -> datetime:
    return datetime(2026, 10, 25, 2, minute, fold=int(again), tzinfo=BERLIN)


def test_days_are_numbered_as_dates_number_them() -> None:
    assert Weekday(NOON.weekday()) is Weekday.MONDAY
    assert [day.value for day in Weekday] == list(range(7))


@pytest.mark.parametrize(
    ("start", "end", "crosses"),
    [
        (0, 1, False),
        (0, MINUTES_PER_DAY, False),
        (MINUTES_PER_DAY - 1, MINUTES_PER_DAY, False),
        (480, 1020, False),
        (1320, 360, True),
        (1, 0, True),
        (MINUTES_PER_DAY - 1, MINUTES_PER_DAY - 2, True),
    ],
)
def test_a_window_that_ends_before_it_starts_crosses_midnight(
    start: int, end: int, crosses: bool
) -> None:
    assert Window(MONDAY, start, end).crosses_midnight is crosses


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0, 0),
        (480, 480),
        (-1, 480),
        (480, -1),
        (MINUTES_PER_DAY, 480),
        (MINUTES_PER_DAY, MINUTES_PER_DAY),
        (480, MINUTES_PER_DAY + 1),
    ],
)
def test_a_window_without_length_or_out_of_the_day_is_refused(
    start: int, end: int
) -> None:
    with pytest.raises(ValueError, match=r"time that is not of a day|without length"):
        Window(MONDAY, start, end)


def test_a_window_on_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="without days"):
        Window(frozenset(), 480, 1020)


def test_only_excluding_makes_sense_without_windows() -> None:
    assert WeeklySchedule((), Mode.EXCLUDE).windows == ()
    with pytest.raises(ValueError, match="without windows"):
        WeeklySchedule(())


def starting(moment: datetime) -> AccessRule:
    return AccessRule(valid_from=moment)


def ending(moment: datetime) -> AccessRule:
    return AccessRule(valid_until=moment)


@pytest.mark.parametrize("rule", [starting, ending])
def test_a_time_without_a_zone_is_refused(
    rule: Callable[[datetime], AccessRule],
) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        rule(NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("rule", "moment"),
    [
        (ending, datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))),
        (starting, datetime.min.replace(tzinfo=timezone(timedelta(hours=5)))),
    ],
)
def test_a_time_that_utc_has_no_date_for_is_refused(
    rule: Callable[[datetime], AccessRule], moment: datetime
) -> None:
    with pytest.raises(ValueError, match="out of range"):
        rule(moment)


@pytest.mark.parametrize("until", [NOON, NOON - timedelta(seconds=1)])
def test_an_end_that_is_not_after_the_start_is_refused(until: datetime) -> None:
    with pytest.raises(ValueError, match="before the start"):
        AccessRule(valid_from=NOON, valid_until=until)


def test_start_and_end_are_compared_as_moments_not_as_what_a_clock_shows() -> None:
    """02:45 is before 02:30 when the clock went back in between."""
    first, second = (in_the_double_hour(45, again=each) for each in (False, True))
    AccessRule(valid_from=first, valid_until=in_the_double_hour(30, again=True))
    AccessRule(valid_from=first, valid_until=second)
    with pytest.raises(ValueError, match="before the start"):
        AccessRule(valid_from=second, valid_until=in_the_double_hour(50, again=False))


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_no_use_is_left_of_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="below 1"):
        AccessRule(use_limit=limit)


@pytest.mark.parametrize(
    "rule",
    [
        AccessRule(weekly=WeeklySchedule((), Mode.EXCLUDE)),
        AccessRule(source=ScheduleSource(entity="schedule.work")),
        AccessRule(valid_from=NOON),
        AccessRule(valid_until=NOON),
        AccessRule(use_limit=1),
        AccessRule(
            conditions=(RuleCondition(entity="sun.sun", state="above_horizon"),)
        ),
    ],
)
def test_a_rule_with_any_part_is_not_open(rule: AccessRule) -> None:
    assert not rule.is_unrestricted


def test_a_rule_without_any_part_is_open() -> None:
    assert UNRESTRICTED_RULE.is_unrestricted
    assert AccessRule().is_unrestricted


def test_an_entity_has_a_grace_of_a_quarter_hour_by_default() -> None:
    quarter = timedelta(minutes=15)
    assert ScheduleSource(entity="schedule.work").grace == quarter
    assert RuleCondition(entity="sun.sun", state="above_horizon").grace == quarter


def test_what_nobody_has_said_denies() -> None:
    assert RuleInputs().source == InputState()
    assert InputState().allows is None


def test_a_verdict_allows_where_nothing_holds() -> None:
    assert RuleResult().allows
    assert not any(RuleResult(denied_by=hold).allows for hold in DenialCause)


@pytest.mark.parametrize(
    "limits",
    [
        LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 480, 1020),)),
        LockSchedule(daily=(DailyRepeatingSchedule((Weekday.MONDAY,), 480, 540),)),
        LockSchedule(
            # a lock's wall time
            year_days=(YearDaySchedule(datetime(2026, 1, 5), datetime(2026, 1, 9)),)  # noqa: DTZ001
        ),
    ],
)
def test_limits_with_any_entry_restrict(limits: LockSchedule) -> None:
    assert not limits.is_empty


def test_limits_without_entries_do_not_restrict() -> None:
    assert LockSchedule().is_empty
    assert NO_SCHEDULE.is_empty
