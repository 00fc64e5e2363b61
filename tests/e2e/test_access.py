"""Step 6 of the scenario: who opened which door, and how."""

from typing import Any

from simulators.demo.demo_driver import FRONT, GARAGE, NODES, SHED, UNMANAGED_PIN
from tests.harness.e2e.page_objects import SitePage

AT_ONCE = 1.0
"""Within a second, the scenario says."""


class Door:
    """The access event of a lock."""

    def __init__(self, site_page: SitePage, lock: str, entity_id: str) -> None:
        self._home = site_page
        self._lock = lock
        self._entity_id = entity_id

    @classmethod
    async def of(cls, site_page: SitePage, lock: str) -> Door:
        return cls(
            site_page, lock, await site_page.lock_entity(lock, "event", "access")
        )

    async def tells(self, do: str, **details: Any) -> dict[str, Any]:
        """Do something there; return what the event says of it."""
        client = self._home.client
        before = client.state(self._entity_id).state
        await self._home.act(self._lock, do, **details)
        reported = await client.wait_for(
            lambda states: (
                state if (state := states[self._entity_id]).state != before else None
            ),
            AT_ONCE,
        )
        names = ("event_type", "person", "method", "slot")
        return {name: reported.attributes[name] for name in names}


async def test_a_code_at_the_keypad_is_its_person_within_a_second(
    site_page: SitePage,
) -> None:
    await site_page.add("Ann")
    await site_page.settle("Ann")
    used = await site_page.site.entity_of("Ann", "event", "used")
    for lock in NODES:
        door = await Door.of(site_page, lock)
        slot = await site_page.slot_number("Ann", lock)
        before = site_page.client.state(used).state
        assert await door.tells("keypad_unlock", userId=slot) == {
            "event_type": "unlocked",
            "person": "Ann",
            "method": "keypad",
            "slot": slot,
        }
        reported = await site_page.client.wait_for(
            lambda states, before=before: (  # type: ignore[misc]
                states[used] if states[used].state != before else None
            ),
            AT_ONCE,
        )
        assert reported.attributes["event_type"] == "unlocked"
        assert reported.attributes["lock"] == lock
        assert reported.attributes["method"] == "keypad"
        assert reported.attributes["slot"] == slot
        locked = await door.tells("keypad_lock", userId=slot)
        assert (locked["event_type"], locked["person"]) == ("locked", "Ann")


async def test_key_remote_and_auto_lock_are_distinguished(site_page: SitePage) -> None:
    for lock in (FRONT, GARAGE):
        door = await Door.of(site_page, lock)
        entity = await site_page.entity_of_lock(lock)
        for do, event_type, method in (
            ("manual_unlock", "unlocked", "manual"),
            ("manual_lock", "locked", "manual"),
            ("auto_lock", "locked", "auto"),
        ):
            reported = await door.tells(do)
            assert reported == {
                "event_type": event_type,
                "person": None,
                "method": method,
                "slot": None,
            }
        access = await site_page.lock_entity(lock, "event", "access")
        await site_page.client.call_service(
            "lock", "unlock", target={"entity_id": entity}
        )
        await site_page.client.wait_for(
            lambda states, access=access: (  # type: ignore[misc]
                states[access].attributes["method"] == "remote"
                and states[access].attributes["event_type"] == "unlocked"
            ),
            AT_ONCE,
        )
        await site_page.client.call_service(
            "lock", "lock", target={"entity_id": entity}
        )


async def test_a_code_that_nobody_manages_opens_without_a_name(
    site_page: SitePage,
) -> None:
    await site_page.add("Ann", SHED)
    await site_page.settle("Ann", SHED)
    used = await site_page.site.entity_of("Ann", "event", "used")
    before = site_page.client.state(used).state
    front = await Door.of(site_page, FRONT)
    assert await front.tells("keypad_unlock", userId=1) == {
        "event_type": "unlocked",
        "person": None,
        "method": "keypad",
        "slot": 1,
    }
    assert (await front.tells("wrong_code"))["event_type"] == "denied"
    assert (await front.tells("jam"))["event_type"] == "jammed"
    assert site_page.client.state(used).state == before
    assert await site_page.truth(FRONT) == {1: UNMANAGED_PIN}


async def test_what_happened_before_a_restart_is_not_reported_again(
    site_page: SitePage,
) -> None:
    """A reload of Z-Wave JS brings the lock's last report once more."""
    await site_page.add("Ann", FRONT)
    await site_page.settle("Ann", FRONT)
    door = await Door.of(site_page, FRONT)
    slot = await site_page.slot_number("Ann", FRONT)
    access = await site_page.lock_entity(FRONT, "event", "access")
    used = await site_page.site.entity_of("Ann", "event", "used")
    before = site_page.client.state(used).state
    await door.tells("keypad_unlock", userId=slot)
    await site_page.client.wait_for(lambda states: states[used].state != before)
    states_before = {
        entity: site_page.client.state(entity).state for entity in (access, used)
    }

    await site_page.reload_zwave()
    await site_page.settle("Ann", FRONT)
    button = await site_page.lock_entity(FRONT, "button", "verify")
    await site_page.client.call_service("button", "press", target={"entity_id": button})

    assert states_before == {
        entity: site_page.client.state(entity).state for entity in states_before
    }
