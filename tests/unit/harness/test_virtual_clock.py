import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
import math
import time

from homeassistant.helpers.event import async_call_later, async_track_point_in_utc_time
from homeassistant.util import dt as dt_util
import pytest

from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.clock.virtual_loop import START, NothingLeftError, VirtualLoop
from tests.harness.instances.ha_instances import running_home_assistant
from tests.harness.waiting import wait_for

DAY = timedelta(days=1).total_seconds()
YEAR = 365 * DAY


def stopping(loop: VirtualLoop, turns: int) -> VirtualLoop:
    """Let a loop fail that turns more often: without the time passing, it would for ever."""
    left = iter(range(turns))

    def turn() -> None:
        if next(left, None) is None:
            loop.on_turn = lambda: None  # it has to turn once more to be closed
            pytest.fail("the loop turns and no time passes")

    loop.on_turn = turn
    return loop


def test_a_month_passes_in_a_moment() -> None:
    async def scenario() -> timedelta:
        await asyncio.sleep(timedelta(days=30).total_seconds())
        return dt_util.utcnow() - START

    began = time.monotonic()
    assert run_on_virtual_clock(scenario()) >= timedelta(days=30)
    assert time.monotonic() - began < 5


def test_home_assistants_timers_fire_at_their_moment_and_in_order() -> None:
    async def scenario() -> list[float]:
        fired: list[float] = []
        async with running_home_assistant() as hass:
            began = dt_util.utcnow()

            def note(*_: object) -> None:
                fired.append(round((dt_util.utcnow() - began).total_seconds(), 3))

            async_track_point_in_utc_time(hass, note, began + timedelta(hours=3))
            async_call_later(hass, 90, note)
            await asyncio.sleep(timedelta(days=1).total_seconds())
            await hass.async_stop(force=True)
        return fired

    assert run_on_virtual_clock(scenario()) == [90, 3 * 3600]


def test_an_executor_takes_no_time() -> None:
    async def scenario() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        before = loop.time()
        return await loop.run_in_executor(None, lambda: 7), loop.time() - before

    result, took = run_on_virtual_clock(scenario())
    assert result == 7
    assert took < 1


def test_a_wait_that_nobody_will_end_fails() -> None:
    async def scenario() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingLeftError):
        run_on_virtual_clock(scenario())


def test_every_await_can_be_watched() -> None:
    async def scenario() -> list[str]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        done, seen = [""], []
        loop.on_turn = lambda: seen.append(done[-1])
        for step in "abc":
            await asyncio.sleep(0)
            done.append(step)
        loop.on_turn = lambda: None
        return seen

    assert run_on_virtual_clock(scenario()) == ["", "a", "b"]


def test_a_run_can_begin_where_another_ended() -> None:
    async def scenario() -> datetime:
        return dt_util.utcnow()

    assert run_on_virtual_clock(scenario(), elapsed=90) == START + timedelta(seconds=90)


@pytest.mark.parametrize("elapsed", [0.0, 2.0**23, 2.0**24, 20 * YEAR])
def test_a_timer_fires_however_long_the_loop_has_run(elapsed: float) -> None:
    """Half a year on, the floats of the time lie further apart than a nanosecond."""
    loop = stopping(VirtualLoop(elapsed), turns=100)

    async def scenario() -> float:
        for pause in (1.0, 0.1, 1e-3, 1e-6, 1e-9, 0.0):
            await asyncio.sleep(pause)
        return loop.time() - elapsed

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        took = runner.run(scenario())
    assert took == pytest.approx(1.101, abs=1e-4)


def test_twenty_years_pass_day_by_day() -> None:
    loop = stopping(VirtualLoop(), turns=4 * 20 * 365)

    async def scenario() -> timedelta:
        for _ in range(20 * 365):
            await asyncio.sleep(DAY)
        return loop.clock() - START

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        passed = runner.run(scenario())
    assert passed / timedelta(seconds=20 * YEAR) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("elapsed", [0.0, 2.0**24, 20 * YEAR])
def test_timers_fire_in_order_and_never_early(elapsed: float) -> None:
    loop = stopping(VirtualLoop(elapsed), turns=200)
    step = max(math.ulp(elapsed), 1e-7)
    dues = [loop.time() + 60 + number * step for number in range(20)]
    fired: list[tuple[float, float]] = []

    async def scenario() -> None:
        for due in (*dues[::-2], *dues[-2::-2]):
            loop.call_at(due, lambda due: fired.append((due, loop.time())), due)
        await asyncio.sleep(120)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(scenario())
    assert [due for due, _ in fired] == dues
    assert all(due <= at + 1e-9 for due, at in fired)


def test_a_wait_ends_at_the_moment_at_which_its_condition_comes_true() -> None:
    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        done: list[bool] = []
        loop.call_later(7, done.append, True)
        loop.call_later(8, done.append, True)
        await wait_for(lambda: done)
        return loop.time()

    assert run_on_virtual_clock(scenario()) == pytest.approx(7)


def test_a_wait_sees_what_is_so_for_one_turn_only() -> None:
    async def scenario() -> None:
        shown = ["before"]

        async def pass_by() -> None:
            for state in ("passing", "after"):
                await asyncio.sleep(0)
                shown.append(state)

        passing = asyncio.create_task(pass_by())
        await wait_for(lambda: shown[-1] == "passing")
        assert shown == ["before", "passing"]
        await passing

    run_on_virtual_clock(scenario())


def test_several_waits_look_at_what_the_others_do() -> None:
    async def scenario() -> list[int]:
        done = [0]

        async def follow(number: int) -> None:
            await wait_for(lambda: done[-1] == number)
            done.append(number + 1)

        await asyncio.gather(*(follow(number) for number in (3, 1, 0, 2)))
        assert asyncio.get_running_loop().time() < 1e-3
        return done

    assert run_on_virtual_clock(scenario()) == [0, 1, 2, 3, 4]


def test_a_wait_for_what_never_comes_true_fails_in_its_time() -> None:
    looks: list[float] = []

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        with pytest.raises(AssertionError, match="in time"):
            await wait_for(lambda: looks.append(loop.time()), 30)
        assert loop.time() == pytest.approx(30)

    run_on_virtual_clock(scenario())
    assert len(looks) < 6


def test_no_thread_is_waited_for_at_the_end() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(lambda: None)
        await loop.shutdown_default_executor()

    run_on_virtual_clock(scenario())
