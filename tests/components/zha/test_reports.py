"""Who is notified of a Zigbee lock under ZHA."""

import asyncio

import pytest

from simulators.zigbee.terms import Operation, Source
from tests.harness.site.logbook_lines import lines
from tests.harness.site.site_driver import OTHER, PIN
from tests.harness.site.zha_door import ZhaDoor, front_lock, run_at_door


def test_a_use_has_its_person_and_the_locks_own_slot_number() -> None:
    """ZHA's own event adds one to it."""

    async def scenario(door: ZhaDoor) -> None:
        ann = await door.add()
        logbook = lines(door.instance.hass)
        slots: list[int] = []
        door.instance.hass.bus.async_listen(
            "zha_event", lambda event: slots.append(event.data["args"]["code_slot"])
        )

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
        assert slots == [2]
        used = door.state(ann.entity("event", "used")).attributes
        assert used["method"] == "keypad"
        assert door.state(ann.entity("sensor", "status")).attributes["uses"] == 1
        assert logbook == ["Sim Front was unlocked by Ann with a PIN"]

    run_at_door(scenario)


@pytest.mark.parametrize("endpoint", [1, 11])
@pytest.mark.parametrize("is_told_twice", [False, True])
def test_a_use_in_the_attribute_of_the_last_operation_counts_once(
    endpoint: int, is_told_twice: bool
) -> None:
    """Clause 16.11: as in an operation event, on any endpoint, and told in both ways."""
    node = front_lock(endpoint=endpoint)
    node.lock.traits.shows_last_operation = True
    node.lock.traits.reports_operations = is_told_twice

    async def scenario(door: ZhaDoor) -> None:
        ann = await door.add()

        for _ in range(2):
            assert door.node.door.enter(PIN)
            await asyncio.sleep(30)
            door.node.door.lock_itself()
            await asyncio.sleep(30)

        assert door.events == [("unlocked", "Ann"), ("locked", None)] * 2
        assert door.state(ann.entity("sensor", "status")).attributes["uses"] == 2
        assert door.node.door.enter(PIN, unlock=False)
        await asyncio.sleep(5)
        assert door.events[-1] == ("locked", "Ann")

    run_at_door(scenario, node)


