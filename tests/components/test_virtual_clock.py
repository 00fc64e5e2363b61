"""What a test that only asks for `hass` may rely on: all its clocks are one, and jump."""

import asyncio
from datetime import timedelta
import time

from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.harness.clock.virtual_loop import START
from tests.harness.waiting import wait_for

HOUR = timedelta(hours=1).total_seconds()


async def test_an_hour_passes_on_every_clock(hass: HomeAssistant) -> None:
    loop, stopwatch = asyncio.get_running_loop(), time.monotonic()
    assert hass.loop is loop
    before = dt_util.utcnow(), dt_util.now(), time.time(), loop.time()
    await asyncio.sleep(HOUR)
    after = dt_util.utcnow(), dt_util.now(), time.time(), loop.time()

    assert time.monotonic() - stopwatch < HOUR / 60
    assert after[0] - before[0] >= timedelta(hours=1)
    assert after[1] - before[1] >= timedelta(hours=1)
    assert after[2] - before[2] == pytest.approx(HOUR)
    assert after[3] - before[3] == pytest.approx(HOUR)
    assert dt_util.utcnow() == dt_util.now()
    assert dt_util.utcnow().timestamp() == pytest.approx(time.time())
    assert dt_util.utcnow() - START == timedelta(seconds=loop.time())


async def test_states_and_events_have_the_same_clock(hass: HomeAssistant) -> None:
    await asyncio.sleep(HOUR)
    hass.states.async_set("lock.front", "locked")
    state = hass.states.get("lock.front")
    assert state is not None
    assert state.last_changed == dt_util.utcnow()


async def test_timers_come_at_their_moment_and_can_be_brought_forward(
    hass: HomeAssistant,
) -> None:
    fired: list[str] = []
    async_call_later(hass, 60, lambda _: fired.append("minute"))
    async_call_later(hass, HOUR, lambda _: fired.append("hour"))

    before = dt_util.utcnow()
    await wait_for(lambda: fired, 61)
    assert dt_util.utcnow() - before < timedelta(seconds=61)
    assert fired == ["minute"]

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=1))
    await hass.async_block_till_done()
    assert fired == ["minute", "hour"]


async def test_an_executor_takes_no_time(hass: HomeAssistant) -> None:
    before = dt_util.utcnow()
    assert await hass.async_add_executor_job(lambda: 7) == 7
    assert dt_util.utcnow() == before
