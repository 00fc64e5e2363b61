"""Many moments, one timer."""

import asyncio
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.runtime.lock.timers import DeadlineTimer
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.engine.leak_checks import live_timers
from tests.harness.waiting import wait_for


def soon(milliseconds: int) -> timedelta:
    return timedelta(milliseconds=milliseconds)


def stall(hass: HomeAssistant, seconds: float) -> None:
    """Let time pass in which the machine is too busy to run anything."""
    assert isinstance(hass.loop, VirtualLoop)
    hass.loop.stall(seconds)


async def test_each_key_is_called_once_in_the_order_of_the_moments(
    hass: HomeAssistant,
) -> None:
    called: list[tuple[str, datetime]] = []
    wakeups = DeadlineTimer[str](
        hass, lambda key: called.append((key, dt_util.utcnow()))
    )
    now = dt_util.utcnow()
    wakeups.async_schedule("b", now + soon(40))
    wakeups.async_schedule("a", now + soon(20))
    wakeups.async_schedule("c", now + soon(60))
    assert len(live_timers(hass)) == 1

    await wait_for(lambda: len(called) == 3)
    assert [key for key, _ in called] == ["a", "b", "c"]
    for number, (_, at) in enumerate(called, 1):
        assert soon(0) <= at - now - soon(20 * number) < soon(1)
    assert live_timers(hass) == []


async def test_overdue_keys_are_called_in_the_order_of_their_moments(
    hass: HomeAssistant,
) -> None:
    called: list[tuple[str, datetime]] = []
    wakeups = DeadlineTimer[str](
        hass, lambda key: called.append((key, dt_util.utcnow()))
    )
    now = dt_util.utcnow()
    for key, milliseconds in (("b", 40), ("c", 60), ("a", 20), ("d", 3000)):
        wakeups.async_schedule(key, now + soon(milliseconds))

    stall(hass, 1)

    await wait_for(lambda: len(called) == 3)
    assert [key for key, _ in called] == ["a", "b", "c"]
    # all of them as soon as the machine was back
    assert {at for _, at in called} == {dt_util.utcnow()}
    await wait_for(lambda: len(called) == 4)
    assert called[3][0] == "d"


async def test_keys_of_one_moment_are_called_in_the_order_they_were_set(
    hass: HomeAssistant,
) -> None:
    called: list[str] = []
    wakeups = DeadlineTimer[str](hass, called.append)
    at = dt_util.utcnow() + soon(20)
    for key in "bca":
        wakeups.async_schedule(key, at)

    await wait_for(lambda: len(called) == 3)
    assert called == ["b", "c", "a"]


async def test_a_moment_that_has_passed_comes_at_once(hass: HomeAssistant) -> None:
    called: list[datetime] = []
    wakeups = DeadlineTimer[str](hass, lambda _: called.append(dt_util.utcnow()))
    before = dt_util.utcnow()
    wakeups.async_schedule("a", before - timedelta(days=1))
    assert not called  # never from within the call that sets it

    await wait_for(lambda: called)
    assert called[0] - before < soon(1)
    await asyncio.sleep(60)
    assert len(called) == 1


async def test_a_moment_is_replaced_and_taken_away(hass: HomeAssistant) -> None:
    called: list[str] = []
    wakeups = DeadlineTimer[str](hass, called.append)
    now = dt_util.utcnow()
    wakeups.async_schedule("a", now + soon(10))
    wakeups.async_schedule("a", now + timedelta(hours=1))
    wakeups.async_schedule("b", now + soon(10))
    wakeups.async_schedule("b", None)
    wakeups.async_schedule("c", now + soon(30))

    await wait_for(lambda: called)
    assert called == ["c"]
    assert len(live_timers(hass)) == 1
    wakeups.async_close()
    assert live_timers(hass) == []


async def test_a_callback_may_set_moments_anew_and_take_others_away(
    hass: HomeAssistant,
) -> None:
    called: list[str] = []
    now = dt_util.utcnow()

    def on_due(key: str) -> None:
        called.append(key)
        if len(called) == 1:
            wakeups.async_schedule("b", None)
            wakeups.async_schedule("a", now + soon(30))

    wakeups = DeadlineTimer[str](hass, on_due)
    wakeups.async_schedule("a", now)
    wakeups.async_schedule("b", now)

    await wait_for(lambda: len(called) == 2 and live_timers(hass) == [])
    assert called == ["a", "a"]


async def test_a_callback_that_raises_stops_no_other(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    called: list[str] = []

    def on_due(key: str) -> None:
        called.append(key)
        if key == "a":
            raise ValueError("907153")

    wakeups = DeadlineTimer[str](hass, on_due)
    now = dt_util.utcnow()
    wakeups.async_schedule("a", now)
    wakeups.async_schedule("b", now)
    wakeups.async_schedule("c", now + soon(20))

    await wait_for(lambda: called == ["a", "b", "c"])
    assert "ValueError" in caplog.text
    assert "907153" not in caplog.text


async def test_once_closed_no_timer_is_set(hass: HomeAssistant) -> None:
    wakeups = DeadlineTimer[str](hass, lambda _: None)
    wakeups.async_schedule("a", dt_util.utcnow() + timedelta(hours=1))
    wakeups.async_close()
    wakeups.async_schedule("a", dt_util.utcnow() + timedelta(hours=1))
    assert live_timers(hass) == []
