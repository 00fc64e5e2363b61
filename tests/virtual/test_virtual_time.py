import asyncio
from datetime import datetime, timedelta
import time

from homeassistant.helpers.event import async_call_later, async_track_point_in_utc_time
from homeassistant.util import dt as dt_util
import pytest

from tests.bare import bare_home_assistant

from .loop import START, NothingLeftError, VirtualLoop
from .run import run_virtually


def test_a_month_passes_in_a_moment() -> None:
    async def story() -> timedelta:
        await asyncio.sleep(timedelta(days=30).total_seconds())
        return dt_util.utcnow() - START

    began = time.monotonic()
    assert run_virtually(story()) >= timedelta(days=30)
    assert time.monotonic() - began < 5


def test_home_assistants_timers_fire_at_their_moment_and_in_order() -> None:
    async def story() -> list[float]:
        fired: list[float] = []
        async with bare_home_assistant() as hass:
            began = dt_util.utcnow()

            def note(*_: object) -> None:
                fired.append(round((dt_util.utcnow() - began).total_seconds(), 3))

            async_track_point_in_utc_time(hass, note, began + timedelta(hours=3))
            async_call_later(hass, 90, note)
            await asyncio.sleep(timedelta(days=1).total_seconds())
            await hass.async_stop(force=True)
        return fired

    assert run_virtually(story()) == [90, 3 * 3600]


def test_an_executor_takes_no_time() -> None:
    async def story() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        before = loop.time()
        return await loop.run_in_executor(None, lambda: 7), loop.time() - before

    result, took = run_virtually(story())
    assert result == 7
    assert took < 1


def test_a_wait_that_nobody_will_end_is_told() -> None:
    async def story() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingLeftError):
        run_virtually(story())


def test_every_await_can_be_watched() -> None:
    async def story() -> list[str]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        done, seen = [""], []
        loop.on_turn = lambda: seen.append(done[-1])
        for step in "abc":
            await asyncio.sleep(0)
            done.append(step)
        loop.on_turn = lambda: None
        return seen

    assert run_virtually(story()) == ["", "a", "b"]


def test_a_story_can_begin_where_another_ended() -> None:
    async def story() -> datetime:
        return dt_util.utcnow()

    assert run_virtually(story(), elapsed=90) == START + timedelta(seconds=90)
