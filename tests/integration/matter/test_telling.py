"""Who is told what of a Matter lock: entities, the logbook, notifications."""

import asyncio
from typing import override

from homeassistant.components.notify import NotifyEntity
from homeassistant.components.notify.const import DATA_COMPONENT
from homeassistant.setup import async_setup_component

from simulators.matter.terms import Alarm
from tests.integration.household import OTHER, PIN
from tests.integration.logbook_lines import lines
from tests.integration.surface import choose, start_reconfigure, submit

from .story import Door, at_the_door

PHONE = "notify.phone"


class Phone(NotifyEntity):
    """Somewhere to be told."""

    _attr_should_poll = False

    def __init__(self) -> None:
        self.entity_id = PHONE
        self.messages: list[str] = []

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        self.messages.append(message)


async def phone_of(door: Door) -> Phone:
    """Return a phone that is told of what Ann does, and of who is turned away."""
    hass, entry = door.home.hass, door.home.entry
    assert await async_setup_component(hass, "notify", {})
    phone = Phone()
    await hass.data[DATA_COMPONENT].async_add_entities([phone])
    ann = door.home.house.person("Ann")
    form = await choose(
        hass, await start_reconfigure(hass, entry, ann.subentry), "notifications"
    )
    await submit(hass, form, on_use=True, on_denied=True, targets=[PHONE])
    await asyncio.sleep(1)
    return phone


def test_a_use_is_told_to_everybody_who_asks_with_its_person() -> None:
    async def story(door: Door) -> None:
        ann = await door.add()
        phone = await phone_of(door)
        logbook = lines(door.home.hass)

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
        used = door.state(ann.entity("event", "used")).attributes
        assert used["method"] == "keypad"
        status = door.state(ann.entity("sensor", "status")).attributes
        assert status["uses"] == 1
        assert logbook == ["Front was unlocked by Ann with a PIN"]
        (message,) = phone.messages
        assert "Ann" in message
        assert "Front" in message

    at_the_door(story)


def test_what_is_done_without_a_code_is_nobodys() -> None:
    async def story(door: Door) -> None:
        await door.add()
        phone = await phone_of(door)
        logbook = lines(door.home.hass)
        door.node.door.enter(PIN)
        await asyncio.sleep(3)
        phone.messages.clear()

        door.node.door.lock_itself()
        await asyncio.sleep(3)
        await door.act("lock", "unlock", door.lock)
        await asyncio.sleep(3)
        door.node.door.turn(unlock=False)
        await asyncio.sleep(3)
        door.node.door.operate_from_elsewhere()
        await asyncio.sleep(3)

        assert door.told == [
            ("unlocked", "Ann"),
            ("locked", None),
            ("unlocked", None),
            ("locked", None),
            ("unlocked", None),
        ]
        assert logbook[1:] == [
            "Front was locked by the lock itself",
            "Front was unlocked remotely",
            "Front was locked by hand",
            "Front was unlocked remotely",
        ]
        assert phone.messages == []

    at_the_door(story)


def test_who_is_turned_away_is_told_and_other_alarms_are_not() -> None:
    async def story(door: Door) -> None:
        await door.add()
        phone = await phone_of(door)

        assert not door.node.door.enter(OTHER)
        await asyncio.sleep(3)
        assert door.told == [("denied", None)]
        assert len(phone.messages) == 1

        for _ in range(2):
            door.node.door.enter(OTHER)
            await asyncio.sleep(3)
        # after the third the lock refuses every code for a time: an alarm of its own,
        # which comes with the report of the code and is one with it
        assert door.told[1:] == [("denied", None)] * 2
        assert not door.node.door.enter(PIN)
        door.node.door.sound(Alarm.DOOR_FORCED_OPEN)
        await asyncio.sleep(3)
        assert {kind for kind, _ in door.told} == {"denied"}

    at_the_door(story)


def test_a_code_of_somebody_else_is_an_unknown_user() -> None:
    async def story(door: Door) -> None:
        await door.add()
        logbook = lines(door.home.hass)
        door.node.door.program(OTHER, 9)
        assert door.node.door.enter(OTHER)
        await asyncio.sleep(3)

        assert door.told == [("code_added", None), ("unlocked", None)]
        assert logbook[-1] == "Front was unlocked by an unknown keypad user"

    at_the_door(story)


def test_history_tells_nobody_anything() -> None:
    async def story(door: Door) -> None:
        await door.add()
        phone = await phone_of(door)
        logbook = lines(door.home.hass)
        before = door.state(door.access)
        door.node.reboot()
        door.node.door.enter(PIN)
        door.node.door.enter(OTHER)
        door.node.door.jam()
        await asyncio.sleep(105)

        door.node.restore_subscription()
        await asyncio.sleep(5)

        assert door.told == []
        assert door.state(door.access) == before
        assert logbook == []
        assert phone.messages == []

    at_the_door(story)


def test_nothing_is_told_of_what_happened_before_a_start() -> None:
    async def story(door: Door) -> None:
        await door.add()
        door.node.door.enter(PIN)
        await asyncio.sleep(5)

        await door.home.stop()
        door.node.door.turn(unlock=False)
        await door.home.start()
        logbook = lines(door.home.hass)
        shown = door.state(door.access)
        await asyncio.sleep(120)

        assert door.state(door.access) == shown
        assert door.told == []
        assert logbook == []

    at_the_door(story)
