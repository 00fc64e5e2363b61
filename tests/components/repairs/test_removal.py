"""Codes that are to go: reported until they are gone, and helped along in the dialog."""

from dataclasses import replace
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.harness.engine.engine_harness import QUICK
from tests.harness.site.flow_driver import FakeLocks, add_lock
from tests.harness.site.one_person import add_anna, remove
from tests.harness.site.repair_dialog import (
    RepairDialog,
    issues,
    kinds,
    no_issues,
    only_issue,
)
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for

# A code that is not proven to be gone


async def test_a_code_that_cannot_be_cleared_is_an_issue_until_cleared(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    provider.disconnect()
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )

    issue = await only_issue(hass, "revocation_pending")
    assert issue.severity is ir.IssueSeverity.ERROR

    provider.connect()
    await no_issues(hass)
    assert provider.codes == {}


async def test_a_removed_persons_code_is_an_issue_until_cleared(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    provider.disconnect()
    remove(hass, site, "Anna")
    await only_issue(hass, "revocation_pending")

    assert await hass.config_entries.async_unload(site.entry_id)
    assert issues(hass) == []
    assert await hass.config_entries.async_setup(site.entry_id)
    issue = await only_issue(hass, "revocation_pending")
    assert (issue.translation_placeholders or {})["person"] == "Anna"

    provider.connect()
    await no_issues(hass)
    assert provider.codes == {}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine wait a minute before it tries a lock again by itself."""
    slow = replace(QUICK, unreachable_backoff=timedelta(minutes=1))
    monkeypatch.setattr("tests.components.conftest.QUICK", slow)


async def test_trying_now_does_not_wait_for_the_next_attempt(
    patient: None, hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    provider.faults.unreachable = True
    remove(hass, site, "Anna")
    issue = await only_issue(hass, "revocation_pending")
    dialog = await RepairDialog(hass, issue).open()
    assert dialog.ways == ["try_now"]

    await dialog.submit()
    assert dialog.error == "no_answer"
    assert kinds(hass) == ["revocation_pending"]

    provider.faults.unreachable = False
    await dialog.submit()
    assert dialog.is_done
    await wait_for(lambda: not provider.codes)
    await no_issues(hass)


async def test_an_issue_that_still_holds_is_back_after_its_dialog(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    provider.disconnect()
    remove(hass, site, "Anna")
    issue = await only_issue(hass, "revocation_pending")

    # what Home Assistant does when a dialog ends as fixed
    ir.async_delete_issue(hass, DOMAIN, issue.issue_id)
    await hass.async_block_till_done()

    assert kinds(hass) == ["revocation_pending"]


# A lock that is not managed any more


async def test_codes_on_a_removed_lock_can_be_cleared(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    provider.set_at_keypad(5, "904444")
    remove(hass, site, "Front door")
    issue = await only_issue(hass, "lock_removed")
    assert issue.translation_placeholders == {"lock": "Front door", "people": "Anna"}
    assert provider.codes == {1: "907153", 5: "904444"}

    dialog = await (await RepairDialog(hass, issue).open()).choose("clear")
    await dialog.submit()

    assert dialog.is_done
    await wait_for(lambda: provider.codes == {5: "904444"})
    await no_issues(hass)


async def test_codes_on_a_removed_lock_can_be_left(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    remove(hass, site, "Front door")
    issue = await only_issue(hass, "lock_removed")

    dialog = await (await RepairDialog(hass, issue).open()).choose("leave")
    await dialog.submit()

    await no_issues(hass)
    assert provider.codes == {1: "907153"}
    assert not site.runtime_data.site.journal.entries


async def test_a_removed_lock_that_never_answers_again_can_be_given_up(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    provider.disconnect()
    remove(hass, site, "Front door")
    issue = await only_issue(hass, "lock_removed")
    await (await (await RepairDialog(hass, issue).open()).choose("clear")).submit()
    issue = await only_issue(hass, "revocation_pending")
    dialog = await RepairDialog(hass, issue).open()
    assert dialog.ways == ["try_now", "leave"]

    await (await dialog.choose("leave")).submit()

    await no_issues(hass)
    assert not site.runtime_data.site.removed_locks
    assert not provider.listeners


async def test_a_lock_that_is_managed_again_keeps_its_codes(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    remove(hass, site, "Front door")
    await only_issue(hass, "lock_removed")
    writes = provider.counts.writes

    front = er.async_get(hass).async_get("lock.front_door")
    assert front is not None
    await add_lock(hass, site, front)

    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    assert provider.counts.writes == writes
