"""A Home Assistant that is lent to one test after the other, and when it is replaced."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    nullcontext,
)
from typing import override
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant, async_get_hass_or_none
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    INSTANCES,
    MockConfigEntry,
)

from tests.harness.providers import reuse
from tests.harness.providers.reuse import InstancePool, ReusedNetwork
from tests.harness.providers.running_work import running_work


class Network(ReusedNetwork["Network"]):
    """One that does nothing, and can be spoiled."""

    def __init__(self, place: object = None) -> None:
        self._entry = MockConfigEntry(domain="test", state=ConfigEntryState.LOADED)
        self._place = place
        self.is_running = False
        self.times_renewed = 0
        self.defect: Exception | None = None
        self.setting = "as new"
        self.at_the_end: Exception | None = None

    @property
    @override
    def entry(self) -> ConfigEntry:
        return self._entry

    @property
    @override
    def place(self) -> object:
        return self._place

    @override
    def patches(self) -> AbstractContextManager[None]:
        return nullcontext()

    @override
    @asynccontextmanager
    async def running(self, hass: HomeAssistant) -> AsyncIterator[Network]:
        self._entry.add_to_hass(hass)
        self.hass = hass
        self.is_running = True
        yield self
        self.is_running = False
        if self.at_the_end is not None:
            raise self.at_the_end

    @override
    async def settle(self) -> None:
        await self.hass.async_block_till_done()

    @override
    async def renew(self) -> None:
        self.times_renewed += 1
        if self.defect is not None:
            raise self.defect

    @override
    def condition(self) -> dict[str, object]:
        return {"setting": self.setting}


@pytest.fixture
async def instance_pool() -> AsyncIterator[InstancePool]:
    """None is there yet."""
    homes = InstancePool()
    yield homes
    await homes.stop()


async def test_one_that_is_as_new_is_used_again(instance_pool: InstancePool) -> None:
    network = Network()
    first = await instance_pool.lend("a", network)
    renewed = network.times_renewed

    assert await instance_pool.lend("a", Network()) is first
    assert first.network is network
    assert network.times_renewed == renewed + 1
    assert await instance_pool.lend("b", Network()) is not first


def unload(network: Network) -> None:
    network.entry._async_set_state(network.hass, ConfigEntryState.NOT_LOADED, None)


def fail(network: Network) -> None:
    network.defect = ValueError("no answer")


def change(network: Network) -> None:
    network.setting = "changed"


def listen(network: Network) -> None:
    network.hass.bus.async_listen("test", lambda _: None)


def show_another_state(network: Network) -> None:
    network.hass.states.async_set("lock.front_door", "unlocked")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (unload, "NOT_LOADED"),
        (fail, "no answer"),
        (change, "changed"),
        (listen, "listeners"),
        (show_another_state, "unlocked"),
    ],
)
async def test_one_that_is_not_as_new_is_replaced_with_a_reason(
    instance_pool: InstancePool, spoil: Callable[[Network], None], reason: str
) -> None:
    network, another = Network(), Network()
    reused = await instance_pool.lend("a", network)
    spoil(network)

    with pytest.warns(UserWarning, match=reason):
        replaced = await instance_pool.lend("a", another)

    assert replaced is not reused
    assert replaced.network is another
    assert not network.is_running


async def test_one_whose_simulator_was_replaced_is_replaced(
    instance_pool: InstancePool,
) -> None:
    await instance_pool.lend("a", Network(place="old"))
    with pytest.warns(UserWarning, match="replaced"):
        await instance_pool.lend("a", Network(place="new"))


async def test_one_that_cannot_be_set_up_is_stopped(
    instance_pool: InstancePool,
) -> None:
    network = Network()
    fail(network)

    with pytest.raises(ValueError, match="no answer"):
        await instance_pool.lend("a", network)

    assert not network.is_running
    assert network.hass.state is CoreState.stopped


async def test_one_that_ends_in_disorder_is_replaced_all_the_same(
    instance_pool: InstancePool,
) -> None:
    network, another = Network(), Network()
    await instance_pool.lend("a", network)
    change(network)
    network.at_the_end = ValueError("no end")

    with (
        pytest.warns(UserWarning, match="no end"),
        pytest.warns(UserWarning, match="set up again"),
    ):
        reused = await instance_pool.lend("a", another)

    assert reused.network is another
    assert network.hass.state is CoreState.stopped


async def test_it_is_this_threads_home_assistant_only_while_it_is_used(
    instance_pool: InstancePool,
) -> None:
    reused = await instance_pool.lend("a", Network())
    assert dt_util.get_default_time_zone() is dt_util.UTC
    assert reused.hass not in INSTANCES

    async with reused.used():
        assert async_get_hass_or_none() is reused.hass
        assert str(dt_util.get_default_time_zone()) == reused.hass.config.time_zone

    assert async_get_hass_or_none() is None
    assert dt_util.get_default_time_zone() is dt_util.UTC


async def test_it_leaves_the_one_that_a_test_has_of_its_own_alone(
    hass: HomeAssistant, instance_pool: InstancePool
) -> None:
    zone = dt_util.get_default_time_zone()

    await instance_pool.lend("a", Network())
    await instance_pool.lend("a", Network())
    await instance_pool.stop("a")

    assert async_get_hass_or_none() is hass
    assert dt_util.get_default_time_zone() is zone


async def test_a_test_that_leaves_a_task_or_a_timer_behind_fails(
    instance_pool: InstancePool,
) -> None:
    reused = await instance_pool.lend("a", Network())
    loop = asyncio.get_running_loop()
    left: list[asyncio.TimerHandle | asyncio.Task[bool]] = []

    async def leave_something_behind() -> None:
        async with reused.used():
            left.append(loop.call_later(100, loop.stop))
            left.append(asyncio.create_task(asyncio.Event().wait()))

    with patch.object(reuse, "END_SECONDS", 0), pytest.raises(AssertionError) as caught:
        await leave_something_behind()

    assert "left behind" in str(caught.value)
    assert "Event.wait" in str(caught.value)
    assert "timer" in str(caught.value)
    for each in left:
        each.cancel()


async def test_a_timer_that_is_due_and_not_yet_done_is_under_way() -> None:
    """Between two looks at it, it may have been done and set again."""
    loop = asyncio.get_running_loop()

    timers: list[asyncio.TimerHandle] = []

    def tick() -> None:
        timers.append(loop.call_at(loop.time(), tick))

    tick()
    for _ in range(3):
        assert [name for name in running_work() if "tick" in name]
        await asyncio.sleep(0)
    timers[-1].cancel()


async def test_the_sleep_of_a_task_is_not_counted_beside_the_task() -> None:
    task = asyncio.create_task(asyncio.sleep(100))
    await asyncio.sleep(0)

    assert dict(running_work()) == {"task sleep": 1}
    task.cancel()


async def test_a_test_fails_of_what_nobody_caught(instance_pool: InstancePool) -> None:
    def fail() -> None:
        raise ValueError("in a callback")

    reused = await instance_pool.lend("a", Network())

    with pytest.raises(AssertionError, match="in a callback"):
        async with reused.used():
            asyncio.get_running_loop().call_soon(fail)
