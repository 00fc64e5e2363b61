"""A Matter lock that others use as well, shown in Home Assistant."""

from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.keyholder.const import DOMAIN
from simulators.matter import AT_THE_LOCK, FOREIGN, Author, invoke
from simulators.matter.memory import Credential
from simulators.matter.terms import LockState
from tests.harness.site.matter import MatterSite

PIN, THEIRS = "907153", "904711"


def put(site: MatterSite, slot: int, by: Author) -> None:
    """Have somebody else's user with a PIN in a slot, without a word."""
    lock = site.node.lock
    with site.node.without_reports():
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


def issues(site: MatterSite) -> set[str]:
    return {
        issue.translation_key or ""
        for (domain, _), issue in ir.async_get(site.hass).issues.items()
        if domain == DOMAIN
    }


@pytest.mark.parametrize("by", [FOREIGN, AT_THE_LOCK])
async def test_a_code_that_replaced_ours_is_shown_and_left_alone(
    site: MatterSite, by: Author
) -> None:
    """While the server was away ours was cleared and theirs was made: it read as ours."""
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    (slot,) = site.codes()
    await site.network.server.stop()
    site.node.door.delete_user(site.node.lock.memory.credentials[1, slot].user)
    put(site, slot, by)
    await site.network.server.start()
    await site.network.wait_until_connected()

    await ann.until_shown("suspended", reason="occupied")

    assert site.codes() == {slot: THEIRS}
    assert site.node.lock.memory.users[12].name == "Eve"
    assert issues(site) == {"slot_occupied"}


async def test_a_lock_that_loses_our_marks_is_left_without_users(
    site: MatterSite,
) -> None:
    site.node.lock.traits.keeps_user_ids = False
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    for on in (False, True, False):
        await ann.switch(on=on)
        await ann.until_shown("in_sync", desired="present" if on else "absent")
        assert len(site.node.lock.memory.users) == int(on)


async def test_the_lock_entity_shows_what_happened_while_the_server_was_away(
    site: MatterSite,
) -> None:
    await site.manage()
    await site.network.server.stop(keep_stale=True)
    site.node.door.turn(unlock=True)
    await site.network.server.start()
    await site.network.wait_until_connected()

    await site.settle()

    assert site.node.lock.state is LockState.UNLOCKED
    assert site.network.state() == "unlocked"
