"""Step 7 of the scenario: whatever starts anew, what is known comes back and no code moves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from simulators.demo.demo_driver import BACK, FRONT, GARAGE, NODES
from simulators.zwave.network_process import NetworkProcess
from tests.harness.e2e.locks import AT_FIRST, READABLE, kinds
from tests.harness.e2e.page_objects import SitePage


async def verified_at(site_page: SitePage, name: str) -> dict[str, datetime]:
    """Return when each lock has shown a person's code last."""
    return {
        lock: datetime.fromisoformat(
            (await site_page.slot(name, lock)).attributes["verified_at"]
        )
        for lock in NODES
    }


async def reload_zwave(site_page: SitePage) -> None:
    await site_page.reload_zwave()


async def drop_the_websocket(site_page: SitePage) -> None:
    """Z-Wave JS reloads its entry; where that comes too early it waits 5 s and more."""
    await _away_and_back(site_page, NetworkProcess.restart_server)


async def restart_the_driver(site_page: SitePage) -> None:
    """The driver itself needs two seconds, and Z-Wave JS then 5 s until it tries."""
    await _away_and_back(site_page, NetworkProcess.restart_driver)


async def _away_and_back(
    site_page: SitePage, restart: Callable[[NetworkProcess], None]
) -> None:
    async with site_page.watching() as events:
        await asyncio.to_thread(restart, site_page.stack.zwave)
        lock = await site_page.entity_of_lock(FRONT)
        await events.wait_for(
            lambda event: (
                event["data"]["entity_id"] == lock
                and event["data"]["new_state"]["state"] == "unavailable"
            )
        )
    await site_page.until_locks_are_known()


@pytest.mark.parametrize(
    "disturb", [reload_zwave, drop_the_websocket, restart_the_driver]
)
async def test_nothing_is_rewritten_when_the_connection_comes_back(
    site_page: SitePage, disturb: Callable[[SitePage], Awaitable[None]]
) -> None:
    await site_page.add("Ann")
    await site_page.settle("Ann")
    known = await verified_at(site_page, "Ann")
    # one who is off stays off
    await site_page.add("Ben", enabled=False)
    await site_page.reset_counts()

    await disturb(site_page)

    # what was known was never unknown
    assert (await site_page.slot("Ann", BACK)).state == "in_sync"
    await site_page.settle("Ann")
    after = await verified_at(site_page, "Ann")
    assert all(after[lock] >= known[lock] for lock in NODES)
    for lock in NODES:
        await site_page.site.wait_for_slot("Ann", lock, "in_sync")
    # the connection works: a wish is carried out
    await site_page.turn("Ben", on=True)
    await site_page.settle("Ben")
    for lock in NODES:
        counts = await site_page.counts(lock)
        assert (counts["writes"], counts["clears"]) == (1, 0)


async def test_a_restart_rewrites_nothing_and_finishes_what_was_begun(
    site_page: SitePage,
) -> None:
    ann = await site_page.add("Ann")
    ben = await site_page.add("Ben", FRONT, GARAGE)
    await site_page.settle("Ann")
    await site_page.settle("Ben", FRONT, GARAGE)
    known = await verified_at(site_page, "Ann")
    # Ben leaves while the garage does not answer
    await site_page.faults(GARAGE, dead=True)
    await site_page.site.remove("Ben")
    await site_page.until_codes(FRONT, *AT_FIRST[FRONT].values(), str(ann.pin))
    credentials = await site_page.lock_entity(GARAGE, "sensor", "credentials")
    await site_page.client.wait_for_state(credentials, "attention", 30)
    assert site_page.client.state(credentials).attributes["leaving"] == ["Ben"]
    await site_page.reset_counts()

    await site_page.restart()

    assert await verified_at(site_page, "Ann") == known
    for lock in NODES:
        assert (await site_page.slot("Ann", lock)).state == "in_sync"
    await site_page.client.wait_for_state(credentials, "attention")
    assert site_page.client.state(credentials).attributes["leaving"] == ["Ben"]
    assert str(ben.pin) in (await site_page.truth(GARAGE)).values()
    assert await site_page.changes() == 0

    await site_page.revive(GARAGE)
    await site_page.until_codes(GARAGE, str(ann.pin))
    await site_page.until_all_is_proven()
    # nothing but that one code was touched: deleting the user takes it along
    assert kinds(await site_page.commands(GARAGE))["user"] == 1
    assert await site_page.changes() == 1
    await site_page.settle("Ann")
    assert not await site_page.traces_of(ben)


async def test_power_cuts_lose_nothing_and_write_nothing_twice(
    site_page: SitePage,
) -> None:
    await site_page.add("Ann")
    ben = await site_page.add("Ben")
    await site_page.settle("Ann")
    await site_page.settle("Ben")
    pin = site_page.hosted.new_pin()
    await site_page.reset_counts()

    # cut off in the middle of a change, a revocation, and an addition
    await site_page.site.edit_person("Ann", pin=pin)
    await site_page.turn("Ben", on=False)
    eve = await site_page.add("Eve")
    await site_page.cut_power()

    # Home Assistant saves a second late: who it forgot has no code anywhere
    people = [each["title"] for each in await site_page.site.subentries()]
    wanted = {"Ann": pin}
    if "Eve" in people:
        wanted["Eve"] = str(eve.pin)
    else:
        await site_page.until_forgotten(eve.pin)
        assert not await site_page.traces_of(eve)
    ben_is_off = not await _is_enabled(site_page, "Ben")
    if not ben_is_off:
        wanted["Ben"] = str(ben.pin)
    await site_page.until_all_is_proven()
    for lock in NODES:
        await site_page.until_codes(lock, *wanted.values(), *AT_FIRST[lock].values())
    # a lock that shows what it holds gets nothing twice, cut off or not
    slot = {lock: await site_page.slot_number("Ann", lock) for lock in READABLE}
    for lock in READABLE:
        assert (await site_page.commands(lock)).count(("write", slot[lock])) == 1
    await site_page.until_saved()
    known = await verified_at(site_page, "Ann")
    await site_page.reset_counts()

    # and once more on the same storage, with nothing to do
    await site_page.cut_power()
    await site_page.until_all_is_proven()
    again = await verified_at(site_page, "Ann")
    assert all(again[lock] >= known[lock] for lock in NODES)
    assert await site_page.changes() == 0


async def _is_enabled(site_page: SitePage, name: str) -> bool:
    switch = await site_page.site.entity_of(name, "switch", "enabled")
    return site_page.client.state(switch).state == "on"