def test_what_is_done_without_a_code_is_nobodys() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await door.add()
        logbook = lines(door.instance.hass)

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

        assert door.events == [
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

    run_at_door(scenario)


@pytest.mark.parametrize(
    ("source", "method"), [(Source.RF, "remote"), (Source.RFID, "unknown")]
)
def test_only_a_keypad_says_whose_code_it_was(source: Source, method: str) -> None:
    """A radio command, or a card, may name a user whose code nobody has typed."""

    async def scenario(door: ZhaDoor) -> None:
        await door.add()
        door.node.door.notify(Operation.UNLOCK, source, 1)
        await asyncio.sleep(3)
        assert door.events == [("unlocked", None)]
        assert door.state(door.access).attributes["method"] == method

    run_at_door(scenario)


def test_a_lock_that_names_nobody_is_reported_as_an_unknown_user() -> None:
    async def scenario(door: ZhaDoor) -> None:
        door.node.lock.traits.reports_users = False
        await door.add()
        assert door.node.door.enter(PIN)
        await asyncio.sleep(3)
        assert door.events == [("unlocked", None)]

    run_at_door(scenario)


def test_a_master_code_with_the_slot_of_a_cleared_code_is_nobodys() -> None:
    """Clauses 16.2 and 16.3: the slot is read and cleared again, and that is told."""

    async def scenario(door: ZhaDoor) -> None:
        ann = await door.add()
        await ann.switch(on=False)
        await asyncio.sleep(30)
        assert door.node.pins() == {}
        await ann.until_shown("in_sync", desired="absent")
        door.node.received.clear()

        door.node.door.notify(Operation.UNLOCK, Source.KEYPAD, 1)
        await asyncio.sleep(30)

        assert door.events == [("unlocked", None)]
        assert door.state(door.access).attributes["slot"] == 1
        assert door.state(ann.entity("event", "used")).state == "unknown"
        assert door.state(ann.entity("sensor", "status")).attributes["uses"] == 0
        assert door.instance.site.issues == {"unexpected_use"}
        commands = [command.name for command, _ in door.node.received]
        assert commands == ["GET_PIN", "CLEAR_PIN", "GET_PIN"]
        await ann.until_shown("in_sync", desired="absent")

    run_at_door(scenario)


def test_a_refusal_and_a_jam_are_reported_and_no_other_alarm() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await door.add()
        assert not door.node.door.enter(OTHER)
        await asyncio.sleep(3)
        door.node.door.jam()
        await asyncio.sleep(3)
        door.node.door.factory_reset()
        await asyncio.sleep(3)
        assert door.events == [("denied", None), ("jammed", None)]

    run_at_door(scenario)


def test_a_code_outside_its_times_is_denied_with_its_person() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await door.add()
        door.node.door.notify(Operation.UNLOCK_FAILED_SCHEDULE, Source.KEYPAD, 1)
        await asyncio.sleep(3)
        assert door.events == [("denied", "Ann")]

    run_at_door(scenario)


def test_codes_changed_at_the_keypad_are_reported_and_ours_restored() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await door.add()
        logbook = lines(door.instance.hass)
        door.node.door.program(7, OTHER)
        await asyncio.sleep(3)
        assert door.node.door.enter(OTHER)
        await asyncio.sleep(3)
        door.node.door.delete_pin(7)
        await asyncio.sleep(3)
        door.node.door.delete_pin(1)
        await asyncio.sleep(10)

        assert door.events == [
            ("code_added", None),
            ("unlocked", None),
            ("code_removed", None),
            ("code_removed", "Ann"),
        ]
        assert "Sim Front was unlocked by an unknown keypad user" in logbook
        assert door.node.pins() == {1: PIN}

    run_at_door(scenario)


@pytest.mark.parametrize("way", ["reload", "reinterview", "lost stick", "restart"])
def test_events_are_received_after_a_new_connection(
    way: str,
) -> None:
    async def scenario(door: ZhaDoor) -> None:
        await door.add()
        network = door.instance.network
        match way:
            case "reload":
                await network.reload()
            case "reinterview":
                await network.reinterview()
            case "lost stick":
                await network.lose_link()
            case "restart":
                await door.instance.stop()
                await door.instance.start()
        await asyncio.sleep(30)
        assert door.events == []

        assert door.node.door.enter(PIN)
        await asyncio.sleep(3)
        door.node.door.delete_pin(1)
        await asyncio.sleep(10)
        assert door.events == [("unlocked", "Ann"), ("code_removed", "Ann")]
        assert door.codes == [PIN]

    run_at_door(scenario)


def test_a_lock_on_another_endpoint_is_managed_like_any_other() -> None:
    async def scenario(door: ZhaDoor) -> None:
        ann = await door.add()
        assert ann.slot is not None
        assert ann.slot.state == "in_sync"
        assert door.codes == [PIN]
        assert door.node.door.enter(PIN)
        await asyncio.sleep(3)
        assert door.events == [("unlocked", "Ann")]
        await door.instance.network.reinterview()
        door.node.door.delete_pin(1)
        await asyncio.sleep(10)
        assert door.events[1:] == [("code_removed", "Ann")]

    run_at_door(scenario, front_lock(endpoint=11))


def test_nothing_is_reported_of_what_happened_while_nobody_listened() -> None:
    async def scenario(door: ZhaDoor) -> None:
        await door.add()
        before = door.state(door.access)
        door.instance.mesh.unplug()
        await asyncio.sleep(1)
        door.node.door.enter(PIN)
        await asyncio.sleep(60)
        door.instance.mesh.plug()
        await asyncio.sleep(60)
        assert door.events == []
        assert door.state(door.access).attributes == before.attributes
        # but it is shown where the bolt is now
        assert door.state_of(door.lock) == "unlocked"

    run_at_door(scenario)
