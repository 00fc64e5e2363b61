"""What is shown follows a lock that is being worked on, but not each of its steps."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from itertools import pairwise
from typing import Any

from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.runtime.paced import Paced
from tests.fakes.provider import FakeProvider, Profile
from tests.integration.engine.house import until
from tests.integration.engine.idle import timers

from .house import virtual_house
from .run import run_virtually

PAUSE = timedelta(seconds=1)

type Story = Callable[[Paced, list[float]], Coroutine[Any, Any, None]]


def _called(story: Story) -> list[float]:
    """Return at which seconds the story has made it call."""

    async def run() -> list[float]:
        async with async_test_home_assistant() as hass:
            began = hass.loop.time()
            calls: list[float] = []
            paced = Paced(
                hass, PAUSE, lambda: calls.append(round(hass.loop.time() - began, 3))
            )
            await story(paced, calls)
            paced.close()
            await hass.async_stop(force=True)
            return calls

    return run_virtually(run())


def test_the_first_request_is_heard_in_the_same_instant_but_not_from_within() -> None:
    async def story(paced: Paced, calls: list[float]) -> None:
        paced.ask(last=False)
        paced.ask(last=False)
        assert not calls
        await asyncio.sleep(0.1)

    assert _called(story) == [0.0]


def test_requests_in_a_row_are_heard_together_once_in_a_pause() -> None:
    async def story(paced: Paced, _calls: list[float]) -> None:
        for _ in range(25):
            paced.ask(last=False)
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)

    assert _called(story) == [0.0, 1.0, 2.0, 3.0]


def test_the_last_request_does_not_wait_and_what_waited_is_heard_with_it() -> None:
    async def story(paced: Paced, _calls: list[float]) -> None:
        paced.ask(last=False)
        await asyncio.sleep(0.2)
        paced.ask(last=False)
        await asyncio.sleep(0.2)
        paced.ask(last=True)
        paced.ask(last=True)
        await asyncio.sleep(5)

    assert _called(story) == [0.0, 0.4]


def test_who_closes_it_is_not_called_any_more() -> None:
    async def story(paced: Paced, _calls: list[float]) -> None:
        paced.ask(last=False)
        await asyncio.sleep(0.2)
        paced.ask(last=False)
        paced.close()
        paced.ask(last=True)
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
            assert coordinator.data.credentials == "in_sync"
            assert len(coordinator.data.slots) == 30
            assert done_at - shown[-1] < Timing().show_pause.total_seconds() / 2
            *gaps, _last = (then - now for now, then in pairwise(shown))
            assert min(gaps) > Timing().show_pause.total_seconds() * 0.99
            await asyncio.sleep(1)
            assert len(timers(house.hass)) <= 1

    run_virtually(story())
