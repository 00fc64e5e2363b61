"""Everything that people do with a lock, on a Matter lock."""

from datetime import timedelta

from homeassistant.util import dt as dt_util

from simulators.matter.faults import connection_closed, refused
from simulators.matter.terms import LockState, Status, UserType
from tests.integration.household import OTHER, PIN, make_it_noon
from tests.waiting import until

from .house import House


async def test_a_code_is_on_the_lock_while_its_person_is_switched_on(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)

    await ann.until_shown("in_sync", desired="present", evidence="presence")
    assert list(house.codes().values()) == [PIN]
    assert [user.name for user in house.node.lock.memory.users.values()] == ["Ann"]

    await ann.switch(on=False)
    await ann.until_shown("in_sync", desired="absent")
    assert house.codes() == {}
    assert house.node.lock.memory.users == {}


async def test_a_code_at_the_keypad_is_told_with_its_person(house: House) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    house.told.clear()

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


async def test_what_was_held_up_is_no_news(house: House) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    house.told.clear()
    house.node.drop_subscription()
    house.node.lock.clock.ahead = -300
    house.node.door.enter(PIN)
    house.node.lock.clock.ahead = 0

    house.node.restore_subscription()
    await house.settle()

    assert [each["type"] for each in house.told if not each.get("past")] == []


async def test_a_rule_that_the_lock_can_hold_is_enforced_by_it(house: House) -> None:
    await make_it_noon(house.hass)
    house.node.lock.clock.zone = dt_util.get_default_time_zone()
    await house.manage()
    ann = await house.add("Ann", PIN, enabled=False)
    today = dt_util.now().strftime("%a").lower()
    await ann.set_rule(
        {
            "weekly": {
                "mode": "include",
                "windows": [{"days": [today], "start": "00:00", "end": "23:59"}],
            },
            "source": {"grace": 15},
            "conditions": {},
        }
    )

    await ann.switch(on=True)

    await ann.until_shown("in_sync", desired="present", enforced_by="lock")
    (user,) = house.node.lock.memory.users.values()
    assert user.kind == UserType.WEEK_DAY
    assert user.enabled


async def test_a_code_that_is_deleted_at_the_lock_is_seen_and_told(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    house.told.clear()

    (slot,) = house.codes()
    house.node.door.delete_pin(slot)
    await house.settle()

    assert "code_removed" in [each["type"] for each in house.told]
    await ann.until_shown("in_sync", desired="present")
    assert list(house.codes().values()) == [PIN]


async def test_what_was_changed_while_the_server_was_away_is_found(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    (slot,) = house.codes()
    await house.network.server.stop()
    house.node.door.delete_user(house.node.lock.memory.credentials[1, slot].user)
    await house.network.server.start()
    await house.network.wait_until_connected()
    assert house.codes() == {}

    # Nobody tells it: every code is looked at as soon as the server is back
    await ann.until(lambda: list(house.codes().values()) == [PIN])
    await ann.until_shown("in_sync", desired="present")


async def test_a_connection_that_is_lost_in_a_write_is_no_second_write(
    house: House,
) -> None:
    await house.manage()
    house.node.faults.add("SetCredential", connection_closed(applied=True))

    ann = await house.add("Ann", PIN)
    await house.network.wait_until_connected()

    await ann.until_shown("in_sync", desired="present")
    assert [name for name, _ in house.node.calls].count("SetCredential") == 1
    assert list(house.codes().values()) == [PIN]


async def test_a_code_that_somebody_else_has_is_told_as_such(house: House) -> None:
    house.node.door.program(PIN, 9)
    await house.manage()

    ann = await house.add("Ann", PIN)

    await ann.until_shown("suspended", reason="duplicate")
    assert house.codes() == {9: PIN}


async def test_a_lock_without_room_is_told_as_such(house: House) -> None:
    await house.manage()
    house.node.faults.add("SetUser", refused(Status.RESOURCE_EXHAUSTED), None)

    ann = await house.add("Ann", PIN)

    await ann.until_shown("suspended", reason="lock_full")


async def test_a_door_that_was_unlocked_at_the_keypad_locks_itself(
    house: House,
) -> None:
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    await house.switch_autolock(on=True)
    lock = house.node.lock

    assert house.node.door.enter(PIN)
    await house.settle()
    assert lock.state is LockState.UNLOCKED
    assert house.shown("sensor", "autolock_at") not in ("unknown", "unavailable")
    await house.start_autolock(timedelta(seconds=1))

    await until(lambda: lock.state is LockState.LOCKED, 15)
    await until(lambda: house.shown("sensor", "autolock_at") == "unknown", 15)
