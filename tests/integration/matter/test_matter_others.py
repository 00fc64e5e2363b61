"""A Matter lock that others use as well, shown in Home Assistant."""

from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.keyholder.const import DOMAIN
from simulators.matter import AT_THE_LOCK, FOREIGN, Author, invoke
from simulators.matter.memory import Credential
from simulators.matter.terms import LockState

from .house import House

PIN, THEIRS = "907153", "904711"


def put(house: House, slot: int, by: Author) -> None:
    """Have somebody else's user with a PIN in a slot, without a word."""
    lock = house.node.lock
    with house.node.without_reports():
        invoke(
            lock,
            "SetUser",
            {
                "operationType": 0,
                "userIndex": 12,
                "userName": "Eve",
                "userUniqueID": None,
                "userStatus": 1,
                "userType": 0,
                "credentialRule": 0,
            },
            by,
        )
        held = Credential(THEIRS.encode(), 12, by.fabric, by.fabric)
        lock.memory.credentials[1, slot] = held


def issues(house: House) -> set[str]:
    return {
        issue.translation_key or ""
        for (domain, _), issue in ir.async_get(house.hass).issues.items()
        if domain == DOMAIN
    }


@pytest.mark.parametrize("by", [FOREIGN, AT_THE_LOCK])
async def test_trap_05_a_code_that_took_the_place_of_ours_is_shown_and_left_alone(
    house: House, by: Author
) -> None:
    """While the server was away ours was cleared and theirs was made: it read as ours."""
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    (slot,) = house.codes()
    await house.network.server.stop()
    house.node.door.delete_user(house.node.lock.memory.credentials[1, slot].user)
    put(house, slot, by)
    await house.network.server.start()
    await house.network.wait_until_connected()

    await ann.until_shown("suspended", reason="occupied")

    assert house.codes() == {slot: THEIRS}
    assert house.node.lock.memory.users[12].name == "Eve"
    assert issues(house) == {"slot_occupied"}


async def test_trap_07_a_lock_that_loses_our_marks_is_left_without_users(
    house: House,
) -> None:
    house.node.lock.traits.keeps_user_ids = False
    await house.manage()
    ann = await house.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    for on in (False, True, False):
        await ann.switch(on=on)
        await ann.until_shown("in_sync", desired="present" if on else "absent")
        assert len(house.node.lock.memory.users) == int(on)


async def test_trap_13_the_lock_entity_shows_what_happened_while_the_server_was_away(
    house: House,
) -> None:
    await house.manage()
    await house.network.server.stop(keep_stale=True)
    house.node.door.turn(unlock=True)
    await house.network.server.start()
    await house.network.wait_until_connected()

    await house.settle()

    assert house.node.lock.state is LockState.UNLOCKED
    assert house.network.state() == "unlocked"
