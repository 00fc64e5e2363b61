"""A rule that closes for now switches the user off on a real lock, and clears nothing."""

from collections.abc import AsyncIterator

import pytest

from simulators.matter.real.control import User

from .hours import Hours
from .stage import LOCK
from .visit import WRITES, Visit

pytestmark = pytest.mark.timeout(240)

ENABLED, DISABLED = 1, 3


@pytest.fixture
async def hours(visit: Visit) -> AsyncIterator[Hours]:
    """A schedule that is open."""
    hours = await Hours.make(visit.client, "Office")
    try:
        yield hours
    finally:
        await hours.delete()


async def the_user(visit: Visit) -> User:
    """Return the only user of the lock."""
    (user,) = (await visit.lock.dump())["users"]
    return user


async def counted(visit: Visit) -> dict[str, int]:
    """Return how often the lock received each command that changes what it holds."""
    return {command: await visit.received(command) for command in WRITES}


async def is_switched_off(visit: Visit, name: str) -> bool:
    """Return whether the sensor says that the code is kept, switched off."""
    sensor = await visit.house.slot_sensor(name, LOCK)
    off: bool = visit.client.state(sensor).attributes["switched_off"]
    return off


async def until_on(visit: Visit, name: str) -> None:
    """Wait until a person's code is proven to be on."""
    sensor = await visit.house.slot_sensor(name, LOCK)
    await visit.client.wait_for(
        lambda states: (
            states[sensor].state == "in_sync"
            and states[sensor].attributes["desired"] == "present"
        ),
        60.0,
    )


async def test_a_rule_that_closes_disables_the_user_and_one_that_opens_enables_them(
    visit: Visit, hours: Hours
) -> None:
    ann = await visit.add("Ann")
    await visit.in_sync("Ann")
    await hours.are_for(visit.house, "Ann")
    await until_on(visit, "Ann")
    before = await the_user(visit)
    slot = (await visit.in_sync("Ann")).attributes["slot"]
    assert before["userStatus"] == ENABLED
    assert await counted(visit) == {
        "SetUser": 1,
        "SetCredential": 1,
        "ClearUser": 0,
        "ClearCredential": 0,
    }
    looks = await visit.received("GetUser")

    await hours.turn(on=False)
    await visit.until_off("Ann")
    assert await is_switched_off(visit, "Ann")
    # all about them is as it was, but that they are off; they were asked for before it,
    # and to prove it
    assert await the_user(visit) == {**before, "userStatus": DISABLED}
    assert await visit.lock.pins() == {slot: ann.pin}
    assert await visit.received("GetUser") == looks + 2
    assert not await visit.lock.act("enter", pin=str(ann.pin))
    denied = await visit.tells("enter", pin=str(ann.pin))
    assert (denied["event_type"], denied["slot"]) == ("denied", slot)

    await hours.turn(on=True)
    await until_on(visit, "Ann")
    assert not await is_switched_off(visit, "Ann")
    assert await the_user(visit) == before
    assert await counted(visit) == {
        "SetUser": 3,
        "SetCredential": 1,
        "ClearUser": 0,
        "ClearCredential": 0,
    }
    unlocked = await visit.tells("enter", pin=str(ann.pin))
    assert (unlocked["event_type"], unlocked["person"]) == ("unlocked", "Ann")


async def test_who_leaves_while_they_are_off_leaves_nothing_on_the_lock(
    visit: Visit, hours: Hours
) -> None:
    await visit.add("Ann")
    await visit.in_sync("Ann")
    await hours.are_for(visit.house, "Ann")
    await hours.turn(on=False)
    await visit.until_off("Ann")
    assert (await the_user(visit))["userStatus"] == DISABLED

    assert await visit.house.clear_and_remove("Ann") == "removed"

    held = await visit.lock.dump()
    assert (held["credentials"], held["users"]) == ([], [])


async def test_a_lock_that_refuses_to_switch_is_cleared(
    visit: Visit, hours: Hours
) -> None:
    await visit.add("Ann")
    await visit.in_sync("Ann")
    await hours.are_for(visit.house, "Ann")
    await visit.lock.fault("SetUser", "refused", status=135, count=1)
    await hours.turn(on=False)
    await visit.until_off("Ann")

    assert not await is_switched_off(visit, "Ann")
    held = await visit.lock.dump()
    assert (held["credentials"], held["users"]) == ([], [])


async def test_a_server_that_is_killed_while_it_switches(
    visit: Visit, hours: Hours
) -> None:
    ann = await visit.add("Ann")
    await visit.in_sync("Ann")
    await hours.are_for(visit.house, "Ann")
    await visit.lock.fault("SetUser", "slow", seconds=2, count=1)
    await hours.turn(on=False)

    async def is_on_its_way() -> bool:
        return await visit.received("SetUser") == 2

    await visit.until(is_on_its_way)
    await visit.hosted.do("kill_server")
    await visit.hosted.do("start_server")
    await visit.until_off("Ann")
    assert not await visit.lock.act("enter", pin=str(ann.pin))

    await hours.turn(on=True)
    await until_on(visit, "Ann")
    assert await visit.lock.act("enter", pin=str(ann.pin))
