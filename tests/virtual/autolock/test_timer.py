"""The timer of one lock: every interleaving of what may be asked of it."""

import asyncio

import pytest

from custom_components.keyholder.autolock.timer import TimerState
from custom_components.keyholder.logic.autolock import MAX_ATTEMPTS
from custom_components.keyholder.model.autolock_timer import (
    Finished,
    RetryAfter,
    WaitForChange,
)
from tests.bare import bare_home_assistant
from tests.virtual.run import run_virtually

from .door import Disk
from .timer_bench import SECOND, Bench, life, on_the_bench, runs


def test_its_life_is_fresh_active_done_and_active_again() -> None:
    async def run() -> None:
        async with bare_home_assistant() as hass:
            bench = Bench(hass, Disk())
            timer = bench.timer
            assert life(bench) is TimerState.FRESH
            await timer.recover()
            assert life(bench) is TimerState.DONE
            await bench.start()
            assert life(bench) is TimerState.ACTIVE
            await asyncio.sleep(61)
            assert life(bench) is TimerState.DONE
            assert not bench.on_disk
            await bench.start()
            assert life(bench) is TimerState.ACTIVE
            await timer.recover()
            assert life(bench) is TimerState.ACTIVE
            await timer.cancel()
            assert life(bench) is TimerState.DONE
            await timer.close()
            await hass.async_stop(force=True)

    run_virtually(run())


def test_the_last_of_two_starts_counts() -> None:
    async def story(bench: Bench) -> None:
        bench.start(60)
        await bench.start(300)
        await asyncio.sleep(290)
        assert bench.acted == []
        await asyncio.sleep(20)
        assert bench.acted == [300]

    on_the_bench(story)


def test_a_start_and_a_cancel_during_a_slow_write_leave_nothing() -> None:
    async def story(bench: Bench) -> None:
        started = bench.start(60)
        await asyncio.sleep(1)
        cancelled = bench.timer.cancel()
        assert bench.timer.pending_entry is None
        assert not started.done()
        await cancelled
        assert started.done()
        assert not bench.on_disk
        await asyncio.sleep(600)
        assert bench.acted == []

    on_the_bench(story, Disk(slow=20))


def test_a_cancel_and_a_start_during_a_slow_write_leave_the_start() -> None:
    async def story(bench: Bench) -> None:
        bench.start(60)
        await asyncio.sleep(1)
        bench.timer.cancel()
        await asyncio.sleep(1)
        started = bench.start(300)
        assert bench.timer.pending_entry is not None
        assert bench.timer.overdue_by < -290 * SECOND
        await started
        assert bench.on_disk
        await asyncio.sleep(600)
        assert bench.acted == [302]

    on_the_bench(story, Disk(slow=20))


def test_two_cancels_are_one() -> None:
    async def story(bench: Bench) -> None:
        await bench.start()
        await asyncio.gather(bench.timer.cancel(), bench.timer.cancel())
        await bench.timer.cancel()
        assert life(bench) is TimerState.DONE
        assert bench.disk.commits == 2

    on_the_bench(story, Disk(slow=2))


def test_a_time_that_is_over_before_the_disk_is_ready_fires_then_and_once() -> None:
    async def story(bench: Bench) -> None:
        bench.start(60)
        await asyncio.sleep(600)
        assert bench.acted == [90]

    on_the_bench(story, Disk(slow=90))


def test_who_is_cancelled_while_waiting_leaves_nothing_half_done() -> None:
    async def story(bench: Bench) -> None:
        async def starts() -> None:
            await bench.start(60)

        waits = asyncio.create_task(starts())
        await asyncio.sleep(1)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits
        await asyncio.sleep(30)
        assert bench.on_disk
        assert runs(bench)
        await asyncio.sleep(60)
        assert bench.acted == [60]

    on_the_bench(story, Disk(slow=20))


def test_a_cancel_joins_the_action_and_its_late_outcome_changes_nothing() -> None:
    async def story(bench: Bench) -> None:
        bench.takes = 30
        await bench.start(60)
        await asyncio.sleep(65)
        assert runs(bench)
        await bench.timer.cancel()
        assert not runs(bench)
        await bench.start(60)
        await asyncio.sleep(50)
        assert bench.timer.entry is not None
        assert bench.timer.entry.attempt == 0

    on_the_bench(story)


