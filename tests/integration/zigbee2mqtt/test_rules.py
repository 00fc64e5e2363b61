"""When a code on a lock of Zigbee2MQTT works, and how often: Home Assistant sees to it."""

import asyncio
from datetime import timedelta

from tests.integration.doorstep import until
from tests.integration.household import PIN
from tests.integration.rules_days import (
    LASTS,
    add_with_window,
    expect_a_use_that_is_told_three_times_to_count_once,
    expect_home_assistant_to_keep_a_window,
    shown,
)

from .story import Door, at_the_door


def test_a_code_is_on_the_lock_for_its_time_only() -> None:
    async def story(door: Door) -> None:
        await expect_home_assistant_to_keep_a_window(
            door, is_away=lambda: door.codes == []
        )

    at_the_door(story)


def test_a_code_whose_time_ends_while_the_bridge_is_away_goes_when_it_is_back() -> None:
    async def story(door: Door) -> None:
        ann, begins = await add_with_window(door)
        await until(begins + LASTS / 2)
        await door.home.bridge.stop()
        await until(begins + LASTS + timedelta(minutes=7))
        assert shown(ann, "desired", "reason")[1:] == ["absent", "lock_unreachable"]
        assert door.codes == [PIN]

        door.home.bridge.start()
        await asyncio.sleep(30)

        assert door.codes == []
        assert shown(ann, "desired") == ["in_sync", "absent"]

    at_the_door(story)


def test_a_use_that_is_reported_three_times_is_counted_once() -> None:
    at_the_door(expect_a_use_that_is_told_three_times_to_count_once)
