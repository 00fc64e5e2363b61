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
from tests.harness.autolock.fake_door import FakeTimerDisk
from tests.harness.autolock.timer_harness import (
    SECOND,
    TimerHarness,
    is_running,
    run_with_timer,
    timer_state,
)
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.instances.ha_instances import running_home_assistant


def test_its_life_is_fresh_active_done_and_active_again() -> None:
    async def run() -> None:
        async with running_home_assistant() as hass:
            harness = TimerHarness(hass, FakeTimerDisk())
            timer = harness.timer
            assert timer_state(harness) is TimerState.FRESH
            await timer.recover()
            assert timer_state(harness) is TimerState.DONE
            await harness.start()
            assert timer_state(harness) is TimerState.ACTIVE
            await asyncio.sleep(61)
            assert timer_state(harness) is TimerState.DONE
            assert not harness.on_disk
            await harness.start()
            assert timer_state(harness) is TimerState.ACTIVE
            await timer.recover()
            assert timer_state(harness) is TimerState.ACTIVE
            await timer.cancel()
            assert timer_state(harness) is TimerState.DONE
            await timer.close()
            await hass.async_stop(force=True)

    run_on_virtual_clock(run())


def test_the_last_of_two_starts_counts() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.start(60)
        await harness.start(300)
        await asyncio.sleep(290)
        assert harness.acted == []
        await asyncio.sleep(20)
        assert harness.acted == [300]

    run_with_timer(scenario)


def test_a_start_and_a_cancel_during_a_slow_write_leave_nothing() -> None:
    async def scenario(harness: TimerHarness) -> None:
        started = harness.start(60)
        await asyncio.sleep(1)
        cancelled = harness.timer.cancel()
        assert harness.timer.pending_entry is None
        assert not started.done()
        await cancelled
        assert started.done()
        assert not harness.on_disk
        await asyncio.sleep(600)
        assert harness.acted == []

    run_with_timer(scenario, FakeTimerDisk(slow=20))


def test_a_cancel_and_a_start_during_a_slow_write_leave_the_start() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.start(60)
        await asyncio.sleep(1)
        harness.timer.cancel()
        await asyncio.sleep(1)
        started = harness.start(300)
        assert harness.timer.pending_entry is not None
        assert harness.timer.overdue_by < -290 * SECOND
        await started
        assert harness.on_disk
        await asyncio.sleep(600)
        assert harness.acted == [302]

    run_with_timer(scenario, FakeTimerDisk(slow=20))


def test_two_cancels_are_one() -> None:
    async def scenario(harness: TimerHarness) -> None:
        await harness.start()
        await asyncio.gather(harness.timer.cancel(), harness.timer.cancel())
        await harness.timer.cancel()
        assert timer_state(harness) is TimerState.DONE
        assert harness.disk.commits == 2

    run_with_timer(scenario, FakeTimerDisk(slow=2))


def test_a_time_that_is_over_before_the_disk_is_ready_fires_then_and_once() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.start(60)
        await asyncio.sleep(600)
        assert harness.acted == [90]

    run_with_timer(scenario, FakeTimerDisk(slow=90))


def test_cancelled_caller_does_not_abort_the_start() -> None:
    async def scenario(harness: TimerHarness) -> None:
        async def starts() -> None:
            await harness.start(60)

        waits = asyncio.create_task(starts())
        await asyncio.sleep(1)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits
        await asyncio.sleep(30)
        assert harness.on_disk
        assert is_running(harness)
        await asyncio.sleep(60)
        assert harness.acted == [60]

    run_with_timer(scenario, FakeTimerDisk(slow=20))


def test_a_cancel_joins_the_action_and_its_late_outcome_changes_nothing() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.takes = 30
        await harness.start(60)
        await asyncio.sleep(65)
        assert is_running(harness)
        await harness.timer.cancel()
        assert not is_running(harness)
        await harness.start(60)
        await asyncio.sleep(50)
        assert harness.timer.entry is not None
        assert harness.timer.entry.attempt == 0

    run_with_timer(scenario)


