"""When a code on a Zigbee lock under ZHA works, and how often."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.util import dt as dt_util
import pytest

from simulators.zigbee import Command
from simulators.zigbee.faults import silently_dropped
from simulators.zigbee.terms import UserStatus, UserType
from tests.harness.site.door_driver import sleep_until
from tests.harness.site.shared_rule_scenarios import (
    LASTS,
    PROMPT,
    add_with,
    expect_a_booking_to_be_carried_out,
    expect_a_code_for_a_parcel_to_open_once,
    expect_a_use_that_is_reported_three_times_to_count_once,
    expect_home_assistant_to_keep_a_window,
    expect_the_lock_to_keep_a_window,
    in_minutes,
    lock_state,
)
from tests.harness.site.site_driver import PIN
from tests.harness.site.zha_door import ZhaDoor, front_lock, run_at_door

ALL_DAYS: Final = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def code_of(door: ZhaDoor) -> tuple[int, int]:
    """Return kind and status of the only code that the lock holds."""
    (code,) = door.node.lock.memory.pins.values()
    return code.kind, code.status


def days(start: str, end: str, *names: str) -> dict[str, Any]:
    """Return a window of several days."""
    return {"days": list(names) or ALL_DAYS, "start": start, "end": end}


def test_a_window_is_enforced_by_the_lock() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await expect_the_lock_to_keep_a_window(
            door,
            keeps=lambda: code_of(door) == (UserType.WEEK_DAY, UserStatus.ENABLED),
            is_away=lambda: door.codes == [],
        )

    run_at_door(scenario)


def test_the_last_minute_of_a_day_belongs_to_home_assistant() -> None:
    """No schedule of Zigbee ends later than at 23:59, and none crosses midnight."""

    async def scenario(door: ZhaDoor) -> None:
        midnight = dt_util.start_of_local_day() + timedelta(days=1)
        ann = await add_with(door, days("23:30", "00:30"))

        await sleep_until(midnight - LASTS + PROMPT)
        assert lock_state(ann, "desired", "enforced_by") == [
            "in_sync",
            "present",
            "home_assistant",
        ]
        for moment in (midnight - timedelta(seconds=30), midnight + PROMPT):
            await sleep_until(moment)
            assert door.node.door.enter(PIN)
        await sleep_until(midnight + LASTS + PROMPT)
        assert door.codes == []

    run_at_door(scenario)


def test_a_day_that_ends_a_minute_before_midnight_is_kept_by_the_lock() -> None:
    async def scenario(door: ZhaDoor) -> None:
        midnight = dt_util.start_of_local_day() + timedelta(days=1)
        ann = await add_with(door, days("00:01", "23:59"))
        await asyncio.sleep(60)
        assert lock_state(ann, "desired", "enforced_by") == [
            "in_sync",
            "present",
            "lock",
        ]
        ((_, entry),) = door.node.lock.memory.week_days.items()
        assert (entry.days, entry.start, entry.end) == (0x7F, (0, 1), (23, 59))

        await sleep_until(midnight - timedelta(seconds=70))
        assert door.node.door.enter(PIN)
        await sleep_until(midnight - timedelta(seconds=50))
        assert not door.node.door.enter(PIN)
        assert door.codes == []
        await sleep_until(midnight + timedelta(minutes=1) + PROMPT)
        assert door.node.door.enter(PIN)

    run_at_door(scenario)


def test_days_are_those_of_the_sites_time_zone() -> None:
    """In Berlin Tuesday begins while it is Monday at Greenwich."""

    async def scenario(door: ZhaDoor) -> None:
        berlin = await dt_util.async_get_time_zone("Europe/Berlin")
        assert berlin is not None
        await door.instance.hass.config.async_update(time_zone="Europe/Berlin")
        door.node.lock.clock.zone = berlin
        ann = await add_with(door, days("00:00", "01:00", "tue"))
        begins = datetime(2026, 3, 2, 23, tzinfo=UTC)

        await sleep_until(begins - PROMPT)
        assert door.codes == []
        await sleep_until(begins + PROMPT)
        assert lock_state(ann, "desired", "enforced_by") == [
            "in_sync",
            "present",
            "lock",
        ]
        ((_, entry),) = door.node.lock.memory.week_days.items()
        assert entry.days == 0b100
        assert door.node.door.enter(PIN)
        await sleep_until(begins + timedelta(hours=1) + PROMPT)
        assert door.codes == []

    run_at_door(scenario)


@pytest.mark.parametrize("lock", ["forgets entries", "tells no types", "has none"])
def test_a_window_that_the_lock_cannot_hold_is_enforced_by_home_assistant(
    lock: str,
) -> None:
    node = front_lock(week_days=0 if lock == "has none" else 2)
    if lock == "forgets entries":
        node.faults.add(Command.SET_WEEK_DAY, silently_dropped(), None)
    if lock == "tells no types":
        node.lock.traits.missing = frozenset({Command.GET_USER_TYPE})

    async def scenario(door: ZhaDoor) -> None:
        await expect_home_assistant_to_keep_a_window(
            door, is_away=lambda: door.codes == []
        )

    run_at_door(scenario, node)


def test_a_booking_is_enforced_by_home_assistant() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await expect_a_booking_to_be_carried_out(
            door,
            is_unlimited=lambda: code_of(door)[0] == UserType.UNRESTRICTED,
            is_away=lambda: door.codes == [],
        )

    run_at_door(scenario)


def test_a_code_for_a_parcel_opens_once() -> None:
    run_at_door(expect_a_code_for_a_parcel_to_open_once)


def test_a_use_that_the_lock_reports_three_times_counts_once() -> None:
    run_at_door(expect_a_use_that_is_reported_three_times_to_count_once)


def test_a_span_of_days_is_kept_by_the_lock_to_the_minute() -> None:
    async def scenario(door: ZhaDoor) -> None:
        begins, ends = in_minutes(30), in_minutes(30) + timedelta(days=2)
        ann = await add_with(
            door,
            valid_from=f"{dt_util.as_local(begins):%Y-%m-%d %H:%M:%S}",
            valid_until=f"{dt_util.as_local(ends):%Y-%m-%d %H:%M:%S}",
        )

        await sleep_until(begins + PROMPT)
        assert lock_state(ann, "desired", "enforced_by") == [
            "in_sync",
            "present",
            "lock",
        ]
        assert code_of(door)[0] == UserType.YEAR_DAY
        await sleep_until(ends - timedelta(minutes=1))
        assert door.node.door.enter(PIN)
        await door.instance.stop()
        await sleep_until(ends + PROMPT)
        assert not door.node.door.enter(PIN)
        await door.instance.start()
        await asyncio.sleep(PROMPT.total_seconds())
        assert door.codes == []

    run_at_door(scenario)
