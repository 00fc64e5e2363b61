"""When a code on a lock of Zigbee2MQTT works, and how often: Home Assistant sees to it."""

import asyncio
from datetime import timedelta

from tests.harness.site.door_driver import sleep_until
from tests.harness.site.shared_rule_scenarios import (
    LASTS,
    add_with_window,
    expect_a_use_that_is_reported_three_times_to_count_once,
    expect_home_assistant_to_keep_a_window,
    lock_state,
)
from tests.harness.site.site_driver import PIN
from tests.harness.site.zigbee2mqtt_door import Zigbee2MqttDoor, run_at_door


def test_a_code_is_on_the_lock_for_its_time_only() -> None:
    async def scenario(door: Zigbee2MqttDoor) -> None:
        await expect_home_assistant_to_keep_a_window(
            door, is_away=lambda: door.codes == []
        )

    run_at_door(scenario)


def test_a_code_whose_time_ended_without_a_bridge_is_cleared_later() -> None:
    async def scenario(door: Zigbee2MqttDoor) -> None:
        ann, begins = await add_with_window(door)
        await sleep_until(begins + LASTS / 2)
        await door.instance.bridge.stop()
        await sleep_until(begins + LASTS + timedelta(minutes=7))
        assert lock_state(ann, "desired", "reason")[1:] == [
            "absent",
            "lock_unreachable",
        ]
        assert door.codes == [PIN]

        door.instance.bridge.start()
        await asyncio.sleep(30)

        assert door.codes == []
        assert lock_state(ann, "desired") == ["in_sync", "absent"]

    run_at_door(scenario)


def test_a_use_that_is_reported_three_times_is_counted_once() -> None:
    run_at_door(expect_a_use_that_is_reported_three_times_to_count_once)
