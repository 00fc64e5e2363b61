"""Codes that work so many times, and a Home Assistant that is killed."""

import pytest

from simulators.demo.demo_driver import FRONT, GARAGE
from simulators.home_assistant.listeners import State
from tests.harness.e2e.page_objects import SitePage
from tests.harness.sampling import sample


async def status(site_page: SitePage, name: str) -> State:
    """Return what is shown of somebody."""
    return site_page.client.state(
        await site_page.site.entity_of(name, "sensor", "status")
    )


async def until_left(site_page: SitePage, name: str, left: int) -> None:
    """Wait until it is shown how often a code still works."""
    sensor = await site_page.site.entity_of(name, "sensor", "status")
    await site_page.client.wait_for(
        lambda states: states[sensor].attributes.get("uses_left") == left, 30
    )


@pytest.mark.parametrize("lock", sample([FRONT, GARAGE], 1))
async def test_the_use_of_a_limited_code_survives_a_kill_at_that_very_moment(
    site_page: SitePage, lock: str
) -> None:
    before = await site_page.truth(lock)
    await site_page.client.call_service(
        "keyholder",
        "add_person",
        {"name": "Guest", "locks": [await site_page.entity_of_lock(lock)], "uses": 3},
    )
    await site_page.settle("Guest", lock)
    # Home Assistant saves its registries seconds late; the guest has lived here for long
    await site_page.restart()
    await site_page.settle("Guest", lock)
    slot = await site_page.slot_number("Guest", lock)
    pin = (await site_page.truth(lock))[slot]

    await site_page.act(lock, "keypad_unlock", userId=slot)
    await site_page.cut_power()

    await site_page.settle("Guest", lock)
    assert (await site_page.truth(lock))[slot] == pin
    left = (await status(site_page, "Guest")).attributes["uses_left"]
    assert left in (2, 3)
    # whatever became of that one, the next ones count
    for remaining in reversed(range(left)):
        assert (await site_page.truth(lock))[slot] == pin
        await site_page.act(lock, "keypad_unlock", userId=slot)
        await until_left(site_page, "Guest", remaining)
        # sooner the next would be taken for the same one
        await site_page.act(lock, "keypad_lock", userId=slot)
    await site_page.until_codes(lock, *before.values())
    await site_page.gone("Guest", lock)
    assert (await status(site_page, "Guest")).state == "used_up"
