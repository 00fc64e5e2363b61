"""Codes that work so many times, and a Home Assistant that is killed."""

import pytest

from simulators.demo.demo_driver import FRONT, GARAGE
from simulators.home_assistant.listeners import State
from tests.effort import every

from .home import Home


async def status(home: Home, name: str) -> State:
    """Return what is shown of somebody."""
    return home.client.state(await home.site.entity_of(name, "sensor", "status"))


async def until_left(home: Home, name: str, left: int) -> None:
    """Wait until it is shown how often a code still works."""
    sensor = await home.site.entity_of(name, "sensor", "status")
    await home.client.wait_for(
        lambda states: states[sensor].attributes.get("uses_left") == left, 30
    )


@pytest.mark.parametrize("lock", every([FRONT, GARAGE], 1))
async def test_the_use_of_a_limited_code_survives_a_kill_at_that_very_moment(
    home: Home, lock: str
) -> None:
    before = await home.truth(lock)
    await home.client.call_service(
        "keyholder",
        "add_person",
        {"name": "Guest", "locks": [await home.entity_of_lock(lock)], "uses": 3},
    )
    await home.settle("Guest", lock)
    # Home Assistant saves its registries seconds late; the guest has lived here for long
    await home.restart()
    await home.settle("Guest", lock)
    slot = await home.slot_number("Guest", lock)
    pin = (await home.truth(lock))[slot]

    await home.act(lock, "keypad_unlock", userId=slot)
    await home.cut_power()

    await home.settle("Guest", lock)
    assert (await home.truth(lock))[slot] == pin
    left = (await status(home, "Guest")).attributes["uses_left"]
    assert left in (2, 3)
    # whatever became of that one, the next ones count
    for remaining in reversed(range(left)):
        assert (await home.truth(lock))[slot] == pin
        await home.act(lock, "keypad_unlock", userId=slot)
        await until_left(home, "Guest", remaining)
        # sooner the next would be taken for the same one
        await home.act(lock, "keypad_lock", userId=slot)
    await home.until_codes(lock, *before.values())
    await home.gone("Guest", lock)
    assert (await status(home, "Guest")).state == "used_up"
