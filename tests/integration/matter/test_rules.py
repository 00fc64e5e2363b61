"""When a code on a Matter lock works, and how often."""

import asyncio
from datetime import timedelta

from simulators.matter.faults import silently_dropped
from simulators.matter.terms import UserType
from tests.integration.doorstep import until
from tests.integration.household import PIN
from tests.integration.rules_days import (
    LASTS,
    PROMPT,
    add_with,
    add_with_bookings,
    expect_a_booking_to_be_carried_out,
    expect_a_code_for_a_parcel_to_open_once,
    expect_home_assistant_to_keep_a_window,
    expect_the_lock_to_keep_a_window,
    shown,
    status,
)

from .story import Door, at_the_door


def kind_of_user(door: Door) -> int:
    """Return the type of the only user that the lock holds."""
    (user,) = door.node.lock.memory.users.values()
    return user.kind


def is_switched_off(door: Door) -> bool:
    """Return whether the code is there still and opens nothing."""
    (user,) = door.node.lock.memory.users.values()
    return door.codes == [PIN] and not user.enabled and not door.node.door.enter(PIN)


def test_a_window_is_kept_by_the_lock_and_the_code_is_there_for_its_time_only() -> None:
    async def story(door: Door) -> None:
        await expect_the_lock_to_keep_a_window(
            door,
            keeps=lambda: kind_of_user(door) == UserType.WEEK_DAY,
            is_away=lambda: is_switched_off(door),
        )

    at_the_door(story)


def test_a_window_that_the_lock_does_not_keep_is_carried_out_by_home_assistant() -> (
    None
):
    async def story(door: Door) -> None:
        door.node.faults.add("SetWeekDaySchedule", silently_dropped(), None)
        await expect_home_assistant_to_keep_a_window(
            door, is_away=lambda: is_switched_off(door)
        )

    at_the_door(story)


def test_a_booking_is_carried_out_by_home_assistant() -> None:
    async def story(door: Door) -> None:
        await expect_a_booking_to_be_carried_out(
            door,
            is_unlimited=lambda: kind_of_user(door) == UserType.UNRESTRICTED,
            is_away=lambda: is_switched_off(door),
        )

    at_the_door(story)


def test_a_booking_that_ends_and_begins_costs_less_than_to_clear_and_write() -> None:
    """Two users are asked for and switched, and two codes are read, each with its user."""

    async def story(door: Door) -> None:
        ann, (first, second) = await add_with_bookings(
            door, timedelta(hours=2), timedelta(days=1, hours=2)
        )
        await until(first + PROMPT)
        assert door.node.door.enter(PIN)
        door.node.calls.clear()
        await until(first + LASTS + PROMPT)
        assert is_switched_off(door)
        await until(second + PROMPT)
        assert door.node.door.enter(PIN)
        assert shown(ann, "desired") == ["in_sync", "present"]
        names = [name for name, _ in door.node.calls]
        assert names.count("SetUser") == 2
        assert not {"SetCredential", "ClearCredential", "ClearUser"} & set(names)
        clear_and_write = 10
        assert len(names) == 8 < clear_and_write

        # who is switched off for good leaves nothing behind
        await until(second + LASTS + PROMPT)
        await ann.switch(on=False)
        await asyncio.sleep(PROMPT.total_seconds())
        assert door.codes == []
        assert not door.node.lock.memory.users

    at_the_door(story)


def test_a_code_for_a_parcel_opens_once() -> None:
    at_the_door(expect_a_code_for_a_parcel_to_open_once)


def test_a_use_that_is_told_late_counts_once_however_often_it_is_told() -> None:
    async def story(door: Door) -> None:
        ann = await add_with(door, use_limit=3)
        await asyncio.sleep(90)
        door.node.reboot()
        door.node.door.enter(PIN)
        await asyncio.sleep(105)

        door.node.restore_subscription()
        await asyncio.sleep(PROMPT.total_seconds())
        assert status(door, ann) == ("active", 1, 2)
        assert ("unlocked", "Ann") not in door.told

        # the server may have the lock tell it again whenever it subscribes anew
        told = list(door.reports)
        for report in told:
            door.node.push("node_event", report)
        await asyncio.sleep(PROMPT.total_seconds())
        assert status(door, ann) == ("active", 1, 2)

        await door.home.stop()
        await door.home.start()
        await asyncio.sleep(90)
        for report in told:
            door.node.push("node_event", report)
        await asyncio.sleep(PROMPT.total_seconds())
        ann = door.home.house.person("Ann")
        assert status(door, ann) == ("active", 1, 2)
        assert door.codes == [PIN]

    at_the_door(story)


def test_a_last_use_that_is_told_late_takes_the_code_off() -> None:
    async def story(door: Door) -> None:
        ann = await add_with(door, use_limit=1)
        await asyncio.sleep(90)
        door.node.drop_subscription()
        door.node.door.enter(PIN)
        await asyncio.sleep(105)
        assert door.codes == [PIN]

        door.node.restore_subscription()

        await asyncio.sleep(PROMPT.total_seconds())
        assert door.codes == []
        assert status(door, ann) == ("used_up", 1, 0)

    at_the_door(story)