def test_a_new_start_while_the_last_outcome_is_on_its_way_is_not_undone_by_it() -> None:
    async def story(bench: Bench) -> None:
        bench.takes = 10
        await bench.start(60)
        # the outcome and the start come in the same moment
        started = asyncio.Event()

        def start_then() -> None:
            bench.start(300)
            started.set()

        bench.hass.loop.call_at(bench.began + 70, start_then)
        await started.wait()
        await asyncio.sleep(1)
        assert life(bench) is TimerState.ACTIVE
        assert bench.on_disk
        await asyncio.sleep(400)
        assert bench.acted == [60, 370]

    on_the_bench(story)


def test_after_a_failure_the_intent_stays_and_a_new_start_begins_anew() -> None:
    async def story(bench: Bench) -> None:
        bench.outcome = WaitForChange(failed=True)
        await bench.start(60)
        await asyncio.sleep(61)
        entry = bench.timer.entry
        assert entry is not None
        assert entry.attempt == 1
        assert bench.on_disk
        assert not runs(bench)
        bench.outcome = Finished()
        await bench.start(60)
        assert runs(bench)
        assert bench.timer.entry is not None
        assert bench.timer.entry.attempt == 0
        await asyncio.sleep(61)
        assert not bench.on_disk

    on_the_bench(story)


def test_it_runs_while_another_attempt_is_to_come_and_says_so() -> None:
    async def story(bench: Bench) -> None:
        bench.outcome = RetryAfter(30 * SECOND, failed=True)
        await bench.start(60)
        await asyncio.sleep(75)
        assert runs(bench)
        await asyncio.sleep(60)
        assert bench.acted == [60, 90, 120]
        assert [entry.attempt for entry in bench.entries] == [0, 1, 2]
        await bench.timer.cancel()

    on_the_bench(story)


@pytest.mark.parametrize("error", [ValueError("bug"), asyncio.CancelledError()])
def test_an_action_that_breaks_is_a_failure_like_any_other(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """An action that was broken off from below left the intent, and no next attempt."""

    async def story(bench: Bench) -> None:
        bench.outcome = error
        await bench.start(60)
        await asyncio.sleep(1000)
        assert len(bench.acted) == MAX_ATTEMPTS
        assert bench.timer.entry is not None
        assert not runs(bench)

    on_the_bench(story)
    assert "Locking by autolock of front" in caplog.text


def test_who_shows_changes_and_fails_stops_nothing() -> None:
    """It took the queue with it, and the action."""

    async def story(bench: Bench) -> None:
        bench.deaf = True
        bench.start(60)
        bench.timer.cancel()
        await bench.start(60)
        await asyncio.sleep(61)
        assert bench.acted == [60]
        assert not bench.on_disk
        assert bench.changes

    on_the_bench(story)


def test_a_disk_that_breaks_off_what_it_was_asked_stops_nothing() -> None:
    class Broken(Disk):
        async def async_commit(self, data: object) -> None:
            raise asyncio.CancelledError

    async def story(bench: Bench) -> None:
        await bench.start(60)
        assert runs(bench)
        await asyncio.sleep(61)
        assert bench.acted == [60]
        assert life(bench) is TimerState.DONE

    on_the_bench(story, Broken())


def test_what_is_heard_during_an_action_is_judged_after_it() -> None:
    """A door that closed while the last judgement was under way was forgotten."""

    async def story(bench: Bench) -> None:
        bench.outcome = WaitForChange()
        bench.takes = 10
        await bench.start(60)
        await asyncio.sleep(65)
        bench.timer.evaluate(20 * SECOND)
        await asyncio.sleep(100)
        assert bench.acted == [60, 85]

    on_the_bench(story)


def test_what_was_heard_for_an_intent_does_not_hurry_the_next_one() -> None:
    async def story(bench: Bench) -> None:
        bench.takes = 10
        await bench.start(60)
        await asyncio.sleep(65)
        await bench.timer.evaluate()
        await bench.start(60)
        bench.outcome = RetryAfter(100 * SECOND, failed=True)
        await asyncio.sleep(160)
        assert bench.acted == [60, 125]

    on_the_bench(story)


def test_judging_before_the_time_is_over_changes_nothing() -> None:
    async def story(bench: Bench) -> None:
        await bench.timer.evaluate()
        await bench.start(60)
        await bench.timer.evaluate()
        await asyncio.sleep(59)
        assert bench.acted == []
        await asyncio.sleep(2)
        assert bench.acted == [60]

    on_the_bench(story)
