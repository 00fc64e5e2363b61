"""Schedules of door lock clusters and the limits that they are."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    DailyRepeatingSchedule,
    LockSchedule,
    ScheduleSupport,
    WeekDaySchedule,
    YearDaySchedule,
)
from custom_components.keyholder.model.provider_io import Capabilities
from custom_components.keyholder.providers.base import ScheduleRejectedError
from custom_components.keyholder.providers.door_lock_schedules import (
    EntryFields,
    ScheduleType,
    combine,
    encode,
    is_supported,
)
from custom_components.keyholder.providers.matter import (
    credentials as matter_codes,
    schedules as matter_schedules,
)
from custom_components.keyholder.providers.zha import (
    credentials as zha_codes,
    scheduled_write as zha_scheduled_write,
    schedules as zha_schedules,
)
from tests.harness.providers.codes import ANNA, SLOT
from tests.harness.providers.schedules import CLEANING, MORNINGS, STAY, wall

EVENINGS = LockSchedule(
    daily=(
        DailyRepeatingSchedule((Weekday.MONDAY, Weekday.SUNDAY), 18 * 60, 90),
        DailyRepeatingSchedule((Weekday.SATURDAY,), 20 * 60 + 15, 120),
    )
)
SUPPORT = ScheduleSupport(week_days=2, daily=2, year_days=2)
DAY = 24 * 60


LAST = wall("2000-01-01") + timedelta(minutes=0xFFFFFFFE // 60)
TO_THE_LAST_MOMENT = LockSchedule(
    year_days=(YearDaySchedule(wall("2027-01-01"), LAST),)
)


@pytest.mark.parametrize("limits", [MORNINGS, EVENINGS, STAY, TO_THE_LAST_MOMENT])
def test_what_is_said_reads_back_as_the_same(limits: LockSchedule) -> None:
    encoded = encode(limits)
    assert encoded is not None
    assert combine(*encoded) == limits
    assert is_supported(limits, SUPPORT)


def test_days_are_bits_from_sunday() -> None:
    for day, mask in ((Weekday.SUNDAY, 1), (Weekday.MONDAY, 2), (Weekday.SATURDAY, 64)):
        assert encode(LockSchedule(week_days=(WeekDaySchedule(day, 61, 125),))) == (
            ScheduleType.WEEK_DAY,
            [(mask, 1, 1, 2, 5)],
        )


def test_moments_are_seconds_since_2000() -> None:
    limit = YearDaySchedule(wall("2000-01-01 00:01"), wall("2000-01-02"))
    assert encode(LockSchedule(year_days=(limit,))) == (
        ScheduleType.YEAR_DAY,
        [(60, 86400)],
    )


@pytest.mark.parametrize(
    "limits",
    [
        CLEANING,
        LockSchedule(week_days=MORNINGS.week_days, year_days=STAY.year_days),
        LockSchedule(daily=(DailyRepeatingSchedule((Weekday.MONDAY,), 60, 60),)),
        LockSchedule(daily=(DailyRepeatingSchedule((), 60, 60),)),
        LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 60, DAY),)),
        LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 60, 60),)),
        LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 120, 60),)),
        LockSchedule(week_days=MORNINGS.week_days, daily=EVENINGS.daily),
        LockSchedule(
            year_days=(YearDaySchedule(wall("2027-01-02"), wall("2027-01-02")),)
        ),
        LockSchedule(
            year_days=(YearDaySchedule(wall("1999-12-31"), wall("2001-01-01")),)
        ),
        LockSchedule(
            year_days=(YearDaySchedule(wall("2030-01-01"), wall("2140-01-01")),)
        ),
        LockSchedule(
            year_days=(
                YearDaySchedule(wall("2030-01-01 00:00:30"), wall("2031-01-01")),
            )
        ),
    ],
)
def test_what_cannot_be_said_exactly_is_not_said(limits: LockSchedule) -> None:
    assert encode(limits) is None
    assert not is_supported(limits, SUPPORT)


def test_nothing_needs_no_room_and_has_no_entry() -> None:
    assert is_supported(NO_SCHEDULE, None)
    assert encode(NO_SCHEDULE) is None


def test_there_is_only_so_much_room() -> None:
    assert not is_supported(MORNINGS, None)
    assert not is_supported(
        MORNINGS, ScheduleSupport(week_days=1, daily=1, year_days=9)
    )
    assert not is_supported(STAY, ScheduleSupport(week_days=9, daily=9, year_days=1))


@pytest.mark.parametrize(
    ("kind", "entries"),
    [
        (ScheduleType.WEEK_DAY, []),
        (ScheduleType.WEEK_DAY, [(0, 1, 0, 2, 0)]),
        (ScheduleType.WEEK_DAY, [(128, 1, 0, 2, 0)]),
        (ScheduleType.WEEK_DAY, [(1, 2, 0, 1, 0)]),
        (ScheduleType.WEEK_DAY, [(1, 2, 0, 24, 0)]),
        (ScheduleType.WEEK_DAY, [(1, 2, 0, 3, 60)]),
        (ScheduleType.WEEK_DAY, [(1, 8, 60, 9, 0)]),
        (ScheduleType.WEEK_DAY, [(1, 8, 0, 8, 0)]),
        (ScheduleType.YEAR_DAY, [(60, 60)]),
        (ScheduleType.YEAR_DAY, [(60, 10**18)]),
        (ScheduleType.YEAR_DAY, [(120, 60)]),
        (ScheduleType.YEAR_DAY, [(61, 120)]),
        (ScheduleType.YEAR_DAY, [(60,)]),
    ],
)
def test_what_has_no_meaning_is_not_given_one(
    kind: ScheduleType, entries: list[EntryFields]
) -> None:
    assert combine(kind, entries) is None


NIGHT = LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 22 * 60, DAY),))
LOCK: Any = object()
"""Whatever is asked of it fails."""


def ways_to_write(
    limits: LockSchedule, support: ScheduleSupport | None
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
    memory = matter_codes.MatterCredentials(
        client=LOCK, registry=LOCK, capabilities=known, max_user=9
    )
    calls: list[Awaitable[Any]] = [
        memory.async_write_scheduled(SLOT, replace(ANNA, schedule=limits), limits)
    ]
    if support is not None:
        schedules = zha_schedules.ZhaSchedules(LOCK, support)
        write = zha_scheduled_write.ZhaScheduledWrite(
            zha_codes.ZhaCredentials(LOCK), schedules
        )
        calls += [
            write.async_write(SLOT, replace(ANNA, schedule=limits), limits),
            schedules.async_write(SLOT, limits),
            matter_schedules.MatterSchedules(LOCK, support).async_write(SLOT, limits),
        ]
    return calls


@pytest.mark.parametrize(
    ("limits", "support"),
    [
        (NO_SCHEDULE, SUPPORT),
        (NIGHT, SUPPORT),
        (MORNINGS, None),
    ],
)
async def test_what_no_schedule_can_say_is_refused_before_any_command(
    limits: LockSchedule, support: ScheduleSupport | None
) -> None:
    for call in ways_to_write(limits, support):
        with pytest.raises(ScheduleRejectedError):
            await call
