"""When a code on a Matter lock works, and how often."""

import asyncio
from datetime import timedelta

from simulators.matter.faults import silently_dropped
from simulators.matter.terms import UserType
from tests.harness.site.door_driver import sleep_until
from tests.harness.site.matter_door import MatterDoor, run_at_door
from tests.harness.site.shared_rule_scenarios import (
    LASTS,
    PROMPT,
    add_with,
    add_with_bookings,
    expect_a_booking_to_be_carried_out,
    expect_a_code_for_a_parcel_to_open_once,
    expect_home_assistant_to_keep_a_window,
    expect_the_lock_to_keep_a_window,
    lock_state,
    status,
)
from tests.harness.site.site_driver import PIN


def kind_of_user(door: MatterDoor) -> int:
    """Return the type of the only user that the lock holds."""
    (user,) = door.node.lock.memory.users.values()
    return user.kind


def is_switched_off(door: MatterDoor) -> bool:
    """Return whether the code is there still and opens nothing."""
    (user,) = door.node.lock.memory.users.values()
    return door.codes == [PIN] and not user.enabled and not door.node.door.enter(PIN)


def test_a_window_is_enforced_by_the_lock() -> None:
    async def scenario(door: MatterDoor) -> None:
        await expect_the_lock_to_keep_a_window(
            door,
            keeps=lambda: kind_of_user(door) == UserType.WEEK_DAY,
            is_away=lambda: is_switched_off(door),
        )

    run_at_door(scenario)


def test_a_window_that_the_lock_cannot_hold_is_enforced_by_home_assistant() -> None:
    async def scenario(door: MatterDoor) -> None:
        door.node.faults.add("SetWeekDaySchedule", silently_dropped(), None)
        await expect_home_assistant_to_keep_a_window(
            door, is_away=lambda: is_switched_off(door)
        )

    run_at_door(scenario)


def test_a_booking_is_enforced_by_home_assistant() -> None:
    async def scenario(door: MatterDoor) -> None:
        await expect_a_booking_to_be_carried_out(
            door,
            is_unlimited=lambda: kind_of_user(door) == UserType.UNRESTRICTED,
            is_away=lambda: is_switched_off(door),
        )

    run_at_door(scenario)


def test_a_booking_that_ends_and_begins_disables_instead_of_clearing() -> None:
    """Two users are asked for and switched, and two codes are read, each with its user."""

    async def scenario(door: MatterDoor) -> None:
        ann, (first, second) = await add_with_bookings(
            door, timedelta(hours=2), timedelta(days=1, hours=2)
        )
        await sleep_until(first + PROMPT)
        assert door.node.door.enter(PIN)
        # the second read of the new code is over
        await sleep_until(first + timedelta(minutes=5))
        door.node.calls.clear()
        await sleep_until(first + LASTS + PROMPT)
        assert is_switched_off(door)
        await sleep_until(second + PROMPT)
        assert door.node.door.enter(PIN)
        assert lock_state(ann, "desired") == ["in_sync", "present"]
        names = [name for name, _ in door.node.calls]
        assert names.count("SetUser") == 2
        assert not {"SetCredential", "ClearCredential", "ClearUser"} & set(names)
        clear_and_write = 10
        assert len(names) == 8 < clear_and_write

        # who is switched off for good leaves nothing behind
        await sleep_until(second + LASTS + PROMPT)
        await ann.switch(on=False)
        await asyncio.sleep(PROMPT.total_seconds())
        assert door.codes == []
        assert not door.node.lock.memory.users

    run_at_door(scenario)


def test_a_code_for_a_parcel_opens_once() -> None:
    run_at_door(expect_a_code_for_a_parcel_to_open_once)


def test_a_use_reported_late_and_repeatedly_counts_once() -> None:
    async def scenario(door: MatterDoor) -> None:
        ann = await add_with(door, use_limit=3)
        await asyncio.sleep(90)
        door.node.reboot()
        door.node.door.enter(PIN)
        await asyncio.sleep(105)

        door.node.restore_subscription()
        await asyncio.sleep(PROMPT.total_seconds())
        assert status(door, ann) == ("active", 1, 2)
        assert ("unlocked", "Ann") not in door.events

        # the server may have the lock tell it again whenever it subscribes anew
        reported = list(door.reports)
        for report in reported:
            door.node.push("node_event", report)
        await asyncio.sleep(PROMPT.total_seconds())
        assert status(door, ann) == ("active", 1, 2)

        await door.instance.stop()
        await door.instance.start()
        await asyncio.sleep(90)
        for report in reported:
            door.node.push("node_event", report)
        await asyncio.sleep(PROMPT.total_seconds())
        ann = door.instance.site.person("Ann")
        assert status(door, ann) == ("active", 1, 2)
        assert door.codes == [PIN]

    run_at_door(scenario)


def test_a_last_use_that_is_reported_late_clears_the_code() -> None:
    async def scenario(door: MatterDoor) -> None:
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

    run_at_door(scenario)
