"""Schedule Entry Lock CC: what a lock enforces by itself, and in which order it learns it."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Final

import pytest

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    DailyRepeatingSchedule,
    LockSchedule,
    ScheduleSupport,
    WeekDaySchedule,
    YearDaySchedule,
)
from custom_components.keyholder.model.provider_io import SlotReading, WriteResult
from custom_components.keyholder.providers.base import (
    NotSupportedError,
    ScheduleRejectedError,
)
from tests.harness.providers.codes import ANNA, PIN, SLOT
from tests.harness.providers.schedule_probe import changes_sent, entries, leave_behind
from tests.harness.providers.schedules import CLEANING, MORNINGS, ONE_STAY, STAY, wall
from tests.harness.providers.zwave_lock import (
    S2,
    U3C,
    UC1,
    UC2,
    UC2_SUP,
    ZWaveLock,
    alone_on,
    on,
)

pytestmark = pytest.mark.simulator

NO_CLOCK: Final = 9
"""It has schedules, and a clock that can be set at its keypad only."""
READS: Final = {UC2: 8, UC2_SUP: 6}
"""Entries of a slot: what is read before limits are written."""
KINDS: Final = {UC2: 2, UC2_SUP: 3}
"""Kinds of entries."""
CLOCK: Final = 3
"""Time, zone, and what the lock then says of its zone."""


@on(UC1, UC2, UC2_SUP, U3C, S2, NO_CLOCK)
async def test_a_lock_reports_which_schedules_it_has_without_radio(
    lock: ZWaveLock,
) -> None:
    await lock.operations()

    schedules = (await lock.provider.async_probe()).schedules

    assert schedules == {
        UC2: ScheduleSupport(week_days=7, year_days=1),
        UC2_SUP: ScheduleSupport(week_days=2, daily=2, year_days=2),
    }.get(lock.node)
    assert await lock.operations() == 0


@on(UC1, U3C, NO_CLOCK)
async def test_a_lock_without_schedules_takes_codes_without_limits_only(
    lock: ZWaveLock,
) -> None:
    await lock.write(replace(ANNA, schedule=NO_SCHEDULE))
    assert await lock.code() == PIN
    await lock.provider.async_clear(SLOT)
    await lock.operations()

    with pytest.raises(ScheduleRejectedError):
        await lock.write(replace(ANNA, schedule=MORNINGS))
    with pytest.raises(NotSupportedError):
        await lock.provider.async_read_schedule(SLOT)

    assert await lock.operations() == 0


@pytest.mark.parametrize(
    ("lock", "limits"),
    [
        (UC2, MORNINGS),
        (UC2, ONE_STAY),
        (UC2_SUP, MORNINGS),
        (UC2_SUP, STAY),
        (UC2_SUP, CLEANING),
    ],
    indirect=["lock"],
)
async def test_limits_read_back_as_they_were_written(
    lock: ZWaveLock, limits: LockSchedule
) -> None:
    assert await lock.provider.async_read_schedule(SLOT) == NO_SCHEDULE

    assert await lock.write(replace(ANNA, schedule=limits)) is WriteResult.OPTIMISTIC

    assert await lock.provider.async_read_schedule(SLOT) == limits
    assert await lock.read() == SlotReading.present(ANNA.pin, enabled=True)
    truth = await lock.network.truth(lock.node)
    assert truth["schedules"][SLOT]["enabled"]
    assert SLOT not in truth["unrestricted"]


@on(UC2_SUP)
@pytest.mark.parametrize(
    ("limits", "opens", "closed"),
    [
        (MORNINGS, wall("2026-11-22 09:30"), wall("2026-11-22 12:15")),
        (MORNINGS, wall("2026-11-23 08:00"), wall("2026-11-24 08:00")),
        (CLEANING, wall("2026-11-23 01:59"), wall("2026-11-23 02:00")),
        (STAY, wall("2028-02-29 11:29"), wall("2028-02-29 11:30")),
    ],
)
async def test_the_code_opens_when_the_limits_say_and_at_no_other_time(
    lock: ZWaveLock, limits: LockSchedule, opens: datetime, closed: datetime
) -> None:
    await lock.write(replace(ANNA, schedule=limits))

    rig = lock.network.rig
    assert await asyncio.to_thread(rig.opens, lock.node, SLOT, opens)
    assert not await asyncio.to_thread(rig.opens, lock.node, SLOT, closed)


@on(UC2, UC2_SUP)
async def test_a_code_without_limits_costs_what_it_did(lock: ZWaveLock) -> None:
    await leave_behind(lock, MORNINGS)
    await lock.operations()

    await lock.write(ANNA)

    assert await lock.operations() == 1
    assert await entries(lock) is not None


@on(UC2, UC2_SUP)
async def test_the_schedule_of_an_earlier_holder_is_erased_before_the_code(
    lock: ZWaveLock,
) -> None:
    await leave_behind(lock, MORNINGS)

    await lock.write(replace(ANNA, schedule=NO_SCHEDULE))

    assert await changes_sent(lock) == [
        "look",
        "erase",
        "look",
        "erase",
        "look",
        "code",
    ]
    # the first entry gives it away
    assert await lock.operations() == 1 + READS[lock.node] + 2 * 2 + 1
    assert await entries(lock) is None
    assert await lock.code() == PIN


@on(UC2, UC2_SUP)
async def test_a_slot_without_a_schedule_costs_a_look_at_each_kind(
    lock: ZWaveLock,
) -> None:
    await lock.operations()

    await lock.write(replace(ANNA, schedule=NO_SCHEDULE))

    assert await lock.operations() == KINDS[lock.node] + 1


@on(UC2, UC2_SUP)
async def test_the_limits_are_on_the_lock_before_the_code(lock: ZWaveLock) -> None:
    await lock.operations()

    await lock.write(replace(ANNA, schedule=MORNINGS))

    assert await changes_sent(lock) == [
        "look",
        "schedule",
        "enable",
        "look",
        "code",
        "look",
    ]
    spent = await lock.operations()
    assert spent == CLOCK + READS[lock.node] + 2 * 2 + 1 + 1 + 1

    await lock.provider.async_clear(SLOT)
    await lock.operations()
    await lock.write(replace(ANNA, schedule=MORNINGS))
    assert await lock.operations() == spent - CLOCK + 2 * 2


@on(UC2_SUP)
async def test_limits_of_one_kind_take_the_place_of_another_kind(
    lock: ZWaveLock,
) -> None:
    await leave_behind(lock, CLEANING)

    await lock.write(replace(ANNA, schedule=MORNINGS))

    held = await entries(lock)
    assert held is not None
    assert held["daily"] == {}
    assert await lock.provider.async_read_schedule(SLOT) == MORNINGS


@on(UC2, UC2_SUP)
async def test_a_lock_that_limits_users_only_gets_the_code_disabled_first(
    lock: ZWaveLock,
) -> None:
    await lock.faults(schedulesNeedCode=True)
    await lock.reset_counts()

    await lock.write(replace(ANNA, schedule=MORNINGS))

    words = await changes_sent(lock)
    assert words[words.index("disabled code") :] == [
        *("disabled code", "read", "look", "schedule", "enable", "look"),
        *("code", "look"),
    ]
    assert words.count("code") == 1
    looked = READS[lock.node] + 2 * 2 + 1
    assert await lock.operations() == CLOCK + looked + 2 + looked + 1 + 1
    truth = await lock.network.truth(lock.node)
    assert truth["codes"][SLOT] == {"code": PIN, "enabled": True}
    assert SLOT not in truth["unrestricted"]
    assert await lock.provider.async_read_schedule(SLOT) == MORNINGS


@on(UC2, UC2_SUP)
async def test_a_code_is_disabled_with_its_limits_and_stays_so(
    lock: ZWaveLock,
) -> None:
    await lock.faults(schedulesNeedCode=True)

    await lock.write(replace(ANNA, schedule=MORNINGS, enabled=False))

    assert (await lock.read()).enabled is False
    assert await lock.provider.async_read_schedule(SLOT) == MORNINGS


TOO_MUCH: Final = {
    "two kinds": replace(MORNINGS, year_days=STAY.year_days[:1]),
    "too many": LockSchedule(
        week_days=tuple(
            WeekDaySchedule(day, start, start + 60)
            for day in Weekday
            for start in (60, 600)
        )
    ),
    "a kind that it has not": CLEANING,
    "until midnight": LockSchedule(
        week_days=(WeekDaySchedule(Weekday.MONDAY, 0, 24 * 60),)
    ),
    "no time at all": LockSchedule(
        week_days=(WeekDaySchedule(Weekday.MONDAY, 60, 60),)
    ),
    "seconds": LockSchedule(
        year_days=(
            YearDaySchedule(wall("2027-01-01 00:00:01"), wall("2027-01-02 00:00")),
        )
    ),
    "another century": LockSchedule(
        year_days=(YearDaySchedule(wall("2099-01-01 00:00"), wall("2100-01-01 00:00")),)
    ),
    "all day, daily": LockSchedule(
        daily=(DailyRepeatingSchedule((Weekday.MONDAY,), 0, 24 * 60),)
    ),
}


@on(UC2)
@pytest.mark.parametrize("limits", TOO_MUCH.values(), ids=TOO_MUCH)
async def test_what_the_lock_cannot_say_exactly_is_refused_without_radio(
    lock: ZWaveLock, limits: LockSchedule
) -> None:
    await lock.operations()

    with pytest.raises(ScheduleRejectedError):
        await lock.write(replace(ANNA, schedule=limits))

    assert await lock.operations() == 0


@on(UC2_SUP)
async def test_other_slots_keep_their_limits(lock: ZWaveLock) -> None:
    await lock.write(replace(ANNA, schedule=STAY), slot=4)

    await lock.write(replace(ANNA, schedule=MORNINGS, pin=OTHER_PIN))

    assert await lock.provider.async_read_schedule(4) == STAY


OTHER_PIN: Final = type(ANNA.pin)("9082")


# The lock's clock


@on(UC2, UC2_SUP)
async def test_the_clock_is_set_before_the_first_limits_of_a_day(
    lock: ZWaveLock,
) -> None:
    before = (await lock.network.truth(lock.node))["clock"]["sets"]

    await lock.write(replace(ANNA, schedule=NO_SCHEDULE))
    assert (await lock.network.truth(lock.node))["clock"]["sets"] == before
    await lock.provider.async_clear(SLOT)
    for _ in range(2):
        await lock.write(replace(ANNA, schedule=MORNINGS))
        await lock.provider.async_clear(SLOT)

    clock = (await lock.network.truth(lock.node))["clock"]
    assert clock == {
        "sets": before + 1,
        "standardOffset": -480,
        "dstOffset": -420,
    }


@on(UC2, UC2_SUP)
async def test_limits_that_are_found_have_the_clock_set(lock: ZWaveLock) -> None:
    """An instance that was started anew does not know when that was done."""
    await lock.write(replace(ANNA, schedule=MORNINGS))
    provider = await lock.another_provider()
    before = (await lock.network.truth(lock.node))["clock"]["sets"]

    for _ in range(2):
        assert await provider.async_read_schedule(SLOT) == MORNINGS

    assert (await lock.network.truth(lock.node))["clock"]["sets"] == before + 1


@alone_on(UC2, UC2_SUP)
async def test_a_lock_in_another_time_zone_is_given_no_limits(
    own_lock: ZWaveLock,
) -> None:
    """The driver tells the lock its own time zone, which can be another one."""
    await own_lock.network.hass.config.async_set_time_zone("Europe/Berlin")

    with pytest.raises(ScheduleRejectedError):
        await own_lock.write(replace(ANNA, schedule=MORNINGS))

    assert await own_lock.code() is None
    assert await entries(own_lock) is None
