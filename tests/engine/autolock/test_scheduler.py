"""One wait, then one action, however it is ended."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.autolock.scheduled_fire import ScheduledFire
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.instances.ha_instances import running_home_assistant

type Scenario = Callable[[HomeAssistant], Awaitable[None]]


def in_home_assistant(scenario: Scenario) -> None:
    async def run() -> None:
        async with running_home_assistant() as hass:
            before = asyncio.all_tasks()
            await scenario(hass)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == before
            await hass.async_stop(force=True)

    run_on_virtual_clock(run())


class Work:
    """An action of ten seconds."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.begun = self.ended = self.broken_off = 0
        self.error = error
        self.tidies = 0.0

    async def __call__(self) -> None:
        self.begun += 1
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            self.broken_off += 1
            await asyncio.sleep(self.tidies)
            raise
        self.ended += 1
        if self.error is not None:
            raise self.error


def waits(scheduled: ScheduledFire) -> bool:
    return scheduled.is_waiting


def acts(scheduled: ScheduledFire) -> bool:
    return scheduled.is_in_flight


def fire(hass: HomeAssistant, work: Callable[[], Awaitable[None]]) -> ScheduledFire:
    return ScheduledFire(hass, timedelta(seconds=60), work, "a test")


def test_it_fires_once() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        scheduled = fire(hass, work)
        assert waits(scheduled)
        await asyncio.sleep(59)
        assert work.begun < 1
        await asyncio.sleep(2)
        assert work.begun == 1
        assert acts(scheduled)
        assert not waits(scheduled)
        await asyncio.sleep(600)
        assert (work.begun, work.ended) == (1, 1)
        assert not acts(scheduled)

    in_home_assistant(scenario)


@pytest.mark.parametrize("seconds", [0, -5, -(10**9)])
def test_a_delay_that_is_over_is_now(seconds: float) -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        ScheduledFire(hass, timedelta(seconds=seconds), work, "a test")
        await asyncio.sleep(0.1)
        assert work.begun == 1
        await asyncio.sleep(11)

    in_home_assistant(scenario)


def test_cancelled_before_it_never_fires() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        scheduled = fire(hass, work)
        await scheduled.async_cancel()
        assert not waits(scheduled)
        await asyncio.sleep(600)
        assert not work.begun

    in_home_assistant(scenario)


def test_cancelled_at_the_very_moment_it_never_begins() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        scheduled = fire(hass, work)
        due = asyncio.Event()
        hass.loop.call_later(60, due.set)
        await due.wait()
        await scheduled.async_cancel()
        begun = work.begun
        await asyncio.sleep(600)
        assert work.begun == begun
        assert not work.ended

    in_home_assistant(scenario)


def test_cancelled_during_the_action_it_returns_when_that_has_tidied_up() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        work.tidies = 5
        scheduled = fire(hass, work)
        await asyncio.sleep(61)
        began = hass.loop.time()
        await scheduled.async_cancel()
        assert hass.loop.time() - began == pytest.approx(5, abs=0.1)
        assert not acts(scheduled)
        assert (work.broken_off, work.ended) == (1, 0)

    in_home_assistant(scenario)


def test_cancelled_after_the_action_it_returns_at_once() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        scheduled = fire(hass, work)
        await asyncio.sleep(600)
        await scheduled.async_cancel()
        await scheduled.async_cancel()
        assert work.ended == 1

    in_home_assistant(scenario)


def test_two_who_cancel_at_once_both_wait_and_break_off_nothing_twice() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        work.tidies = 5
        scheduled = fire(hass, work)
        await asyncio.sleep(61)
        first = asyncio.create_task(scheduled.async_cancel())
        await asyncio.sleep(1)
        second = asyncio.create_task(scheduled.async_cancel())
        await asyncio.sleep(1)
        assert not first.done()
        assert not second.done()
        await asyncio.gather(first, second)
        assert work.broken_off == 1
        assert not acts(scheduled)

    in_home_assistant(scenario)


def test_its_own_action_may_cancel_it_and_go_on() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        done: list[bool] = []

        async def action() -> None:
            await scheduled.async_cancel()
            await asyncio.sleep(1)
            done.append(True)

        scheduled = fire(hass, action)
        await asyncio.sleep(70)
        assert done == [True]

    in_home_assistant(scenario)


@pytest.mark.parametrize("error", [ValueError("no"), asyncio.CancelledError()])
def test_what_the_action_raises_stays_inside(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(hass: HomeAssistant) -> None:
        reported: list[object] = []
        hass.loop.set_exception_handler(lambda _loop, context: reported.append(context))
        scheduled = fire(hass, Work(error))
        await asyncio.sleep(600)
        await scheduled.async_cancel()
        assert not acts(scheduled)
        assert reported == []

    in_home_assistant(scenario)
    assert "a test" in caplog.text


def test_an_action_that_fails_when_cancelled_does_not_harm_its_caller() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        async def action() -> None:
            try:
                await asyncio.sleep(10)
            finally:
                raise ValueError

        scheduled = fire(hass, action)
        await asyncio.sleep(61)
        await scheduled.async_cancel()
        assert not acts(scheduled)

    in_home_assistant(scenario)


def test_who_is_cancelled_while_joining_is_cancelled_and_another_may_join() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        work.tidies = 5
        scheduled = fire(hass, work)
        await asyncio.sleep(61)
        joins = asyncio.create_task(scheduled.async_cancel())
        await asyncio.sleep(1)
        joins.cancel()
        with pytest.raises(asyncio.CancelledError):
            await joins
        assert acts(scheduled)
        await scheduled.async_cancel()
        assert not acts(scheduled)
        assert work.broken_off == 1

    in_home_assistant(scenario)


def test_what_the_action_shields_is_not_broken_off() -> None:
    async def scenario(hass: HomeAssistant) -> None:
        command = Work()
        tasks = []

        async def action() -> None:
            tasks.append(asyncio.ensure_future(command()))
            await asyncio.shield(tasks[0])

        scheduled = fire(hass, action)
        await asyncio.sleep(61)
        began = hass.loop.time()
        await scheduled.async_cancel()
        assert hass.loop.time() - began < 1
        await tasks[0]
        assert (command.broken_off, command.ended) == (0, 1)

    in_home_assistant(scenario)


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
def test_a_wall_clock_that_is_set_makes_it_neither_early_nor_late(hours: float) -> None:
    async def scenario(hass: HomeAssistant) -> None:
        work = Work()
        real = dt_util.utcnow

        def wrong(zone: object = None) -> datetime:
            return real() + timedelta(hours=hours)

        fire(hass, work)
        await asyncio.sleep(20)
        with (
            patch.object(dt_util, "utcnow", wrong),
            patch("homeassistant.helpers.event.time_tracker_utcnow", wrong),
            patch(
                "homeassistant.helpers.event.time_tracker_timestamp",
                lambda: wrong().timestamp(),
            ),
        ):
            await asyncio.sleep(39)
            assert work.begun < 1
            await asyncio.sleep(2)
            assert work.begun == 1
        await asyncio.sleep(20)

    in_home_assistant(scenario)