def test_a_new_start_is_not_undone_by_the_last_outcome() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.takes = 10
        await harness.start(60)
        # the outcome and the start come in the same moment
        started = asyncio.Event()

        def start_then() -> None:
            harness.start(300)
            started.set()

        harness.hass.loop.call_at(harness.began + 70, start_then)
        await started.wait()
        await asyncio.sleep(1)
        assert timer_state(harness) is TimerState.ACTIVE
        assert harness.on_disk
        await asyncio.sleep(400)
        assert harness.acted == [60, 370]

    run_with_timer(scenario)


def test_after_a_failure_the_intent_stays_and_a_new_start_begins_anew() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.outcome = WaitForChange(failed=True)
        await harness.start(60)
        await asyncio.sleep(61)
        entry = harness.timer.entry
        assert entry is not None
        assert entry.attempt == 1
        assert harness.on_disk
        assert not is_running(harness)
        harness.outcome = Finished()
        await harness.start(60)
        assert is_running(harness)
        assert harness.timer.entry is not None
        assert harness.timer.entry.attempt == 0
        await asyncio.sleep(61)
        assert not harness.on_disk

    run_with_timer(scenario)


def test_it_runs_while_another_attempt_is_to_come_and_says_so() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.outcome = RetryAfter(30 * SECOND, failed=True)
        await harness.start(60)
        await asyncio.sleep(75)
        assert is_running(harness)
        await asyncio.sleep(60)
        assert harness.acted == [60, 90, 120]
        assert [entry.attempt for entry in harness.entries] == [0, 1, 2]
        await harness.timer.cancel()

    run_with_timer(scenario)


@pytest.mark.parametrize("error", [ValueError("bug"), asyncio.CancelledError()])
def test_an_action_that_breaks_is_a_failure_like_any_other(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """An action that was broken off from below left the intent, and no next attempt."""

    async def scenario(harness: TimerHarness) -> None:
        harness.outcome = error
        await harness.start(60)
        await asyncio.sleep(1000)
        assert len(harness.acted) == MAX_ATTEMPTS
        assert harness.timer.entry is not None
        assert not is_running(harness)

    run_with_timer(scenario)
    assert "Locking by autolock of front" in caplog.text


def test_who_shows_changes_and_fails_stops_nothing() -> None:
    """It took the queue with it, and the action."""

    async def scenario(harness: TimerHarness) -> None:
        harness.deaf = True
        harness.start(60)
        harness.timer.cancel()
        await harness.start(60)
        await asyncio.sleep(61)
        assert harness.acted == [60]
        assert not harness.on_disk
        assert harness.changes

    run_with_timer(scenario)


def test_a_disk_that_breaks_off_what_it_was_asked_stops_nothing() -> None:
    class Broken(FakeTimerDisk):
        async def async_commit(self, data: object) -> None:
            raise asyncio.CancelledError

    async def scenario(harness: TimerHarness) -> None:
        await harness.start(60)
        assert is_running(harness)
        await asyncio.sleep(61)
        assert harness.acted == [60]
        assert timer_state(harness) is TimerState.DONE

    run_with_timer(scenario, Broken())


def test_events_during_an_action_are_evaluated_after_it() -> None:
    """A door that closed while the last judgement was under way was forgotten."""

    async def scenario(harness: TimerHarness) -> None:
        harness.outcome = WaitForChange()
        harness.takes = 10
        await harness.start(60)
        await asyncio.sleep(65)
        harness.timer.evaluate(20 * SECOND)
        await asyncio.sleep(100)
        assert harness.acted == [60, 85]

    run_with_timer(scenario)


def test_an_event_of_one_entry_does_not_hurry_the_next() -> None:
    async def scenario(harness: TimerHarness) -> None:
        harness.takes = 10
        await harness.start(60)
        await asyncio.sleep(65)
        await harness.timer.evaluate()
        await harness.start(60)
        harness.outcome = RetryAfter(100 * SECOND, failed=True)
        await asyncio.sleep(160)
        assert harness.acted == [60, 125]

    run_with_timer(scenario)


def test_judging_before_the_time_is_over_changes_nothing() -> None:
    async def scenario(harness: TimerHarness) -> None:
        await harness.timer.evaluate()
        await harness.start(60)
        await harness.timer.evaluate()
        await asyncio.sleep(59)
        assert harness.acted == []
        await asyncio.sleep(2)
        assert harness.acted == [60]

    run_with_timer(scenario)
