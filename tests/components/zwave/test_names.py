"""The name of a person on a real Z-Wave stack: User Credential CC."""

import pytest

from tests.harness.site.flow_driver import choose, start_reconfigure, submit
from tests.harness.site.zwave import ZWaveSite
from tests.harness.site.zwave_locks import PIN, USERS
from tests.harness.waiting import wait_for

pytestmark = pytest.mark.simulator


async def test_renaming_a_person_in_their_dialog_is_one_command_on_the_lock(
    site: ZWaveSite,
) -> None:
    """Clause 16.41: the user on the lock has the new name, and the code is not written."""
    await site.manage(USERS)
    ann = await site.add("Ann", PIN, USERS)
    door = site.door(ann, USERS)
    await door.until_proven("present")
    await site.operations(USERS)
    codes = await site.network.codes(USERS)

    menu = await start_reconfigure(site.hass, site.entry, ann.subentry)
    form = await choose(site.hass, menu, "edit")
    result = await submit(site.hass, form, name="Annabel")
    assert result.get("reason") == "reconfigure_successful", result.get("errors")

    (lock,) = site.entry.runtime_data.site.locks.values()
    record = next(iter(lock.journal_entry.records))
    await wait_for(
        lambda: (
            not lock.journal_entry.records[record].name_outdated
            and lock.journal_entry.records[record].person_name == "Annabel"
        )
    )
    await site.network.settle(USERS)
    assert await site.operations(USERS) == 1
    assert await site.network.codes(USERS) == codes
    client = site.network.entry.runtime_data.client
    users = await client.driver.controller.nodes[USERS].access_control.get_users()
    assert "Annabel" in {user.user_name for user in users}
