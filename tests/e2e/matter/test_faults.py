"""What goes wrong between the server and the lock: the code is right in the end, once."""

import pytest

from tests.harness.e2e.matter.page_objects import MatterSitePage
from tests.harness.e2e.matter.processes import entity_of_lock

pytestmark = pytest.mark.timeout(240)


async def test_a_code_whose_answer_was_lost_is_not_written_again(
    site_page: MatterSitePage,
) -> None:
    await site_page.lock.fault("SetCredential", "answer_lost", count=1)
    ann = await site_page.add("Ann")
    shown = await site_page.in_sync("Ann")

    assert shown.attributes["evidence"] == "presence"
    assert list((await site_page.lock.pins()).values()) == [ann.pin]
    assert await site_page.received("SetCredential") == 1


async def test_a_server_that_is_killed_while_it_writes(
    site_page: MatterSitePage,
) -> None:
    bob = await site_page.add("Bob")
    await site_page.in_sync("Bob")
    await site_page.lock.fault("SetCredential", "slow", seconds=2, count=1)
    ann = await site_page.add("Ann")

    async def is_on_its_way() -> bool:
        return await site_page.received("SetCredential") == 2

    await site_page.until(is_on_its_way)
    await site_page.hosted.do("kill_server")
    await site_page.hosted.do("start_server")
    await site_page.in_sync("Ann")
    await site_page.in_sync("Bob")

    assert sorted((await site_page.lock.pins()).values()) == sorted(
        [str(ann.pin), str(bob.pin)]
    )
    assert await site_page.received("SetCredential") == 2
    slot = (await site_page.in_sync("Ann")).attributes["slot"]
    reported = await site_page.tells("enter", pin=str(ann.pin))
    assert (reported["person"], reported["slot"]) == ("Ann", slot)


async def test_a_person_is_disabled_while_the_server_is_unreachable(
    site_page: MatterSitePage,
) -> None:
    ann = await site_page.add("Ann")
    await site_page.in_sync("Ann")
    await site_page.hosted.do("kill_server")
    await site_page.turn("Ann", on=False)
    assert list((await site_page.lock.pins()).values()) == [ann.pin]

    await site_page.hosted.do("start_server")
    await site_page.until_off("Ann")
    assert await site_page.lock.pins() == {}


async def test_a_lock_that_lost_its_power_gets_its_code(
    site_page: MatterSitePage,
) -> None:
    """The server takes it for there, and finds out only when it is not answered."""
    await site_page.hosted.do("cut_lock_power")
    ann = await site_page.add("Ann")
    await site_page.hosted.do("start_lock")
    await site_page.in_sync("Ann")
    assert list((await site_page.lock.pins()).values()) == [ann.pin]

    # nothing is reported until the server renews its subscription, in minutes or when it starts
    await site_page.restart_server()
    reported = await site_page.tells("enter", pin=str(ann.pin))
    assert (reported["event_type"], reported["person"]) == ("unlocked", "Ann")


async def test_what_a_lock_did_while_nobody_listened_fires_nothing(
    site_page: MatterSitePage,
) -> None:
    """A minute and more after it lost its power, it tells all that it has missed to tell."""
    ann = await site_page.add("Ann")
    await site_page.in_sync("Ann")
    lock = await entity_of_lock(site_page.client)
    news = await site_page.client.subscribe_events("keyholder_access")

    await site_page.hosted.do("cut_lock_power")
    await site_page.hosted.do("start_lock")
    assert await site_page.lock.act("enter", pin=str(ann.pin))
    assert site_page.client.state(lock).state == "locked"
    await site_page.client.wait_for_state(lock, "unlocked", 180)
    reported = await site_page.tells("turn", unlock=False)

    assert (reported["event_type"], reported["method"]) == ("locked", "manual")
    assert [event["data"]["type"] for event in news.received] == ["locked"]
    await news.unsubscribe()
