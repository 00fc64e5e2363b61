"""A Zigbee lock in a real Home Assistant, on the driver of a real stick."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from time import monotonic

import pytest

from simulators.demo.demo_site import DemoSite
from simulators.home_assistant import HomeAssistantInstance
from simulators.zigbee.stick_process import StickProcess
from simulators.zigbee.zha_setup import add_zha, pair_lock

ANN, BEN = "907153", "904862"
TIME_SCALE = 0.1


@pytest.fixture
async def rig(real_sockets: None) -> AsyncIterator[StickProcess]:
    """A lock near a stick."""
    async with StickProcess("--takes", "0.01") as rig:
        yield rig


@pytest.fixture
async def site_page(
    rig: StickProcess, tmp_path: Path
) -> AsyncIterator[HomeAssistantInstance]:
    """Home Assistant with the lock, which Keyholder manages."""
    instance = HomeAssistantInstance(
        tmp_path / "home",
        time_scale=TIME_SCALE,
        logs={"custom_components.keyholder": "debug"},
    )
    async with instance:
        await add_zha(instance.client, rig)
        lock = await pair_lock(instance.client, rig)
        demo_site = DemoSite(instance.client)
        await demo_site.add_site("Home")
        await demo_site.add_lock(lock)
        yield instance


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Return once the condition holds; fail if it does not in time."""
    deadline = monotonic() + seconds
    while not await condition():
        assert monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.1)


async def test_a_code_is_written_proven_used_kept_and_taken_away(
    site_page: HomeAssistantInstance, rig: StickProcess
) -> None:
    demo_site = DemoSite(site_page.client)
    await demo_site.add_person("Ann", pin=ANN)
    state = await demo_site.wait_for_slot("Ann", "", "in_sync")
    assert state.attributes["evidence"] == "value"
    slot = state.attributes["slot"]
    assert await rig.pins() == {slot: ANN}
    assert (await rig.do("received")).count("SET_PIN") == 1

    used = await site_page.client.subscribe_events("keyholder_access")
    assert await rig.do("enter", pin=ANN)
    reported = await used.wait_for(lambda event: True, 10)
    assert reported["data"]["person"] == "Ann"
    await used.unsubscribe()

    await site_page.stop()
    await site_page.start()
    demo_site = DemoSite(site_page.client)
    await demo_site.wait_for_slot("Ann", "", "in_sync")
    assert "SET_PIN" not in await rig.do("received")

    await rig.do("drop")
    await demo_site.add_person("Ben", pin=BEN)
    await demo_site.wait_for_slot("Ben", "", "in_sync", seconds=60)
    assert sorted((await rig.pins()).values()) == sorted([ANN, BEN])

    await demo_site.remove("Ann")

    async def ann_is_gone() -> bool:
        return list((await rig.pins()).values()) == [BEN]

    await until(ann_is_gone)
    log = await asyncio.to_thread(site_page.log_file.read_text)
    assert ANN not in log
    assert BEN not in log
