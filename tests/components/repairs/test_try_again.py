"""A repair that says try again stays until the lock has shown the code."""

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_person
from tests.harness.site.repair_dialog import RepairDialog, no_issues, only_issue
from tests.harness.site.suspended_slots import managed_lock

SLOT = "sensor.anna_code_on_front_door"


async def test_a_repair_stays_while_the_lock_has_not_shown_the_code(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.35: progress, then the issue says since when it is being tried."""
    provider = await managed_lock(hass, site, fake_locks, FakeProvider(Profile.MASKING))
    provider.faults.drop_writes = True
    await add_person(hass, site, "Anna", "907153")
    issue = await only_issue(hass, "slot_not_stored")
    provider.hang(Call.WRITE)

    dialog = await (await RepairDialog(hass, issue).open()).submit()

    assert dialog.progress is not None
    assert dialog.abort_reason == "still_trying"
    trying = await only_issue(hass, "slot_trying")
    assert trying.issue_id == issue.issue_id
    assert dt_util.parse_datetime((trying.translation_placeholders or {})["since"])
    await hass.config_entries.async_reload(site.entry_id)
    assert (await only_issue(hass, "slot_trying")).issue_id == issue.issue_id

    provider.faults.drop_writes = False
    provider.release()
    dialog = await (await RepairDialog(hass, trying).open()).submit()
    assert dialog.is_done
    assert hass.states.is_state(SLOT, "in_sync")
    await no_issues(hass)


async def test_looking_for_a_free_slot_again_is_done_when_the_code_is_shown(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.35: what is found is not yet a code on the lock."""
    full = FakeProvider(slots=2, codes={1: "9044"})
    provider = await managed_lock(hass, site, fake_locks, full)
    await add_person(hass, site, "Anna", "907153", enabled=False)
    provider.set_at_keypad(2, "9045")
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.anna_enabled"}, blocking=True
    )
    issue = await only_issue(hass, "no_free_slot")
    dialog = await (await RepairDialog(hass, issue).open()).submit()
    assert dialog.abort_reason == "failed_again"
    assert (await only_issue(hass, "no_free_slot")).issue_id == issue.issue_id

    provider.delete_at_keypad(2, reported=False)
    dialog = await (await RepairDialog(hass, issue).open()).submit()

    assert dialog.is_done
    assert provider.codes[2] == "907153"
    assert hass.states.is_state(SLOT, "in_sync")
    await no_issues(hass)
