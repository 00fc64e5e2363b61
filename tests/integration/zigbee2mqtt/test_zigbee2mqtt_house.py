"""Everything that people do with a lock, on a lock of Zigbee2MQTT."""

from datetime import timedelta

from homeassistant.util import dt as dt_util

from simulators.zigbee import Command, Presence
from simulators.zigbee.faults import reply_lost, silently_dropped
from simulators.zigbee.terms import LockState
from tests.integration.household import OTHER, PIN, make_it_noon
from tests.waiting import until

from .house import House


async def test_a_code_is_on_the_lock_while_its_person_is_switched_on(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)

    await ann.until_shown("in_sync", desired="present", evidence="value")
    assert house.node.pins() == {1: PIN}
    assert house.issues == set()

    await ann.switch(on=False)
    await ann.until_shown("in_sync", desired="absent")
    assert house.node.pins() == {}


async def test_a_lock_whose_codes_are_hidden_gives_presence_and_is_told_how_to_show_them(
    house: House,
) -> None:
    bridge, device = house.network.bridge, house.network.device
    bridge.set_options(device, expose_pin=False)
    await house.settle()
    await house.manage()
    ann = await house.add("Ann", PIN)

    await ann.until_shown("in_sync", desired="present", evidence="presence")
    await until(lambda: house.issues == {"codes_hidden"})

    bridge.set_options(device, expose_pin=True, filtered_cache=[])
    await until(lambda: house.issues == {"codes_repeated"})
    bridge.set_options(device, filtered_cache=["users"])
    await until(lambda: house.issues == set())
    await house.verify()
    await ann.until_shown("in_sync", desired="present", evidence="value")


async def test_what_happens_at_the_door_is_told_with_the_person(house: House) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    house.told.clear()
    house.node.lock.traits.notification_copies = 3

    assert house.node.door.enter(PIN)
    house.node.door.turn(unlock=False)
    assert not house.node.door.enter(OTHER)
    house.node.door.jam()
    await house.settle()

    assert [(each["type"], each["person"]) for each in house.told] == [
        ("unlocked", "Ann"),
        ("locked", None),
        ("denied", None),
        ("jammed", None),
    ]


async def test_a_code_that_the_lock_drops_is_never_called_in_sync(house: House) -> None:
    """Zigbee2MQTT tells of no refusal; only the reading does."""
    house.node.faults.add(Command.SET_PIN, silently_dropped(reported=False))
    await house.manage()

    ann = await house.add("Ann", PIN)

    await ann.until_shown("pending_confirmation", desired="present")
    assert house.node.pins() == {}


async def test_a_code_that_is_deleted_at_the_lock_is_told_and_put_back(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    house.told.clear()

    house.node.door.delete_pin(1)
    await house.settle()

    await ann.until(lambda: house.node.pins() == {1: PIN})
    await ann.until_shown("in_sync", desired="present")
    assert "code_removed" in [each["type"] for each in house.told]


async def test_a_code_that_is_changed_at_a_deaf_lock_is_found_by_verifying(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    house.node.lock.traits.sends_data_field = False

    house.node.door.program(1, OTHER)
    await house.verify()

    await ann.until(lambda: house.node.pins() == {1: PIN})
    await ann.until_shown("in_sync", desired="present")


async def test_a_lost_answer_is_no_second_write(house: House) -> None:
    await house.manage()
    house.node.faults.add(Command.SET_PIN, reply_lost())

    ann = await house.add("Ann", PIN)

    await ann.until_shown("in_sync", desired="present")
    assert [each for each, _ in house.node.received].count(Command.SET_PIN) == 1


async def test_a_person_is_taken_off_a_lock_as_soon_as_its_bridge_is_back(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    await house.network.bridge.stop()
    await until(lambda: house.network.state() == "unavailable")
    await ann.switch(on=False)
    await ann.until_shown("out_of_sync", desired="absent", reason="lock_unreachable")

    house.network.bridge.start()

    await ann.until_shown("in_sync", desired="absent")
    assert house.node.pins() == {}


async def test_a_lock_that_is_away_is_no_failure_of_the_lock(house: House) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    house.node.presence = Presence.UNREACHABLE
    house.network.bridge.set_availability(house.network.device, available=False)
    await until(lambda: house.network.state() == "unavailable")

    await ann.switch(on=False)
    await ann.until_shown("out_of_sync", desired="absent", reason="lock_unreachable")
    house.node.presence = Presence.ONLINE
    house.network.bridge.set_availability(house.network.device, available=True)

    await ann.until_shown("in_sync", desired="absent")


async def test_a_rule_is_enforced_by_taking_the_code_off(house: House) -> None:
    await make_it_noon(house.hass)
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    yesterday = (dt_util.now() - timedelta(days=1)).strftime("%a").lower()

    await ann.set_rule(
        {
            "weekly": {
                "mode": "include",
                "windows": [{"days": [yesterday], "start": "08:00", "end": "09:00"}],
            },
            "source": {"grace": 15},
            "conditions": {},
        }
    )

    await ann.until_shown("in_sync", desired="absent")
    assert house.node.pins() == {}


async def test_a_door_that_was_unlocked_at_the_keypad_locks_itself(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    lock = house.node.lock

    assert house.node.door.enter(PIN)
    await house.settle()
    assert house.network.state() == "unlocked"
    await house.switch_autolock(on=True)
    await house.start_autolock(timedelta(seconds=1))

    await until(lambda: lock.state is LockState.LOCKED, 15)
    await until(lambda: house.shown("sensor", "autolock_at") == "unknown", 15)
