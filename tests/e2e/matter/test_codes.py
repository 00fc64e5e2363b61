"""A person's code on a real Matter lock: written once, seen, used, taken away."""

from tests.harness.e2e.matter.page_objects import WRITES, MatterSitePage


async def test_a_code_is_written_once_and_proven_by_presence(
    site_page: MatterSitePage,
) -> None:
    ann = await site_page.add("Ann")
    shown = await site_page.in_sync("Ann")

    assert shown.attributes["evidence"] == "presence"
    assert shown.attributes["verified_at"] is not None
    slot = shown.attributes["slot"]
    assert await site_page.lock.pins() == {slot: ann.pin}
    (user,) = (await site_page.lock.dump())["users"]
    assert user["userName"] == "Ann"
    assert user["creatorFabricIndex"] == 1
    assert user["credentials"] == [{"credentialType": 1, "credentialIndex": slot}]
    assert user["userUniqueId"] is not None
    counts = {command: await site_page.received(command) for command in WRITES}
    assert counts == {
        "SetUser": 1,
        "SetCredential": 1,
        "ClearUser": 0,
        "ClearCredential": 0,
    }


async def test_a_code_at_the_keypad_is_reported_with_its_person(
    site_page: MatterSitePage,
) -> None:
    ann = await site_page.add("Ann")
    slot = (await site_page.in_sync("Ann")).attributes["slot"]

    assert await site_page.tells("enter", pin=str(ann.pin)) == {
        "event_type": "unlocked",
        "person": "Ann",
        "method": "keypad",
        "slot": slot,
    }
    turned = await site_page.tells("turn", unlock=False)
    assert (turned["event_type"], turned["person"]) == ("locked", None)
    denied = await site_page.tells("enter", pin=site_page.hosted.new_pin())
    assert (denied["event_type"], denied["person"]) == ("denied", None)
    jammed = await site_page.tells("jam")
    assert jammed["event_type"] == "jammed"


async def test_a_code_is_off_the_lock_while_its_person_is_disabled(
    site_page: MatterSitePage,
) -> None:
    ann = await site_page.add("Ann")
    await site_page.in_sync("Ann")

    await site_page.turn("Ann", on=False)
    await site_page.until_off("Ann")
    assert await site_page.lock.pins() == {}
    assert not await site_page.lock.act("enter", pin=str(ann.pin))

    await site_page.turn("Ann", on=True)

    async def is_back() -> bool:
        return list((await site_page.lock.pins()).values()) == [ann.pin]

    await site_page.until(is_back)


async def test_who_leaves_leaves_nothing_on_the_lock(site_page: MatterSitePage) -> None:
    await site_page.add("Ann")
    await site_page.in_sync("Ann")

    reason = await site_page.demo_site.clear_and_remove("Ann")

    assert reason == "removed"
    held = await site_page.lock.dump()
    assert (held["credentials"], held["users"]) == ([], [])


async def test_a_code_from_the_keypad_is_left_alone(site_page: MatterSitePage) -> None:
    theirs = site_page.hosted.new_pin()
    await site_page.lock.act("program", pin=theirs, index=1)
    ann = await site_page.add("Ann")
    slot = (await site_page.in_sync("Ann")).attributes["slot"]

    assert slot != 1
    assert await site_page.lock.pins() == {1: theirs, slot: ann.pin}

    await site_page.demo_site.clear_and_remove("Ann")
    assert await site_page.lock.pins() == {1: theirs}
