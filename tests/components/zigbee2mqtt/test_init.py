"""Everything that people do with a lock, on a lock of Zigbee2MQTT."""

from datetime import timedelta

from homeassistant.util import dt as dt_util

from simulators.zigbee import Command, Presence
from simulators.zigbee.faults import reply_lost, silently_dropped
from simulators.zigbee.terms import LockState
from tests.harness.site.site_driver import OTHER, PIN, make_it_noon
from tests.harness.site.zigbee2mqtt import Zigbee2MqttSite
from tests.harness.waiting import wait_for


async def test_a_code_is_on_the_lock_while_its_person_is_switched_on(
    site: Zigbee2MqttSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)

    await ann.until_shown("in_sync", desired="present", evidence="value")
    assert site.node.pins() == {1: PIN}
    assert site.issues == set()

    await ann.switch(on=False)
    await ann.until_shown("in_sync", desired="absent")
    assert site.node.pins() == {}


async def test_a_lock_that_hides_its_codes_has_advice_how_to_show_them(
    site: Zigbee2MqttSite,
) -> None:
    bridge, device = site.network.bridge, site.network.device
    bridge.set_options(device, expose_pin=False)
    await site.settle()
    await site.manage()
    ann = await site.add("Ann", PIN)

    await ann.until_shown("in_sync", desired="present", evidence="presence")
    await wait_for(lambda: site.issues == {"codes_hidden"})

    bridge.set_options(device, expose_pin=True, filtered_cache=[])
    await wait_for(lambda: site.issues == {"codes_repeated"})
    bridge.set_options(device, filtered_cache=["users"])
    await wait_for(lambda: site.issues == set())
    await site.verify()
    await ann.until_shown("in_sync", desired="present", evidence="value")


async def test_what_happens_at_the_door_is_reported_with_the_person(
    site: Zigbee2MqttSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    site.events.clear()
    site.node.lock.traits.notification_copies = 3

    assert site.node.door.enter(PIN)
    site.node.door.turn(unlock=False)
    assert not site.node.door.enter(OTHER)
    site.node.door.jam()
    await site.settle()

    assert [(each["type"], each["person"]) for each in site.events] == [
        ("unlocked", "Ann"),
        ("locked", None),
        ("denied", None),
        ("jammed", None),
    ]


async def test_a_code_that_the_lock_drops_is_never_called_in_sync(
    site: Zigbee2MqttSite,
) -> None:
    """Zigbee2MQTT tells of no refusal; only the reading does."""
    site.node.faults.add(Command.SET_PIN, silently_dropped(reported=False))
    await site.manage()

    ann = await site.add("Ann", PIN)

    await ann.until_shown("pending_confirmation", desired="present")
    assert site.node.pins() == {}


async def test_a_code_that_is_deleted_at_the_lock_is_reported_and_put_back(
    site: Zigbee2MqttSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    site.events.clear()

    site.node.door.delete_pin(1)
    await site.settle()

    await ann.until(lambda: site.node.pins() == {1: PIN})
    await ann.until_shown("in_sync", desired="present")
    assert "code_removed" in [each["type"] for each in site.events]


async def test_a_code_changed_without_a_report_is_found_by_verifying(
    site: Zigbee2MqttSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    site.node.lock.traits.sends_data_field = False

    site.node.door.program(1, OTHER)
    await site.verify()

    await ann.until(lambda: site.node.pins() == {1: PIN})
    await ann.until_shown("in_sync", desired="present")


async def test_a_lost_answer_is_no_second_write(site: Zigbee2MqttSite) -> None:
    await site.manage()
    site.node.faults.add(Command.SET_PIN, reply_lost())

    ann = await site.add("Ann", PIN)

    await ann.until_shown("in_sync", desired="present")
    assert [each for each, _ in site.node.received].count(Command.SET_PIN) == 1


async def test_a_person_is_taken_off_a_lock_as_soon_as_its_bridge_is_back(
    site: Zigbee2MqttSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    await site.network.bridge.stop()
    await wait_for(lambda: site.network.state() == "unavailable")
    await ann.switch(on=False)
    await ann.until_shown("out_of_sync", desired="absent", reason="lock_unreachable")

    site.network.bridge.start()

    await ann.until_shown("in_sync", desired="absent")
    assert site.node.pins() == {}


async def test_a_lock_that_is_away_is_no_failure_of_the_lock(
    site: Zigbee2MqttSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    site.node.presence = Presence.UNREACHABLE
    site.network.bridge.set_availability(site.network.device, available=False)
    await wait_for(lambda: site.network.state() == "unavailable")

    await ann.switch(on=False)
    await ann.until_shown("out_of_sync", desired="absent", reason="lock_unreachable")
    site.node.presence = Presence.ONLINE
    site.network.bridge.set_availability(site.network.device, available=True)

    await ann.until_shown("in_sync", desired="absent")


async def test_a_rule_is_enforced_by_taking_the_code_off(site: Zigbee2MqttSite) -> None:
    await make_it_noon(site.hass)
    await site.manage()
    ann = await site.add("Ann", PIN)
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
    assert site.node.pins() == {}


async def test_a_door_that_was_unlocked_at_the_keypad_locks_itself(
    site: Zigbee2MqttSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    lock = site.node.lock

    assert site.node.door.enter(PIN)
    await site.settle()
    assert site.network.state() == "unlocked"
    await site.switch_autolock(on=True)
    await site.start_autolock(timedelta(seconds=1))

    await wait_for(lambda: lock.state is LockState.LOCKED, 15)
    await wait_for(lambda: site.shown("sensor", "autolock_at") == "unknown", 15)
