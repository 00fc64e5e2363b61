"""Schedules of door lock clusters and the limits that they are."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.limits import (
    UNRESTRICTED,
    DailyLimit,
    Limits,
    ScheduleSupport,
    WeekDayLimit,
    YearDayLimit,
)
from custom_components.keyholder.model.reading import Capabilities
from custom_components.keyholder.providers.base import LimitsRefused
from custom_components.keyholder.providers.door_lock_schedules import (
    Kind,
    Numbers,
    encode,
    fits,
    joined,
)
from custom_components.keyholder.providers.matter import (
    codes as matter_codes,
    schedules as matter_schedules,
)
from custom_components.keyholder.providers.zha import (
    codes as zha_codes,
    limited_write as zha_limited_write,
    schedules as zha_schedules,
)

from .codes import ANNA, SLOT
from .limits import CLEANING, MORNINGS, STAY, wall

EVENINGS = Limits(
    daily=(
        DailyLimit((Weekday.MONDAY, Weekday.SUNDAY), 18 * 60, 90),
        DailyLimit((Weekday.SATURDAY,), 20 * 60 + 15, 120),
    )
)
SUPPORT = ScheduleSupport(week_days=2, daily=2, year_days=2)
DAY = 24 * 60


LAST = wall("2000-01-01") + timedelta(minutes=0xFFFFFFFE // 60)
TO_THE_LAST_MOMENT = Limits(year_days=(YearDayLimit(wall("2027-01-01"), LAST),))


@pytest.mark.parametrize("limits", [MORNINGS, EVENINGS, STAY, TO_THE_LAST_MOMENT])
def test_what_is_said_reads_back_as_the_same(limits: Limits) -> None:
    encoded = encode(limits)
    assert encoded is not None
    assert joined(*encoded) == limits
    assert fits(limits, SUPPORT)


def test_days_are_bits_from_sunday() -> None:
    for day, mask in ((Weekday.SUNDAY, 1), (Weekday.MONDAY, 2), (Weekday.SATURDAY, 64)):
        assert encode(Limits(week_days=(WeekDayLimit(day, 61, 125),))) == (
            Kind.WEEK_DAY,
            [(mask, 1, 1, 2, 5)],
        )


def test_moments_are_seconds_since_2000() -> None:
    limit = YearDayLimit(wall("2000-01-01 00:01"), wall("2000-01-02"))
    assert encode(Limits(year_days=(limit,))) == (Kind.YEAR_DAY, [(60, 86400)])


@pytest.mark.parametrize(
    "limits",
    [
        CLEANING,
        Limits(week_days=MORNINGS.week_days, year_days=STAY.year_days),
        Limits(daily=(DailyLimit((Weekday.MONDAY,), 60, 60),)),
        Limits(daily=(DailyLimit((), 60, 60),)),
        Limits(week_days=(WeekDayLimit(Weekday.MONDAY, 60, DAY),)),
        Limits(week_days=(WeekDayLimit(Weekday.MONDAY, 60, 60),)),
        Limits(week_days=(WeekDayLimit(Weekday.MONDAY, 120, 60),)),
        Limits(week_days=MORNINGS.week_days, daily=EVENINGS.daily),
        Limits(year_days=(YearDayLimit(wall("2027-01-02"), wall("2027-01-02")),)),
        Limits(year_days=(YearDayLimit(wall("1999-12-31"), wall("2001-01-01")),)),
        Limits(year_days=(YearDayLimit(wall("2030-01-01"), wall("2140-01-01")),)),
        Limits(
            year_days=(YearDayLimit(wall("2030-01-01 00:00:30"), wall("2031-01-01")),)
        ),
    ],
)
def test_what_cannot_be_said_exactly_is_not_said(limits: Limits) -> None:
    assert encode(limits) is None
    assert not fits(limits, SUPPORT)


def test_nothing_needs_no_room_and_has_no_entry() -> None:
    assert fits(UNRESTRICTED, None)
    assert encode(UNRESTRICTED) is None


def test_there_is_only_so_much_room() -> None:
    assert not fits(MORNINGS, None)
    assert not fits(MORNINGS, ScheduleSupport(week_days=1, daily=1, year_days=9))
    assert not fits(STAY, ScheduleSupport(week_days=9, daily=9, year_days=1))


@pytest.mark.parametrize(
    ("kind", "entries"),
    [
        (Kind.WEEK_DAY, []),
        (Kind.WEEK_DAY, [(0, 1, 0, 2, 0)]),
        (Kind.WEEK_DAY, [(128, 1, 0, 2, 0)]),
        (Kind.WEEK_DAY, [(1, 2, 0, 1, 0)]),
        (Kind.WEEK_DAY, [(1, 2, 0, 24, 0)]),
        (Kind.WEEK_DAY, [(1, 2, 0, 3, 60)]),
        (Kind.WEEK_DAY, [(1, 8, 60, 9, 0)]),
        (Kind.WEEK_DAY, [(1, 8, 0, 8, 0)]),
        (Kind.YEAR_DAY, [(60, 60)]),
        (Kind.YEAR_DAY, [(60, 10**18)]),
        (Kind.YEAR_DAY, [(120, 60)]),
        (Kind.YEAR_DAY, [(61, 120)]),
        (Kind.YEAR_DAY, [(60,)]),
    ],
)
def test_what_has_no_meaning_is_not_given_one(
    kind: Kind, entries: list[Numbers]
) -> None:
    assert joined(kind, entries) is None


NIGHT = Limits(week_days=(WeekDayLimit(Weekday.MONDAY, 22 * 60, DAY),))
LOCK: Any = object()
"""Whatever is asked of it fails."""


def ways_to_write(
    limits: Limits, support: ScheduleSupport | None
) -> list[Awaitable[Any]]:
    """Return every call of a provider that would bring limits to a lock."""
    known = Capabilities(
        slots=range(1, 9),
        pin_min_length=4,
        pin_max_length=8,
        best_evidence=Evidence.PRESENCE,
        reports_changes=True,
        schedules=support,
    )
    memory = matter_codes.Codes(memory=LOCK, owners=LOCK, known=known, users=9)
    calls: list[Awaitable[Any]] = [
        memory.write_limited(SLOT, replace(ANNA, limits=limits), limits)
    ]
    if support is not None:
        schedules = zha_schedules.Schedules(LOCK, support)
        write = zha_limited_write.LimitedWrite(zha_codes.Codes(LOCK), schedules)
        calls += [
            write.write(SLOT, replace(ANNA, limits=limits), limits),
            schedules.put(SLOT, limits),
            matter_schedules.Schedules(LOCK, support).put(SLOT, limits),
        ]
    return calls


@pytest.mark.parametrize(
    ("limits", "support"),
    [
        (UNRESTRICTED, SUPPORT),
        (NIGHT, SUPPORT),
        (MORNINGS, None),
    ],
)
async def test_what_no_schedule_says_is_refused_before_the_lock_is_asked_anything(
    limits: Limits, support: ScheduleSupport | None
) -> None:
    for call in ways_to_write(limits, support):
        with pytest.raises(LimitsRefused):
            await call
