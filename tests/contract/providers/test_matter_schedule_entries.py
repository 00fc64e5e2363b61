"""Schedules of Matter and the limits that they are."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.limits import (
    UNRESTRICTED,
    DailyLimit,
    Limits,
    ScheduleSupport,
    WeekDayLimit,
    YearDayLimit,
)
from custom_components.keyholder.providers.base import NotNow
from custom_components.keyholder.providers.matter.schedule_entries import (
    Kind,
    NoEntry,
    decode,
    encode,
    fits,
    joined,
)

from .limits import CLEANING, MORNINGS, STAY, wall

EVENINGS = Limits(
    daily=(
        DailyLimit((Weekday.MONDAY, Weekday.SUNDAY), 18 * 60, 90),
        DailyLimit((Weekday.SATURDAY,), 20 * 60 + 15, 120),
    )
)
SUPPORT = ScheduleSupport(week_days=2, daily=2, year_days=2)


def back(limits: Limits) -> Limits | None:
    encoded = encode(limits)
    assert encoded is not None
    kind, entries = encoded
    shown = [decode(kind, {"status": 0, **entry}) for entry in entries]
    return joined(kind, [each for each in shown if not isinstance(each, NoEntry)])


@pytest.mark.parametrize("limits", [MORNINGS, EVENINGS, STAY])
def test_what_is_said_reads_back_as_the_same(limits: Limits) -> None:
    assert back(limits) == limits


def test_days_are_bits_from_sunday() -> None:
    for day, mask in ((Weekday.SUNDAY, 1), (Weekday.MONDAY, 2), (Weekday.SATURDAY, 64)):
        assert encode(Limits(week_days=(WeekDayLimit(day, 61, 125),))) == (
            Kind.WEEK_DAY,
            [
                {
                    "daysMask": mask,
                    "startHour": 1,
                    "startMinute": 1,
                    "endHour": 2,
                    "endMinute": 5,
                }
            ],
        )


def test_moments_are_local_seconds_since_2000() -> None:
    span = YearDayLimit(wall("2000-01-01 00:01"), wall("2000-01-02 00:00"))

    assert encode(Limits(year_days=(span,))) == (
        Kind.YEAR_DAY,
        [{"localStartTime": 60, "localEndTime": 86400}],
    )


def monday(start: int, end: int) -> Limits:
    return Limits(week_days=(WeekDayLimit(Weekday.MONDAY, start, end),))


def span(start: str, end: str) -> Limits:
    return Limits(year_days=(YearDayLimit(wall(start), wall(end)),))


@pytest.mark.parametrize(
    "limits",
    [
        monday(0, 24 * 60),
        monday(60, 60),
        monday(120, 60),
        CLEANING,
        Limits(daily=(DailyLimit((), 60, 60),)),
        Limits(daily=(DailyLimit((Weekday.MONDAY,), 60, 60),)),
        Limits(week_days=MORNINGS.week_days, daily=EVENINGS.daily),
        Limits(week_days=MORNINGS.week_days, year_days=STAY.year_days),
        span("2027-01-01 00:00:01", "2027-01-02 00:00"),
        span("1999-12-31 00:00", "2027-01-02 00:00"),
        span("2027-01-02 00:00", "2027-01-02 00:00"),
        span("2027-01-01 00:00", "2137-01-01 00:00"),
    ],
)
def test_what_cannot_be_said_exactly_is_not_said(limits: Limits) -> None:
    assert encode(limits) is None
    assert not fits(limits, SUPPORT)


def test_there_has_to_be_room() -> None:
    assert fits(MORNINGS, SUPPORT)
    assert fits(EVENINGS, SUPPORT)
    assert fits(STAY, SUPPORT)
    assert fits(UNRESTRICTED, None)
    assert not fits(MORNINGS, None)
    assert not fits(MORNINGS, ScheduleSupport(week_days=1, daily=1, year_days=2))
    assert not fits(STAY, ScheduleSupport(week_days=2, daily=2, year_days=1))


def test_an_erased_entry_is_empty_and_nothing_else_is() -> None:
    assert decode(Kind.WEEK_DAY, {"status": 139}) is NoEntry.EMPTY
    assert decode(Kind.WEEK_DAY, {"status": 1}) is NoEntry.MALFORMED
    assert decode(Kind.YEAR_DAY, {"status": 0}) is NoEntry.MALFORMED
    assert decode(Kind.YEAR_DAY, {"status": 0, "localStartTime": None}) is (
        NoEntry.MALFORMED
    )
    answers: tuple[object, ...] = ({}, None)
    for answer in answers:
        with pytest.raises(NotNow):
            decode(Kind.WEEK_DAY, answer)


TIMES = {"startHour": 8, "startMinute": 0, "endHour": 9, "endMinute": 0}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Kind.WEEK_DAY, TIMES | {"daysMask": 0}),
        (Kind.WEEK_DAY, TIMES | {"daysMask": 128}),
        (Kind.WEEK_DAY, TIMES | {"daysMask": 1, "endHour": 8}),
        (Kind.WEEK_DAY, TIMES | {"daysMask": 1, "endHour": 24}),
        (Kind.WEEK_DAY, TIMES | {"daysMask": 1, "startMinute": 60}),
        (Kind.YEAR_DAY, {"localStartTime": 60, "localEndTime": 60}),
        (Kind.YEAR_DAY, {"localStartTime": 61, "localEndTime": 180}),
        (Kind.YEAR_DAY, {"localStartTime": 60, "localEndTime": 10**18}),
    ],
)
def test_an_entry_without_a_meaning_is_no_limit_that_is_known(
    kind: Kind, fields: dict[str, int]
) -> None:
    assert joined(kind, [fields]) is None


def test_no_entry_at_all_is_not_unrestricted() -> None:
    assert joined(Kind.WEEK_DAY, []) is None


def test_the_last_moment_that_can_be_said() -> None:
    last = wall("2000-01-01 00:00") + timedelta(minutes=0xFFFFFFFE // 60)
    limits = Limits(year_days=(YearDayLimit(wall("2027-01-01 00:00"), last),))

    assert back(limits) == limits
