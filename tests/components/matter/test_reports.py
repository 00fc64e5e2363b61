"""Who is notified of a Matter lock: entities, the logbook, notifications."""

import asyncio
from typing import override

from homeassistant.components.notify import NotifyEntity
from homeassistant.components.notify.const import DATA_COMPONENT
from homeassistant.setup import async_setup_component

from simulators.matter.terms import Alarm
from tests.harness.site.flow_driver import choose, start_reconfigure, submit
from tests.harness.site.logbook_lines import lines
from tests.harness.site.matter_door import MatterDoor, run_at_door
from tests.harness.site.site_driver import OTHER, PIN

PHONE = "notify.phone"


class Phone(NotifyEntity):
    """A target of notifications."""

    _attr_should_poll = False

    def __init__(self) -> None:
        self.entity_id = PHONE
        self.messages: list[str] = []

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        self.messages.append(message)


async def phone_of(door: MatterDoor, *, on_lock: bool = False) -> Phone:
    """Return a phone that is notified of Ann's uses, and of who is turned away."""
    hass, entry = door.instance.hass, door.instance.entry
    assert await async_setup_component(hass, "notify", {})
    phone = Phone()
    await hass.data[DATA_COMPONENT].async_add_entities([phone])
    ann = door.instance.site.person("Ann")
    form = await choose(
        hass, await start_reconfigure(hass, entry, ann.subentry), "notifications"
    )
    kinds = {"on_use": True, "on_lock": on_lock, "on_denied": True}
    await submit(hass, form, **kinds, targets=[PHONE])
    await asyncio.sleep(1)
    return phone


def test_a_use_is_published_everywhere_with_its_person() -> None:
    async def scenario(door: MatterDoor) -> None:
        ann = await door.add()
        phone = await phone_of(door)
        logbook = lines(door.instance.hass)

        assert door.node.door.enter(PIN)
        await asyncio.sleep(2)

        access = door.state(door.access).attributes
        reported = {
            key: access[key] for key in ("event_type", "person", "method", "slot")
        }
        assert reported == {
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

    run_at_door(scenario)


def test_a_use_that_names_the_user_alone_is_that_persons() -> None:
    """Clause 16.11: LockOperation with the index of a user and without credentials."""

    async def scenario(door: MatterDoor) -> None:
        door.node.lock.traits.names_credentials = False
        # the number of her user is not that of her slot
        door.node.door.program(OTHER, 9, user=1)
        ann = await door.add()

        assert door.node.door.enter(PIN)
        await asyncio.sleep(5)
        assert door.node.door.enter(OTHER)
        await asyncio.sleep(5)

        assert door.events == [("unlocked", "Ann"), ("unlocked", None)]
        status = door.state(ann.entity("sensor", "status")).attributes
        assert status["uses"] == 1

    run_at_door(scenario)


def test_what_is_done_without_a_code_is_nobodys() -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        phone = await phone_of(door)
        logbook = lines(door.instance.hass)
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

        assert door.events == [
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

    run_at_door(scenario)


def test_a_door_that_a_code_locks_is_published_everywhere_with_its_person() -> None:
    """Clause 16.15: as one that it opens, and it is no use of the code."""

    async def scenario(door: MatterDoor) -> None:
        ann = await door.add()
        phone = await phone_of(door, on_lock=True)
        logbook = lines(door.instance.hass)

        assert door.node.door.enter(PIN, unlock=False)
        await asyncio.sleep(2)

        assert door.events == [("locked", "Ann")]
        used = door.state(ann.entity("event", "used")).attributes
        assert (used["event_type"], used["method"]) == ("locked", "keypad")
        assert door.state(ann.entity("sensor", "status")).attributes["uses"] == 0
        assert logbook == ["Front was locked by Ann with a PIN"]
        assert phone.messages == ["Ann locked Front."]

    run_at_door(scenario)


def test_a_refused_entry_is_reported_and_other_alarms_are_not() -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        phone = await phone_of(door)

        assert not door.node.door.enter(OTHER)
        await asyncio.sleep(3)
        assert door.events == [("denied", None)]
        assert len(phone.messages) == 1

        for _ in range(2):
            door.node.door.enter(OTHER)
            await asyncio.sleep(3)
        # after the third the lock refuses every code for a time: an alarm of its own,
        # which comes with the report of the code and is one with it
        assert door.events[1:] == [("denied", None)] * 2
        assert not door.node.door.enter(PIN)
        door.node.door.sound(Alarm.DOOR_FORCED_OPEN)
        await asyncio.sleep(3)
        assert {kind for kind, _ in door.events} == {"denied"}

    run_at_door(scenario)


def test_a_code_of_somebody_else_is_an_unknown_user() -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        logbook = lines(door.instance.hass)
        door.node.door.program(OTHER, 9)
        assert door.node.door.enter(OTHER)
        await asyncio.sleep(3)

        assert door.events == [("code_added", None), ("unlocked", None)]
        assert logbook[-1] == "Front was unlocked by an unknown keypad user"

    run_at_door(scenario)


def test_history_notifies_nobody() -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        phone = await phone_of(door)
        logbook = lines(door.instance.hass)
        before = door.state(door.access)
        door.node.reboot()
        door.node.door.enter(PIN)
        door.node.door.enter(OTHER)
        door.node.door.jam()
        await asyncio.sleep(105)

        door.node.restore_subscription()
        await asyncio.sleep(5)

        assert door.events == []
        assert door.state(door.access) == before
        assert logbook == []
        assert phone.messages == []

    run_at_door(scenario)


def test_nothing_is_reported_of_what_happened_before_a_start() -> None:
    async def scenario(door: MatterDoor) -> None:
        await door.add()
        door.node.door.enter(PIN)
        await asyncio.sleep(5)

        await door.instance.stop()
        door.node.door.turn(unlock=False)
        await door.instance.start()
        logbook = lines(door.instance.hass)
        shown = door.state(door.access)
        await asyncio.sleep(120)

        assert door.state(door.access) == shown
        assert door.events == []
        assert logbook == []

    run_at_door(scenario)
