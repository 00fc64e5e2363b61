"""A code that is used in a slot without one: told, cleared again, and noted by the user."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.lock_events import Action, Method
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_person
from tests.harness.site.repair_dialog import (
    RepairDialog,
    issues,
    no_issues,
    only_issue,
)
from tests.harness.site.states import wait_until_in_sync
from tests.harness.site.suspended_slots import managed_lock, wait_until_idle
from tests.harness.waiting import wait_for

CODE = "sensor.anna_code_on_front_door"


async def switch(hass: HomeAssistant, *, on: bool) -> None:
    """Switch Anna, and wait until the lock has proven it."""
    await hass.services.async_call(
        "switch",
        "turn_on" if on else "turn_off",
        {"entity_id": "switch.anna_enabled"},
        blocking=True,
    )
    await wait_for(lambda: is_proven(hass, "present" if on else "absent"))


def is_proven(hass: HomeAssistant, desired: str) -> bool:
    code = hass.states.get(CODE)
    assert code is not None
    in_place = code.state in ("in_sync", "accepted")
    return in_place and code.attributes["desired"] == desired


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
async def test_a_use_of_a_cleared_slot_is_told_and_cleared_again(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile,
    action: Action,
) -> None:
    """Clause 16.2: read, clear again, tell; the user notes it."""
    provider = await managed_lock(hass, site, fake_locks, FakeProvider(profile))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    await switch(hass, on=False)
    await wait_until_idle(hass, site)
    reads, clears = provider.counts.reads, provider.counts.clears

    provider.operate(action, Method.KEYPAD, 1)

    issue = await only_issue(hass, "unexpected_use")
    assert issue.severity is ir.IssueSeverity.ERROR
    names = dict(issue.translation_placeholders or {})
    assert names.pop("time")
    assert names == {"person": "Anna", "lock": "Front door", "slot": "1"}
    await wait_for(lambda: provider.counts.clears == clears + 1)
    await wait_for(lambda: is_proven(hass, "absent"))
    assert provider.counts.reads > reads

    assert await hass.config_entries.async_reload(site.entry_id)
    issue = await only_issue(hass, "unexpected_use")
    await switch(hass, on=True)
    assert [each.translation_key for each in issues(hass)] == ["unexpected_use"]

    dialog = await RepairDialog(hass, issue).open()
    assert dialog.ways == ["noted"]
    assert (await dialog.submit()).is_done
    await no_issues(hass)


async def test_a_use_of_a_code_that_is_there_is_no_issue(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.2: nor one while it is still to be cleared, or of another slot."""
    provider = await managed_lock(hass, site, fake_locks, FakeProvider())
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    for slot in (1, 7, None):
        provider.unlock_at_keypad(slot)
    await switch(hass, on=False)
    await wait_until_idle(hass, site)
    provider.unlock_at_keypad(7)
    await hass.async_block_till_done()
    assert not issues(hass)
