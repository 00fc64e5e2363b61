"""What is shown follows a lock that is being worked on, but not each of its steps."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from itertools import pairwise
from typing import Any

from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.runtime.lock.throttle import Throttle
from tests.bare import bare_home_assistant
from tests.fakes.provider import FakeProvider, Profile
from tests.integration.engine.idle import timers
from tests.waiting import until

from .house import virtual_house
from .run import run_virtually

PAUSE = timedelta(seconds=1)

type Story = Callable[[Throttle, list[float]], Coroutine[Any, Any, None]]


def _called(story: Story) -> list[float]:
    """Return at which seconds the story has made it call."""

    async def run() -> list[float]:
        async with bare_home_assistant() as hass:
            began = hass.loop.time()
            calls: list[float] = []
            paced = Throttle(
                hass, PAUSE, lambda: calls.append(round(hass.loop.time() - began, 3))
            )
            await story(paced, calls)
            paced.close()
            await hass.async_stop(force=True)
            return calls

    return run_virtually(run())


def test_the_first_request_is_heard_in_the_same_instant_but_not_from_within() -> None:
    async def story(paced: Throttle, calls: list[float]) -> None:
        paced.request(at_once=False)
        paced.request(at_once=False)
        assert not calls
        await asyncio.sleep(0.1)

    assert _called(story) == [0.0]


def test_requests_in_a_row_are_heard_together_once_in_a_pause() -> None:
    async def story(paced: Throttle, _calls: list[float]) -> None:
        for _ in range(25):
            paced.request(at_once=False)
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)

    assert _called(story) == [0.0, 1.0, 2.0, 3.0]


def test_what_is_asked_for_at_once_does_not_wait_and_what_waited_is_heard_with_it() -> (
    None
):
    async def story(paced: Throttle, _calls: list[float]) -> None:
        paced.request(at_once=False)
        await asyncio.sleep(0.2)
        paced.request(at_once=False)
        await asyncio.sleep(0.2)
        paced.request(at_once=True)
        paced.request(at_once=True)
        await asyncio.sleep(5)

    assert _called(story) == [0.0, 0.4]


def test_who_closes_it_is_not_called_any_more() -> None:
    async def story(paced: Throttle, _calls: list[float]) -> None:
        paced.request(at_once=False)
        await asyncio.sleep(0.2)
        paced.request(at_once=False)
        paced.close()
        paced.request(at_once=True)
        await asyncio.sleep(5)

    assert _called(story) == [0.0]


def test_a_lock_that_gets_thirty_codes_is_shown_at_its_pace_and_its_end_at_once() -> (
    None
):
    async def story() -> None:
        async with virtual_house() as house:
            provider = FakeProvider(Profile.READABLE, slots=40, connected=False)
            lock = house.add_lock("Front door", provider)
            for number in range(30):
                await house.add_person(f"Person {number}", f"9{number:05}", lock)
            coordinator = house.site.locks[lock]
            loop = asyncio.get_running_loop()
            shown: list[float] = []
            coordinator.async_add_listener(lambda: shown.append(loop.time()))
            provider.connect()
            await until(lambda: len(provider.codes) == 30 and coordinator.is_idle)
            done_at = loop.time()
            await asyncio.sleep(0)  # it publishes in the turn after it has come to rest
            assert coordinator.data.state == "in_sync"
            assert len(coordinator.data.slots) == 30
            assert done_at - shown[-1] < Timing().publish_interval.total_seconds() / 2
            *gaps, _last = (then - now for now, then in pairwise(shown))
            assert min(gaps) > Timing().publish_interval.total_seconds() * 0.99
            await asyncio.sleep(1)
            assert len(timers(house.hass)) <= 1

    run_virtually(story())


def test_a_proof_that_a_change_at_the_lock_undoes_is_off_the_screen_in_that_turn() -> (
    None
):
    async def story() -> None:
        async with virtual_house() as house:
            provider = FakeProvider(Profile.READABLE, slots=40, connected=False)
            lock = house.add_lock("Front door", provider)
            people = [
                await house.add_person(f"Person {number}", f"9{number:05}", lock)
                for number in range(30)
            ]
            first = people[0]
            provider.connect()
            view = await house.until_state(lock, first, SlotState.IN_SYNC)
            assert not house.site.locks[lock].is_idle
            provider.delete_at_keypad(view.slot)
            await asyncio.sleep(0)
            assert house.state(lock, first) is not SlotState.IN_SYNC
            await house.until_idle()

    run_virtually(story())
