"""A site is deleted while codes of it are on its locks: what is told, kept and cleared later."""

import asyncio
import json
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_get_persistent_notifications,
)

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.runtime.storage.removed_sites import RemovedSites
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.expected_texts import check_texts
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for

CODES = {1: "907153", 2: "907253", 5: "9011"}
LISTED = "- Front \\*door\\*: slot 1 (Ann)\n- Front \\*door\\*: slot 2 (Bob)"


@pytest.fixture
async def front(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> FakeProvider:
    """A lock with the codes of two people, one of somebody else, and one that is cleared."""
    lock = fake_locks.add("Front *door*", FakeProvider(codes={5: "9011"}))
    await add_lock(hass, site, lock)
    await add_person(hass, site, "Ann", "907153")
    await add_person(hass, site, "Bob", "907253")
    await add_person(hass, site, "Eve", "907353")
    await wait_until_in_sync(hass, site)
    await hass.services.async_call(
        DOMAIN, "set_enabled", {"person": "Eve", "enabled": False}, blocking=True
    )
    provider = fake_locks.provider(lock)
    await wait_for(lambda: provider.codes == CODES)
    await wait_until_in_sync(hass, site)
    return provider


def told(hass: HomeAssistant, site: ConfigEntry) -> str | None:
    """Return what is told of the codes that a deleted site has left."""
    told = async_get_persistent_notifications(hass)
    notification = told.get(f"{DOMAIN}_removed_{site.entry_id}")
    return None if notification is None else notification["message"]


def ours(hass_storage: dict[str, Any]) -> set[str]:
    """Return our files."""
    return {key for key in hass_storage if key.startswith(f"{DOMAIN}.")}


async def name_site(hass: HomeAssistant) -> ConfigFlowResult:
    """Add another site, up to what follows its name."""
    flows = hass.config_entries.flow
    form = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await flows.async_configure(form["flow_id"], {"name": "House"})
    check_texts(result)
    return result


async def name_site_again(hass: HomeAssistant) -> ConfigFlowResult:
    """Add a third site."""
    flows = hass.config_entries.flow
    form = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    return await flows.async_configure(form["flow_id"], {"name": "Cabin"})


async def choose(hass: HomeAssistant, choice: str) -> ConfigEntry:
    """Add another site, and choose what becomes of the codes."""
    form = await name_site(hass)
    assert form["step_id"] == "left_codes"
    assert form["description_placeholders"] == {"codes": LISTED}
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"left_codes": choice}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


async def test_what_stays_is_told_and_the_pins_go_at_once(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    site: MockConfigEntry,
    front: FakeProvider,
) -> None:
    """Clause 16.36: locks, slots and people are named; no PIN is kept."""
    await hass.config_entries.async_remove(site.entry_id)

    message = told(hass, site)
    assert message is not None
    assert LISTED in message
    assert "Eve" not in message
    assert ours(hass_storage) == {f"{DOMAIN}.removed_sites"}
    kept = json.dumps(hass_storage[f"{DOMAIN}.removed_sites"], default=str)
    assert not any(pin in kept for pin in (*CODES.values(), "907353"))
    assert front.codes == CODES


async def test_a_new_site_clears_them_and_proves_it(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    site: MockConfigEntry,
    front: FakeProvider,
) -> None:
    """Clause 16.36: and leaves alone what was never ours."""
    await hass.config_entries.async_remove(site.entry_id)

    entry = await choose(hass, "clear")

    await wait_for(lambda: front.codes == {5: "9011"})
    await wait_for(lambda: not entry.runtime_data.site.removed_locks)
    assert not entry.runtime_data.site.journal.entries
    assert f"{DOMAIN}.removed_sites" not in hass_storage
    # nothing is left to be decided
    assert (await name_site_again(hass))["type"] is FlowResultType.CREATE_ENTRY
    # and a restart does not begin anew
    front.codes[1] = "904444"
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert not entry.runtime_data.site.removed_locks


async def test_a_lock_that_does_not_answer_is_cleared_later(
    hass: HomeAssistant, site: MockConfigEntry, front: FakeProvider
) -> None:
    """Clause 16.36: the codes are in the journal of the new site, as any other."""
    await hass.config_entries.async_remove(site.entry_id)
    front.disconnect()

    entry = await choose(hass, "clear")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.runtime_data.site.removed_locks
    kinds = {issue.translation_key for issue in ir.async_get(hass).issues.values()}
    assert "revocation_pending" in kinds

    front.connect()
    await wait_for(lambda: front.codes == {5: "9011"})
    await wait_for(lambda: not entry.runtime_data.site.removed_locks)


@pytest.mark.parametrize(("choice", "again"), [("leave", False), ("later", True)])
async def test_they_may_stay_for_good_or_until_later(
    hass: HomeAssistant,
    site: MockConfigEntry,
    front: FakeProvider,
    choice: str,
    again: bool,
) -> None:
    """Clause 16.36: nothing is cleared without a word of the user."""
    await hass.config_entries.async_remove(site.entry_id)

    entry = await choose(hass, choice)

    assert entry.data == {}
    assert front.codes == CODES
    result = await name_site_again(hass)
    assert (result.get("step_id") == "left_codes") is again


async def test_a_lock_that_another_site_manages_is_not_offered(
    hass: HomeAssistant,
    site: MockConfigEntry,
    front: FakeProvider,
) -> None:
    """Clause 16.36: two sites never drive one lock."""
    (lock,) = site.runtime_data.site.locks
    await hass.config_entries.async_remove(site.entry_id)
    other = await choose(hass, "later")
    entity = er.async_get(hass).async_get(lock)
    assert entity is not None
    await add_lock(hass, other, entity)

    assert (await name_site_again(hass))["type"] is FlowResultType.CREATE_ENTRY
    assert front.codes == CODES


async def test_after_30_days_it_is_forgotten(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    site: MockConfigEntry,
    front: FakeProvider,
) -> None:
    """Clause 16.36: names of people are not kept for longer than they are of use."""
    await hass.config_entries.async_remove(site.entry_id)
    assert await RemovedSites(hass).async_load()
    await asyncio.sleep(30 * 86400 + 1)

    assert (await name_site(hass))["type"] is FlowResultType.CREATE_ENTRY
    await RemovedSites(hass).async_prune()
    assert f"{DOMAIN}.removed_sites" not in hass_storage


async def test_a_site_without_codes_goes_without_a_word(
    hass: HomeAssistant, hass_storage: dict[str, Any], site: MockConfigEntry
) -> None:
    """Clause 16.36: there is nothing to tell."""
    await add_person(hass, site, "Ann", "907153")
    await hass.config_entries.async_remove(site.entry_id)

    assert told(hass, site) is None
    assert ours(hass_storage) == set()


async def test_a_journal_that_was_lost_is_told_with_the_locks(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    site: MockConfigEntry,
    front: FakeProvider,
) -> None:
    """Clause 16.36: nobody knows what is on them."""
    await hass.config_entries.async_unload(site.entry_id)
    hass_storage[f"{DOMAIN}.{site.entry_id}.slots"]["data"] = 7
    await hass.config_entries.async_remove(site.entry_id)

    message = told(hass, site)
    assert message is not None
    assert "- Front \\*door\\*" in message
    assert ours(hass_storage) == set()
