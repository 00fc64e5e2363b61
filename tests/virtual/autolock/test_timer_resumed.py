"""The timer of one lock after a restart, and beside a clock that is set."""

import asyncio
from datetime import datetime, timedelta
from unittest.mock import patch

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.autolock.store import TimerStore
from custom_components.keyholder.autolock.timer import TimerState

from .door import Disk
from .timer_bench import SECOND, Bench, life, on_the_bench, runs


def test_a_reload_while_firing_leaves_the_intent_for_the_next_run() -> None:
    disk = Disk()

    async def first(bench: Bench) -> None:
        bench.takes = 30
        await bench.start(60)
        await asyncio.sleep(65)
        await asyncio.gather(bench.timer.close(), bench.timer.close())
        assert bench.on_disk
        await bench.start(1)
        await bench.timer.cancel()
        assert bench.on_disk

    async def second(bench: Bench) -> None:
        assert life(bench) is TimerState.ACTIVE
        assert not runs(bench)
        assert bench.timer.overdue_by > 60 * SECOND
        await bench.timer.evaluate()
        await asyncio.sleep(1)
        assert bench.acted == [0]
        assert life(bench) is TimerState.DONE

    on_the_bench(first, disk)
    # another run's clock begins anew; its deadline is an hour ago
    disk.stored["timers"]["front"]["deadline"] = "2026-03-02T07:00:00+00:00"
    on_the_bench(second, disk)


def test_a_close_during_a_slow_write_waits_for_it_and_schedules_nothing() -> None:
    async def story(bench: Bench) -> None:
        bench.start(1)
        await asyncio.sleep(0.5)
        await bench.timer.close()
        assert bench.on_disk
        await asyncio.sleep(100)
        assert bench.acted == []

    on_the_bench(story, Disk(slow=20))


def stored(deadline: str, duration: float) -> Disk:
    return Disk(
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
    async def story(bench: Bench) -> None:
        assert runs(bench)
        await asyncio.sleep(200)
        assert bench.acted == [120]

    on_the_bench(story, stored("2026-03-02T08:02:00+00:00", 300))


def test_a_deadline_further_ahead_than_its_duration_is_capped_for_good() -> None:
    """The clock was set back; each start gave the whole time again."""
    disk = stored("2026-03-02T23:00:00+00:00", 300)

    async def story(bench: Bench) -> None:
        entry = bench.timer.entry
        assert entry is not None
        left = entry.deadline - dt_util.utcnow()
        assert 299 * SECOND < left <= 300 * SECOND
        again = await TimerStore(disk).async_read("front")
        assert again is not None
        assert again.deadline == entry.deadline
        await asyncio.sleep(400)
        assert bench.acted == [300]

    on_the_bench(story, disk)


def test_what_was_over_is_not_fired_by_itself() -> None:
    async def story(bench: Bench) -> None:
        assert not runs(bench)
        await asyncio.sleep(1000)
        assert bench.acted == []

    on_the_bench(story, stored("2026-03-02T07:00:00+00:00", 300))


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
def test_a_clock_that_is_set_while_it_runs_makes_it_neither_early_nor_late(
    hours: float,
) -> None:
    async def story(bench: Bench) -> None:
        real = dt_util.utcnow

        def wrong(zone: object = None) -> datetime:
            return real() + timedelta(hours=hours)

        await bench.start(60)
        await asyncio.sleep(30)
        with patch.object(dt_util, "utcnow", wrong):
            await asyncio.sleep(29)
            assert bench.acted == []
            await asyncio.sleep(2)
        assert bench.acted == [60]

    on_the_bench(story)
