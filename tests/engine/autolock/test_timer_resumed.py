"""The timer of one lock after a restart, and beside a clock that is set."""

import asyncio
from datetime import datetime, timedelta
from unittest.mock import patch

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.autolock.store import TimerStore
from custom_components.keyholder.autolock.timer import TimerState
from tests.harness.autolock.fake_door import FakeTimerDisk
from tests.harness.autolock.timer_harness import (
    SECOND,
    TimerHarness,
    is_running,
    run_with_timer,
    timer_state,
)


def test_a_reload_while_firing_leaves_the_intent_for_the_next_run() -> None:
    disk = FakeTimerDisk()

    async def first(harness: TimerHarness) -> None:
        harness.takes = 30
        await harness.start(60)
        await asyncio.sleep(65)
        await asyncio.gather(harness.timer.close(), harness.timer.close())
        assert harness.on_disk
        await harness.start(1)
        await harness.timer.cancel()
        assert harness.on_disk

    async def second(harness: TimerHarness) -> None:
        assert timer_state(harness) is TimerState.ACTIVE
        assert not is_running(harness)
        assert harness.timer.overdue_by > 60 * SECOND
        await harness.timer.evaluate()
        await asyncio.sleep(1)
        assert harness.acted == [0]
        assert timer_state(harness) is TimerState.DONE

    run_with_timer(first, disk)
    # another run's clock begins anew; its deadline is an hour ago
    disk.stored["timers"]["front"]["deadline"] = "2026-03-02T07:00:00+00:00"
    run_with_timer(second, disk)


def test_a_close_during_a_slow_write_waits_for_it_and_schedules_nothing() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.start(1)
        await asyncio.sleep(0.5)
        await harness.timer.close()
        assert harness.on_disk
        await asyncio.sleep(100)
        assert harness.acted == []

    run_with_timer(scenario, FakeTimerDisk(slow=20))


def stored(deadline: str, duration: float) -> FakeTimerDisk:
    return FakeTimerDisk(
        {
            "timers": {
                "front": {
                    "deadline": deadline,
                    "duration": duration,
                    "reason": "unlocked",
                }
            }
        }
    )


def test_after_a_start_what_is_ahead_resumes_to_the_second() -> None:
    async def scenario(harness: TimerHarness) -> None:
        assert is_running(harness)
        await asyncio.sleep(200)
        assert harness.acted == [120]

    run_with_timer(scenario, stored("2026-03-02T08:02:00+00:00", 300))


def test_a_deadline_further_ahead_than_its_duration_is_capped_for_good() -> None:
    """The clock was set back; each start gave the whole time again."""
    disk = stored("2026-03-02T23:00:00+00:00", 300)

    async def scenario(harness: TimerHarness) -> None:
        entry = harness.timer.entry
        assert entry is not None
        left = entry.deadline - dt_util.utcnow()
        assert 299 * SECOND < left <= 300 * SECOND
        again = await TimerStore(disk).async_read("front")
        assert again is not None
        assert again.deadline == entry.deadline
        await asyncio.sleep(400)
        assert harness.acted == [300]

    run_with_timer(scenario, disk)


def test_what_was_over_is_not_fired_by_itself() -> None:
    async def scenario(harness: TimerHarness) -> None:
        assert not is_running(harness)
        await asyncio.sleep(1000)
        assert harness.acted == []

    run_with_timer(scenario, stored("2026-03-02T07:00:00+00:00", 300))


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
def test_setting_the_clock_makes_the_timer_neither_early_nor_late(
    hours: float,
) -> None:
    async def scenario(harness: TimerHarness) -> None:
        real = dt_util.utcnow

        def wrong(zone: object = None) -> datetime:
            return real() + timedelta(hours=hours)

        await harness.start(60)
        await asyncio.sleep(30)
        with patch.object(dt_util, "utcnow", wrong):
            await asyncio.sleep(29)
            assert harness.acted == []
            await asyncio.sleep(2)
        assert harness.acted == [60]

    run_with_timer(scenario)
