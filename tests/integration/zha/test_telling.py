"""Who is told what of a Zigbee lock under ZHA."""

import asyncio

import pytest

from simulators.zigbee.terms import Operation, Source
from tests.integration.household import OTHER, PIN
from tests.integration.logbook_lines import lines

from .story import Door, at_the_door, front_lock


def test_a_use_is_told_with_its_person_and_the_slot_is_the_locks_own_number() -> None:
    """ZHA's own event adds one to it."""

    async def story(door: Door) -> None:
        ann = await door.add()
        logbook = lines(door.home.hass)
        heard: list[int] = []
        door.home.hass.bus.async_listen(
            "zha_event", lambda event: heard.append(event.data["args"]["code_slot"])
        )

        assert door.node.door.enter(PIN)
        await asyncio.sleep(2)

        access = door.state(door.access).attributes
        told = {key: access[key] for key in ("event_type", "person", "method", "slot")}
        assert told == {
            "event_type": "unlocked",
            "person": "Ann",
            "method": "keypad",
            "slot": 1,
        }
        assert heard == [2]
        used = door.state(ann.entity("event", "used")).attributes
        assert used["method"] == "keypad"
        assert door.state(ann.entity("sensor", "status")).attributes["uses"] == 1
        assert logbook == ["Sim Front was unlocked by Ann with a PIN"]

    at_the_door(story)


def test_what_is_done_without_a_code_is_nobodys() -> None:
    async def story(door: Door) -> None:
        await door.add()
        logbook = lines(door.home.hass)

        for act in (
            door.node.door.turn,
            door.node.door.touch,
            door.node.door.turn_key,
            door.node.door.lock_itself,
        ):
            act()
            await asyncio.sleep(3)
        await door.act("lock", "unlock", door.lock)
        await asyncio.sleep(3)

        assert door.told == [
            ("unlocked", None),
            ("locked", None),
            ("unlocked", None),
            ("locked", None),
            ("unlocked", None),
        ]
        assert logbook == [
            "Sim Front was unlocked by hand",
            "Sim Front was locked by hand",
            "Sim Front was unlocked by hand",
            "Sim Front was locked by the lock itself",
            "Sim Front was unlocked remotely",
        ]

    at_the_door(story)


@pytest.mark.parametrize(
    ("source", "method"), [(Source.RF, "remote"), (Source.RFID, "unknown")]
)
def test_only_a_keypad_says_whose_code_it_was(source: Source, method: str) -> None:
    """A radio command, or a card, may name a user whose code nobody has typed."""

    async def story(door: Door) -> None:
        await door.add()
        door.node.door.notify(Operation.UNLOCK, source, 1)
        await asyncio.sleep(3)
        assert door.told == [("unlocked", None)]
        assert door.state(door.access).attributes["method"] == method

    at_the_door(story)


def test_a_lock_that_names_nobody_is_told_as_an_unknown_user() -> None:
    async def story(door: Door) -> None:
        door.node.lock.traits.reports_users = False
        await door.add()
        assert door.node.door.enter(PIN)
        await asyncio.sleep(3)
        assert door.told == [("unlocked", None)]

    at_the_door(story)


def test_who_is_turned_away_is_told_and_so_is_a_jam_but_no_other_alarm() -> None:
    async def story(door: Door) -> None:
        await door.add()
        assert not door.node.door.enter(OTHER)
        await asyncio.sleep(3)
        door.node.door.jam()
        await asyncio.sleep(3)
        door.node.door.factory_reset()
        await asyncio.sleep(3)
        assert door.told == [("denied", None), ("jammed", None)]

    at_the_door(story)


def test_a_code_outside_its_times_is_denied_with_its_person() -> None:
    async def story(door: Door) -> None:
        await door.add()
        door.node.door.notify(Operation.UNLOCK_FAILED_SCHEDULE, Source.KEYPAD, 1)
        await asyncio.sleep(3)
        assert door.told == [("denied", "Ann")]

    at_the_door(story)


def test_codes_at_the_keypad_are_told_and_ours_is_put_back() -> None:
    async def story(door: Door) -> None:
        await door.add()
        logbook = lines(door.home.hass)
        door.node.door.program(7, OTHER)
        await asyncio.sleep(3)
        assert door.node.door.enter(OTHER)
        await asyncio.sleep(3)
        door.node.door.delete_pin(7)
        await asyncio.sleep(3)
        door.node.door.delete_pin(1)
        await asyncio.sleep(10)

        assert door.told == [
            ("code_added", None),
            ("unlocked", None),
            ("code_removed", None),
            ("code_removed", "Ann"),
        ]
        assert "Sim Front was unlocked by an unknown keypad user" in logbook
        assert door.node.pins() == {1: PIN}

    at_the_door(story)


@pytest.mark.parametrize("way", ["reload", "reinterview", "lost stick", "restart"])
def test_what_happens_at_the_door_is_told_after_the_way_to_it_was_made_anew(
    way: str,
) -> None:
    async def story(door: Door) -> None:
        await door.add()
        network = door.home.network
        match way:
            case "reload":
                await network.reload()
            case "reinterview":
                await network.reinterview()
            case "lost stick":
                await network.lose_link()
            case "restart":
                await door.home.stop()
                await door.home.start()
        await asyncio.sleep(30)
        assert door.told == []

        assert door.node.door.enter(PIN)
        await asyncio.sleep(3)
        door.node.door.delete_pin(1)
        await asyncio.sleep(10)
        assert door.told == [("unlocked", "Ann"), ("code_removed", "Ann")]
        assert door.codes == [PIN]

    at_the_door(story)


def test_a_lock_on_another_endpoint_is_managed_like_any_other() -> None:
    async def story(door: Door) -> None:
        ann = await door.add()
        assert ann.slot is not None
        assert ann.slot.state == "in_sync"
        assert door.codes == [PIN]
        assert door.node.door.enter(PIN)
        await asyncio.sleep(3)
        assert door.told == [("unlocked", "Ann")]
        await door.home.network.reinterview()
        door.node.door.delete_pin(1)
        await asyncio.sleep(10)
        assert door.told[1:] == [("code_removed", "Ann")]

    at_the_door(story, front_lock(endpoint=11))


def test_nothing_is_told_of_what_happened_while_nobody_listened() -> None:
    async def story(door: Door) -> None:
        await door.add()
        before = door.state(door.access)
        door.home.mesh.unplug()
        await asyncio.sleep(1)
        door.node.door.enter(PIN)
        await asyncio.sleep(60)
        door.home.mesh.plug()
        await asyncio.sleep(60)
        assert door.told == []
        assert door.state(door.access).attributes == before.attributes
        # but it is shown where the bolt is now
        assert door.shows(door.lock) == "unlocked"

    at_the_door(story)
