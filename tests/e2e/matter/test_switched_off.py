"""A rule that closes for now switches the user off on a real lock, and clears nothing."""

from collections.abc import AsyncIterator

import pytest

from simulators.matter.real.control import User
from tests.harness.e2e.matter.hours import Hours
from tests.harness.e2e.matter.page_objects import WRITES, MatterSitePage
from tests.harness.e2e.matter.processes import LOCK

pytestmark = pytest.mark.timeout(240)

ENABLED, DISABLED = 1, 3


@pytest.fixture
async def hours(site_page: MatterSitePage) -> AsyncIterator[Hours]:
    """A schedule that is open."""
    hours = await Hours.make(site_page.client, "Office")
    try:
        yield hours
    finally:
        await hours.delete()


async def the_user(visit: MatterSitePage) -> User:
    """Return the only user of the lock."""
    (user,) = (await visit.lock.dump())["users"]
    return user


async def counted(visit: MatterSitePage) -> dict[str, int]:
    """Return how often the lock received each command that changes what it holds."""
    return {command: await visit.received(command) for command in WRITES}


async def is_switched_off(visit: MatterSitePage, name: str) -> bool:
    """Return whether the sensor says that the code is kept, switched off."""
    sensor = await visit.demo_site.slot_sensor(name, LOCK)
    off: bool = visit.client.state(sensor).attributes["switched_off"]
    return off


async def until_on(visit: MatterSitePage, name: str) -> None:
    """Wait until a person's code is proven to be on."""
    sensor = await visit.demo_site.slot_sensor(name, LOCK)
    await visit.client.wait_for(
        lambda states: (
            states[sensor].state == "in_sync"
            and states[sensor].attributes["desired"] == "present"
        ),
        60.0,
    )


async def test_a_rule_that_denies_disables_the_user_and_allows_enables_them(
    site_page: MatterSitePage, hours: Hours
) -> None:
    ann = await site_page.add("Ann")
    await site_page.in_sync("Ann")
    await hours.are_for(site_page.demo_site, "Ann")
    await until_on(site_page, "Ann")
    before = await the_user(site_page)
    slot = (await site_page.in_sync("Ann")).attributes["slot"]
    assert before["userStatus"] == ENABLED
    assert await counted(site_page) == {
        "SetUser": 1,
        "SetCredential": 1,
        "ClearUser": 0,
        "ClearCredential": 0,
    }
    looks = await site_page.received("GetUser")

    await hours.turn(on=False)
    await site_page.until_off("Ann")
    assert await is_switched_off(site_page, "Ann")
    # all about them is as it was, but that they are off; they were asked for before it,
    # and to prove it
    assert await the_user(site_page) == {**before, "userStatus": DISABLED}
    assert await site_page.lock.pins() == {slot: ann.pin}
    assert await site_page.received("GetUser") == looks + 2
    assert not await site_page.lock.act("enter", pin=str(ann.pin))
    denied = await site_page.tells("enter", pin=str(ann.pin))
    assert (denied["event_type"], denied["slot"]) == ("denied", slot)

    await hours.turn(on=True)
    await until_on(site_page, "Ann")
    assert not await is_switched_off(site_page, "Ann")
    assert await the_user(site_page) == before
    assert await counted(site_page) == {
        "SetUser": 3,
        "SetCredential": 1,
        "ClearUser": 0,
        "ClearCredential": 0,
    }
    unlocked = await site_page.tells("enter", pin=str(ann.pin))
    assert (unlocked["event_type"], unlocked["person"]) == ("unlocked", "Ann")


async def test_who_leaves_while_they_are_off_leaves_nothing_on_the_lock(
    site_page: MatterSitePage, hours: Hours
) -> None:
    await site_page.add("Ann")
    await site_page.in_sync("Ann")
    await hours.are_for(site_page.demo_site, "Ann")
    await hours.turn(on=False)
    await site_page.until_off("Ann")
    assert (await the_user(site_page))["userStatus"] == DISABLED

    assert await site_page.demo_site.clear_and_remove("Ann") == "removed"

    held = await site_page.lock.dump()
    assert (held["credentials"], held["users"]) == ([], [])


async def test_a_lock_that_refuses_to_switch_is_cleared(
    site_page: MatterSitePage, hours: Hours
) -> None:
    await site_page.add("Ann")
    await site_page.in_sync("Ann")
    await hours.are_for(site_page.demo_site, "Ann")
    await site_page.lock.fault("SetUser", "refused", status=135, count=1)
    await hours.turn(on=False)
    await site_page.until_off("Ann")

    assert not await is_switched_off(site_page, "Ann")
    held = await site_page.lock.dump()
    assert (held["credentials"], held["users"]) == ([], [])


async def test_a_server_that_is_killed_while_it_switches(
    site_page: MatterSitePage, hours: Hours
) -> None:
    ann = await site_page.add("Ann")
    await site_page.in_sync("Ann")
    await hours.are_for(site_page.demo_site, "Ann")
    await site_page.lock.fault("SetUser", "slow", seconds=2, count=1)
    await hours.turn(on=False)

    async def is_on_its_way() -> bool:
        return await site_page.received("SetUser") == 2

    await site_page.until(is_on_its_way)
    await site_page.hosted.do("kill_server")
    await site_page.hosted.do("start_server")
    await site_page.until_off("Ann")
    assert not await site_page.lock.act("enter", pin=str(ann.pin))

    await hours.turn(on=True)
    await until_on(site_page, "Ann")
    assert await site_page.lock.act("enter", pin=str(ann.pin))
