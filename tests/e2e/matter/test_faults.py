"""What goes wrong between the server and the lock: the code is right in the end, once."""

import pytest

from .stage import entity_of_lock
from .visit import Visit

pytestmark = pytest.mark.timeout(240)


async def test_a_code_whose_answer_was_lost_is_not_written_again(visit: Visit) -> None:
    await visit.lock.fault("SetCredential", "answer_lost", count=1)
    ann = await visit.add("Ann")
    shown = await visit.in_sync("Ann")

    assert shown.attributes["evidence"] == "presence"
    assert list((await visit.lock.pins()).values()) == [ann.pin]
    assert await visit.received("SetCredential") == 1


async def test_a_server_that_is_killed_while_it_writes(visit: Visit) -> None:
    bob = await visit.add("Bob")
    await visit.in_sync("Bob")
    await visit.lock.fault("SetCredential", "slow", seconds=2, count=1)
    ann = await visit.add("Ann")

    async def is_on_its_way() -> bool:
        return await visit.received("SetCredential") == 2

    await visit.until(is_on_its_way)
    await visit.hosted.do("kill_server")
    await visit.hosted.do("start_server")
    await visit.in_sync("Ann")
    await visit.in_sync("Bob")

    assert sorted((await visit.lock.pins()).values()) == sorted(
        [str(ann.pin), str(bob.pin)]
    )
    assert await visit.received("SetCredential") == 2
    slot = (await visit.in_sync("Ann")).attributes["slot"]
    told = await visit.tells("enter", pin=str(ann.pin))
    assert (told["person"], told["slot"]) == ("Ann", slot)


async def test_who_is_switched_off_while_the_server_is_away(visit: Visit) -> None:
    ann = await visit.add("Ann")
    await visit.in_sync("Ann")
    await visit.hosted.do("kill_server")
    await visit.turn("Ann", on=False)
    assert list((await visit.lock.pins()).values()) == [ann.pin]

    await visit.hosted.do("start_server")
    await visit.until_off("Ann")
    assert await visit.lock.pins() == {}


async def test_a_lock_that_lost_its_power_gets_its_code(visit: Visit) -> None:
    """The server takes it for there, and finds out only when it is not answered."""
    await visit.hosted.do("cut_lock_power")
    ann = await visit.add("Ann")
    await visit.hosted.do("start_lock")
    await visit.in_sync("Ann")
    assert list((await visit.lock.pins()).values()) == [ann.pin]

    # nothing is told until the server renews its subscription, in minutes or when it starts
    await visit.restart_server()
    told = await visit.tells("enter", pin=str(ann.pin))
    assert (told["event_type"], told["person"]) == ("unlocked", "Ann")


async def test_what_a_lock_did_while_nobody_listened_is_no_news(visit: Visit) -> None:
    """A minute and more after it lost its power, it tells all that it has missed to tell."""
    ann = await visit.add("Ann")
    await visit.in_sync("Ann")
    lock = await entity_of_lock(visit.client)
    news = await visit.client.subscribe_events("keyholder_access")

    await visit.hosted.do("cut_lock_power")
    await visit.hosted.do("start_lock")
    assert await visit.lock.act("enter", pin=str(ann.pin))
    assert visit.client.state(lock).state == "locked"
    await visit.client.wait_for_state(lock, "unlocked", 180)
    told = await visit.tells("turn", unlock=False)

    assert (told["event_type"], told["method"]) == ("locked", "manual")
    assert [event["data"]["type"] for event in news.received] == ["locked"]
    await news.unsubscribe()
