"""Quirks of Matter locks and their servers, by number: schedules, and secrets."""

from dataclasses import replace
import logging

import pytest

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    WeekDaySchedule,
)
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.providers.base import (
    LockUnreachableError,
    ScheduleRejectedError,
    TemporarilyRefusedError,
)
from simulators.common.door_lock.schedules import WeekDay
from simulators.matter.faults import (
    answer_lost,
    answered,
    command_lost,
    refused,
    silently_dropped,
)
from simulators.matter.terms import (
    Status,
    UserType,
)
from tests.harness.providers.codes import ANNA, PIN, SLOT, expect_no_code_in
from tests.harness.providers.matter_lock import MatterLock
from tests.harness.providers.schedules import MORNINGS, STAY


async def test_a_lock_obeys_a_schedule_by_the_type_of_its_user(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write(replace(ANNA, schedule=MORNINGS))
    assert matter_lock.users[SLOT].kind == UserType.WEEK_DAY
    masks = [entry.days for entry in matter_lock.node.lock.memory.week_days.values()]
    assert masks == [0b10, 0b1]  # Monday, Sunday
    await matter_lock.clear()

    await matter_lock.write(replace(ANNA, schedule=STAY))
    assert matter_lock.users[SLOT].kind == UserType.YEAR_DAY
    await matter_lock.clear()

    await matter_lock.write(replace(ANNA, schedule=NO_SCHEDULE))
    assert matter_lock.users[SLOT].kind == UserType.UNRESTRICTED
    assert await matter_lock.provider.async_read_schedule(SLOT) == NO_SCHEDULE


async def test_a_code_is_disabled_with_its_limits_and_stays_so(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write(replace(ANNA, schedule=MORNINGS, enabled=False))

    assert await matter_lock.read() == SlotReading.masked(enabled=False, ours=True)
    assert await matter_lock.provider.async_read_schedule(SLOT) == MORNINGS


async def test_a_user_whose_schedule_is_empty_is_not_unrestricted(
    matter_lock: MatterLock,
) -> None:
    """They never get in."""
    await matter_lock.write(replace(ANNA, schedule=MORNINGS))
    matter_lock.node.lock.memory.week_days.clear()

    assert await matter_lock.provider.async_read_schedule(SLOT) is None


async def test_a_schedule_over_midnight_is_refused_without_radio(
    matter_lock: MatterLock,
) -> None:
    matter_lock.commands()
    night = LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 22 * 60, 24 * 60),))

    with pytest.raises(ScheduleRejectedError):
        await matter_lock.write(replace(ANNA, schedule=night))

    assert matter_lock.commands() == []


async def test_a_lock_that_has_no_disabled_users_gets_no_code(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.faults.add(
        "GetUser", answered(userStatus=1, userType=2, credentials=[])
    )

    with pytest.raises(ScheduleRejectedError):
        await matter_lock.write(replace(ANNA, schedule=MORNINGS))

    assert "SetCredential" not in matter_lock.commands()
    assert matter_lock.users == {}


@pytest.mark.parametrize("command", ["SetWeekDaySchedule", "GetWeekDaySchedule"])
async def test_a_code_whose_schedule_does_not_come_is_taken_back(
    matter_lock: MatterLock, command: str
) -> None:
    matter_lock.node.faults.add(command, answer_lost())
    with pytest.raises(LockUnreachableError):
        await matter_lock.write(replace(ANNA, schedule=MORNINGS))
    assert matter_lock.users == {}

    for status in (Status.FAILURE, Status.UNSUPPORTED_COMMAND):
        matter_lock.node.faults.add(command, refused(status))
        with pytest.raises(ScheduleRejectedError):
            await matter_lock.write(replace(ANNA, schedule=MORNINGS))
        assert matter_lock.users == {}


async def test_no_answer_about_a_schedule_is_not_taken_for_it(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.faults.add("GetWeekDaySchedule", answered())

    with pytest.raises(LockUnreachableError):
        await matter_lock.write(replace(ANNA, schedule=MORNINGS))

    assert matter_lock.users == {}


@pytest.mark.parametrize("keeps", [False, True])
async def test_what_is_left_of_an_earlier_user_widens_no_limits(
    matter_lock: MatterLock, keeps: bool
) -> None:
    memory = matter_lock.node.lock.memory
    memory.week_days[SLOT, 2] = WeekDay(127, (0, 0), (23, 59))
    monday = LockSchedule(week_days=MORNINGS.week_days[:1])
    if keeps:
        matter_lock.node.faults.add("ClearWeekDaySchedule", silently_dropped())
        with pytest.raises(ScheduleRejectedError):
            await matter_lock.write(replace(ANNA, schedule=monday))
        assert matter_lock.users == {}
        return

    await matter_lock.write(replace(ANNA, schedule=monday))

    assert await matter_lock.provider.async_read_schedule(SLOT) == monday
    assert list(memory.week_days) == [(SLOT, 1)]


async def test_a_code_that_cannot_be_taken_back_stays_disabled(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.faults.add("SetWeekDaySchedule", silently_dropped(), None)
    matter_lock.node.faults.add("ClearUser", silently_dropped(), None)

    with pytest.raises(LockUnreachableError):
        await matter_lock.write(replace(ANNA, schedule=MORNINGS))

    assert not matter_lock.users[SLOT].enabled
    assert await matter_lock.read() == SlotReading.masked(enabled=False, ours=True)


async def test_no_code_is_in_our_log_or_errors_whatever_a_server_says(
    matter_lock: MatterLock, caplog: pytest.LogCaptureFixture
) -> None:
    """The fixture looks through our log, which is complete."""
    caplog.set_level(logging.DEBUG, "custom_components.keyholder")
    for fault in (
        answered(status=f"code {PIN}"),
        replace(command_lost(), error=f'String "{PIN}" (code 1) is unknown'),
        replace(command_lost(), error=f"cannot store {PIN}"),
    ):
        matter_lock.node.faults.add("SetCredential", fault)
        try:
            await matter_lock.write()
        except (LockUnreachableError, TemporarilyRefusedError) as err:
            expect_no_code_in(err)
        await matter_lock.clear()
