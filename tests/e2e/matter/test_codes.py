"""A person's code on a real Matter lock: written once, seen, used, taken away."""

from .visit import WRITES, Visit


async def test_a_code_is_written_once_and_proven_by_presence(visit: Visit) -> None:
    ann = await visit.add("Ann")
    shown = await visit.in_sync("Ann")

    assert shown.attributes["evidence"] == "presence"
    assert shown.attributes["verified_at"] is not None
    slot = shown.attributes["slot"]
    assert await visit.lock.pins() == {slot: ann.pin}
    (user,) = (await visit.lock.dump())["users"]
    assert user["userName"] == "Ann"
    assert user["creatorFabricIndex"] == 1
    assert user["credentials"] == [{"credentialType": 1, "credentialIndex": slot}]
    assert user["userUniqueId"] is not None
    counts = {command: await visit.received(command) for command in WRITES}
    assert counts == {
        "SetUser": 1,
        "SetCredential": 1,
        "ClearUser": 0,
        "ClearCredential": 0,
    }


async def test_a_code_at_the_keypad_is_told_with_its_person(visit: Visit) -> None:
    ann = await visit.add("Ann")
    slot = (await visit.in_sync("Ann")).attributes["slot"]

    assert await visit.tells("enter", pin=str(ann.pin)) == {
        "event_type": "unlocked",
        "person": "Ann",
        "method": "keypad",
        "slot": slot,
    }
    turned = await visit.tells("turn", unlock=False)
    assert (turned["event_type"], turned["person"]) == ("locked", None)
    denied = await visit.tells("enter", pin=visit.hosted.new_pin())
    assert (denied["event_type"], denied["person"]) == ("denied", None)
    jammed = await visit.tells("jam")
    assert jammed["event_type"] == "jammed"


async def test_a_code_is_off_the_lock_while_its_person_is_switched_off(
    visit: Visit,
) -> None:
    ann = await visit.add("Ann")
    await visit.in_sync("Ann")

    await visit.turn("Ann", on=False)
    await visit.until_off("Ann")
    assert await visit.lock.pins() == {}
    assert not await visit.lock.act("enter", pin=str(ann.pin))

    await visit.turn("Ann", on=True)

    async def is_back() -> bool:
        return list((await visit.lock.pins()).values()) == [ann.pin]

    await visit.until(is_back)


async def test_who_leaves_leaves_nothing_on_the_lock(visit: Visit) -> None:
    await visit.add("Ann")
    await visit.in_sync("Ann")

    reason = await visit.house.clear_and_remove("Ann")

    assert reason == "removed"
    held = await visit.lock.dump()
    assert (held["credentials"], held["users"]) == ([], [])


async def test_a_code_from_the_keypad_is_left_alone(visit: Visit) -> None:
    theirs = visit.hosted.new_pin()
    await visit.lock.act("program", pin=theirs, index=1)
    ann = await visit.add("Ann")
    slot = (await visit.in_sync("Ann")).attributes["slot"]

    assert slot != 1
    assert await visit.lock.pins() == {1: theirs, slot: ann.pin}

    await visit.house.clear_and_remove("Ann")
    assert await visit.lock.pins() == {1: theirs}
