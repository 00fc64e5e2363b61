"""Everything that people do with a lock, on a Matter lock."""

from datetime import timedelta

from homeassistant.util import dt as dt_util

from simulators.matter.faults import connection_closed, refused
from simulators.matter.terms import LockState, Status, UserType
from tests.harness.site.matter import MatterSite
from tests.harness.site.site_driver import OTHER, PIN, make_it_noon
from tests.harness.waiting import wait_for


async def test_a_code_is_on_the_lock_while_its_person_is_switched_on(
    site: MatterSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)

    await ann.until_shown("in_sync", desired="present", evidence="presence")
    assert list(site.codes().values()) == [PIN]
    assert [user.name for user in site.node.lock.memory.users.values()] == ["Ann"]

    await ann.switch(on=False)
    await ann.until_shown("in_sync", desired="absent")
    assert site.codes() == {}
    assert site.node.lock.memory.users == {}


async def test_a_code_at_the_keypad_is_reported_with_its_person(
    site: MatterSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    site.events.clear()

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


async def test_a_delayed_report_fires_nothing(site: MatterSite) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    site.events.clear()
    site.node.drop_subscription()
    site.node.lock.clock.ahead = -300
    site.node.door.enter(PIN)
    site.node.lock.clock.ahead = 0

    site.node.restore_subscription()
    await site.settle()

    assert [each["type"] for each in site.events if not each.get("past")] == []


async def test_a_rule_that_the_lock_can_hold_is_enforced_by_it(
    site: MatterSite,
) -> None:
    await make_it_noon(site.hass)
    site.node.lock.clock.zone = dt_util.get_default_time_zone()
    await site.manage()
    ann = await site.add("Ann", PIN, enabled=False)
    today = dt_util.now().strftime("%a").lower()
    await ann.set_rule(
        {
            "weekly": {
                "mode": "include",
                "windows": [{"days": [today], "start": "00:00", "end": "23:00"}],
            },
            "source": {"grace": 15},
            "conditions": {},
        }
    )

    await ann.switch(on=True)

    await ann.until_shown("in_sync", desired="present", enforced_by="lock")
    (user,) = site.node.lock.memory.users.values()
    assert user.kind == UserType.WEEK_DAY
    assert user.enabled


async def test_a_code_that_is_deleted_at_the_lock_is_seen_and_reported(
    site: MatterSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    site.events.clear()

    (slot,) = site.codes()
    site.node.door.delete_pin(slot)
    await site.settle()

    assert "code_removed" in [each["type"] for each in site.events]
    await ann.until_shown("in_sync", desired="present")
    assert list(site.codes().values()) == [PIN]


async def test_what_was_changed_while_the_server_was_away_is_found(
    site: MatterSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    (slot,) = site.codes()
    await site.network.server.stop()
    site.node.door.delete_user(site.node.lock.memory.credentials[1, slot].user)
    await site.network.server.start()
    await site.network.wait_until_connected()
    assert site.codes() == {}

    # Nobody tells it: every code is looked at as soon as the server is back
    await ann.until(lambda: list(site.codes().values()) == [PIN])
    await ann.until_shown("in_sync", desired="present")


async def test_a_connection_that_is_lost_in_a_write_is_no_second_write(
    site: MatterSite,
) -> None:
    await site.manage()
    site.node.faults.add("SetCredential", connection_closed(applied=True))

    ann = await site.add("Ann", PIN)
    await site.network.wait_until_connected()

    await ann.until_shown("in_sync", desired="present")
    assert [name for name, _ in site.node.calls].count("SetCredential") == 1
    assert list(site.codes().values()) == [PIN]


async def test_a_code_that_somebody_else_has_is_a_duplicate(site: MatterSite) -> None:
    site.node.door.program(PIN, 9)
    await site.manage()

    ann = await site.add("Ann", PIN)

    await ann.until_shown("suspended", reason="duplicate")
    assert site.codes() == {9: PIN}


async def test_a_full_lock_is_reported_as_full(site: MatterSite) -> None:
    await site.manage()
    site.node.faults.add("SetUser", refused(Status.RESOURCE_EXHAUSTED), None)

    ann = await site.add("Ann", PIN)

    await ann.until_shown("suspended", reason="lock_full")


async def test_a_door_that_was_unlocked_at_the_keypad_locks_itself(
    site: MatterSite,
) -> None:
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    await site.switch_autolock(on=True)
    lock = site.node.lock

    assert site.node.door.enter(PIN)
    await site.settle()
    assert lock.state is LockState.UNLOCKED
    assert site.shown("sensor", "autolock_at") not in ("unknown", "unavailable")
    await site.start_autolock(timedelta(seconds=1))

    await wait_for(lambda: lock.state is LockState.LOCKED, 15)
    await wait_for(lambda: site.shown("sensor", "autolock_at") == "unknown", 15)
