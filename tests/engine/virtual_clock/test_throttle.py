"""What is shown follows a lock that is being worked on, but not each of its steps."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from itertools import pairwise
from typing import Any

from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.runtime.lock.timers import CallbackThrottle
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.leak_checks import live_timers
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.instances.ha_instances import running_home_assistant
from tests.harness.waiting import wait_for

PAUSE = timedelta(seconds=1)

type Scenario = Callable[[CallbackThrottle, list[float]], Coroutine[Any, Any, None]]


def _called(scenario: Scenario) -> list[float]:
    """Return at which seconds the scenario has made it call."""

    async def run() -> list[float]:
        async with running_home_assistant() as hass:
            began = hass.loop.time()
            calls: list[float] = []
            paced = CallbackThrottle(
                hass, PAUSE, lambda: calls.append(round(hass.loop.time() - began, 3))
            )
            await scenario(paced, calls)
            paced.async_close()
            await hass.async_stop(force=True)
            return calls

    return run_on_virtual_clock(run())


def test_the_first_request_runs_at_once_but_not_reentrantly() -> None:
    async def scenario(paced: CallbackThrottle, calls: list[float]) -> None:
        paced.async_request(at_once=False)
        paced.async_request(at_once=False)
        assert not calls
        await asyncio.sleep(0.1)

    assert _called(scenario) == [0.0]


def test_requests_in_a_row_run_together_once_per_interval() -> None:
    async def scenario(paced: CallbackThrottle, _calls: list[float]) -> None:
        for _ in range(25):
            paced.async_request(at_once=False)
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)

    assert _called(scenario) == [0.0, 1.0, 2.0, 3.0]


def test_an_urgent_request_runs_at_once_with_what_waited() -> None:
    async def scenario(paced: CallbackThrottle, _calls: list[float]) -> None:
        paced.async_request(at_once=False)
        await asyncio.sleep(0.2)
        paced.async_request(at_once=False)
        await asyncio.sleep(0.2)
        paced.async_request(at_once=True)
        paced.async_request(at_once=True)
        await asyncio.sleep(5)

    assert _called(scenario) == [0.0, 0.4]


def test_who_closes_it_is_not_called_any_more() -> None:
    async def scenario(paced: CallbackThrottle, _calls: list[float]) -> None:
        paced.async_request(at_once=False)
        await asyncio.sleep(0.2)
        paced.async_request(at_once=False)
        paced.async_close()
        paced.async_request(at_once=True)
        await asyncio.sleep(5)

    assert _called(scenario) == [0.0]


def test_thirty_codes_are_published_throttled_and_their_end_at_once() -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(Profile.READABLE, slots=40, connected=False)
            lock = engine.add_lock("Front door", provider)
            for number in range(30):
                await engine.add_person(f"Person {number}", f"9{number:05}", lock)
            coordinator = engine.site.locks[lock]
            loop = asyncio.get_running_loop()
            shown: list[float] = []
            coordinator.async_add_listener(lambda: shown.append(loop.time()))
            provider.connect()
            await wait_for(lambda: len(provider.codes) == 30 and coordinator.is_idle)
            done_at = loop.time()
            await asyncio.sleep(0)  # it publishes in the turn after it has come to rest
            assert coordinator.data.state == "in_sync"
            assert len(coordinator.data.slots) == 30
            assert done_at - shown[-1] < Timing().publish_interval.total_seconds() / 2
            *gaps, _last = (then - now for now, then in pairwise(shown))
            assert min(gaps) > Timing().publish_interval.total_seconds() * 0.99
            await asyncio.sleep(1)
            assert len(live_timers(engine.hass)) <= 1

    run_on_virtual_clock(scenario())


def test_a_proof_undone_by_an_external_change_is_withdrawn_at_once() -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(Profile.READABLE, slots=40, connected=False)
            lock = engine.add_lock("Front door", provider)
            people = [
                await engine.add_person(f"Person {number}", f"9{number:05}", lock)
                for number in range(30)
            ]
            first = people[0]
            provider.connect()
            view = await engine.until_state(lock, first, SlotState.IN_SYNC)
            assert not engine.site.locks[lock].is_idle
            provider.delete_at_keypad(view.slot)
            await asyncio.sleep(0)
            assert engine.state(lock, first) is not SlotState.IN_SYNC
            await engine.until_idle()

    run_on_virtual_clock(scenario())
