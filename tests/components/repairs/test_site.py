"""What waits for the user beside single slots: reported, and fixed in its dialog."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.slot import DesiredState, SlotRecord, Target
from custom_components.keyholder.providers.base import IncompatibleLibraryError
from custom_components.keyholder.runtime.site.site import Site
from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.one_person import add_anna, remove
from tests.harness.site.repair_dialog import (
    RepairDialog,
    issues,
    kinds,
    no_issues,
    only_issue,
)
from tests.harness.site.states import wait_for_state, wait_until_in_sync
from tests.harness.waiting import wait_for


async def test_nothing_waits_while_all_goes_well(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    reported: list[str] = []
    hass.bus.async_listen(
        ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED,
        lambda event: reported.append(event.data["issue_id"]),
    )
    await add_lock(hass, site, fake_locks.add("Front door"))
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    hass.config_entries.async_remove_subentry(site, anna.subentry_id)
    await wait_until_in_sync(hass, site)

    assert not reported


# Slots


async def test_a_full_lock_is_an_issue_and_read_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door", FakeProvider(slots=1))
    await add_lock(hass, site, front)
    provider = fake_locks.provider(front)
    provider.disconnect()
    await add_person(hass, site, "Anna", "907153")
    provider.set_at_keypad(1, "904444", reported=False)
    provider.connect()
    issue = await only_issue(hass, "no_free_slot")
    assert issue.translation_placeholders == {"lock": "Front door", "people": "Anna"}

    provider.delete_at_keypad(1, reported=False)
    dialog = await RepairDialog(hass, issue).open()
    assert dialog.ways == ["look_again"]
    await dialog.submit()

    await wait_for(lambda: provider.codes == {1: "907153"})
    await wait_until_in_sync(hass, site)
    await no_issues(hass)


async def test_a_full_lock_whose_slots_are_not_usable_says_so(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.8."""
    front = fake_locks.add("Front door", FakeProvider(slots=2))
    await add_lock(hass, site, front)
    provider = fake_locks.provider(front)
    provider.disconnect()
    await add_person(hass, site, "Anna", "907153")
    provider.faults.slots_not_usable = {1, 2}
    provider.connect()
    issue = await only_issue(hass, "no_usable_slot")
    assert issue.translation_placeholders == {
        "lock": "Front door",
        "people": "Anna",
        "not_usable": "2",
    }

    provider.faults.slots_not_usable = {1}
    await (await RepairDialog(hass, issue).open()).submit()

    await wait_for(lambda: provider.codes == {2: "907153"})
    await wait_until_in_sync(hass, site)
    await no_issues(hass)


@pytest.mark.parametrize("way", ["clear", "forget"])
async def test_a_slot_whose_owner_was_never_finished_is_cleared_or_left(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, way: str
) -> None:
    front = fake_locks.add("Front door", FakeProvider(codes={4: "904444"}))
    await add_lock(hass, site, front)
    await wait_until_in_sync(hass, site)
    runtime: Site = site.runtime_data.site
    await runtime.async_set_pin("nobody", Pin("904444"))
    orphan = SlotRecord(
        slot=4,
        credential=CredentialRef("nobody"),
        person_name="Carl",
        target=Target(DesiredState.PRESENT, 1),
    )
    page = runtime.journal.entries[front.id]
    runtime.journal.async_save_entry(replace(page, records={4: orphan}))
    await hass.config_entries.async_reload(site.entry_id)
    issue = await only_issue(hass, "quarantined")
    provider = fake_locks.provider(front)
    assert provider.codes == {4: "904444"}

    dialog = await (await RepairDialog(hass, issue).open()).choose(way)
    await dialog.submit()

    await no_issues(hass)
    await wait_for(lambda: not site.runtime_data.site.journal.entries[front.id].records)
    assert provider.codes == ({} if way == "clear" else {4: "904444"})


# Uses


async def test_a_limit_that_counts_nothing_is_an_issue_once_the_door_was_opened(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.14: a number of uses on a lock that names no code is no silent for ever."""
    provider = await add_anna(hass, site, fake_locks)

    def uncounted() -> list[str]:
        status = hass.states.get("sensor.anna_status")
        assert status is not None
        locks: list[str] = status.attributes["uncounted_locks"]
        return locks

    assert uncounted() == []
    await _limit_uses(hass, 3)
    await wait_for(lambda: uncounted() == ["Front door"])
    assert not issues(hass)

    provider.unlock_at_keypad(None)
    issue = await only_issue(hass, "uses_not_counted")
    assert issue.translation_placeholders == {"lock": "Front door", "people": "Anna"}
    assert not issue.is_fixable

    await hass.config_entries.async_reload(site.entry_id)
    await only_issue(hass, "uses_not_counted")
    await _limit_uses(hass, None)
    await no_issues(hass)
    await _limit_uses(hass, 3)
    await only_issue(hass, "uses_not_counted")

    provider.unlock_at_keypad(1)
    await no_issues(hass)
    assert uncounted() == []


async def _limit_uses(hass: HomeAssistant, uses: int | None) -> None:
    await hass.services.async_call(
        DOMAIN, "update_person", {"person": "Anna", "uses": uses}, blocking=True
    )


# Storage


async def test_a_lost_journal_changes_nothing_until_the_user_begins_anew(
    hass_storage: dict[str, Any],
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    assert await hass.config_entries.async_unload(site.entry_id)
    _delete_store(site, hass_storage, "slots")
    assert await hass.config_entries.async_setup(site.entry_id)

    issue = await only_issue(hass, "journal_lost")
    assert provider.codes == {1: "907153"}
    state = hass.states.get("sensor.anna_code_on_front_door")
    assert state is not None
    assert state.state == "unknown"

    provider.delete_at_keypad(1, reported=False)
    dialog = await RepairDialog(hass, issue).open()
    assert dialog.ways == ["begin_anew"]
    await dialog.submit()

    await wait_for(lambda: provider.codes == {1: "907153"})
    await wait_until_in_sync(hass, site)
    await no_issues(hass)


async def test_a_lost_pin_is_an_issue_until_the_person_has_a_new_one(
    hass_storage: dict[str, Any],
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    assert await hass.config_entries.async_unload(site.entry_id)
    _delete_store(site, hass_storage, "secrets")
    assert await hass.config_entries.async_setup(site.entry_id)

    issue = await only_issue(hass, "pin_missing")
    assert not issue.is_fixable
    assert provider.codes == {1: "907153"}
    await wait_for_state(hass, "sensor.anna_status", "attention")

    runtime: Site = site.runtime_data.site
    await runtime.async_set_pin(next(iter(runtime.people)), Pin("905577"))
    await wait_for(lambda: provider.codes == {1: "905577"})
    await no_issues(hass)


async def test_a_failing_disk_is_an_issue_until_it_works(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    works = DurableStore.async_commit

    async def fail(store: DurableStore, data: dict[str, Any]) -> None:
        if store.key.endswith(".slots"):
            raise StorageError("full")
        await works(store, data)

    monkeypatch.setattr(DurableStore, "async_commit", fail)
    monkeypatch.setattr(
        "custom_components.keyholder.runtime.storage.durable_store.RETRY_DELAY", 0.05
    )
    await add_person(hass, site, "Bert", "904862")
    await only_issue(hass, "storage_failed")
    assert provider.codes == {1: "907153"}

    monkeypatch.setattr(DurableStore, "async_commit", works)
    await wait_for(lambda: provider.codes == {1: "907153", 2: "904862"})
    await no_issues(hass)


# Locks


async def test_an_incompatible_library_is_an_issue(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    provider.faults.breaks = IncompatibleLibraryError("changed")
    provider.set_at_keypad(1, "905555")

    await only_issue(hass, "provider_broken")

    provider.faults.breaks = None
    provider.connect()
    await wait_for(lambda: "provider_broken" not in kinds(hass))


async def test_a_provider_that_cannot_be_made_is_an_issue(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await add_anna(hass, site, fake_locks)

    async def fail(*_: object) -> None:
        raise IncompatibleLibraryError("not this one")

    monkeypatch.setattr(
        "custom_components.keyholder.providers.registry.async_create_provider",
        fail,
    )
    await hass.config_entries.async_reload(site.entry_id)

    await only_issue(hass, "provider_broken")
    await wait_for_state(hass, "sensor.anna_code_on_front_door", "in_sync")


async def test_a_missing_lock_entity_is_an_issue_until_it_is_back(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    registry = er.async_get(hass)
    registry.async_remove("lock.front_door")
    await hass.async_block_till_done()

    await only_issue(hass, "lock_missing")
    await hass.config_entries.async_reload(site.entry_id)
    await only_issue(hass, "lock_missing")
    await wait_for_state(hass, "sensor.anna_code_on_front_door", "in_sync")

    fake_locks.add_entity("Front door")
    await hass.async_block_till_done()
    await no_issues(hass)
    await wait_for(lambda: provider.listeners)
    reads = provider.counts.reads
    await hass.services.async_call(
        DOMAIN, "verify", {"entity_id": "lock.front_door"}, blocking=True
    )
    assert provider.counts.reads == reads + 1


async def test_no_issue_outlives_the_site(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await add_anna(hass, site, fake_locks)
    provider.disconnect()
    remove(hass, site, "Anna")
    await only_issue(hass, "revocation_pending")

    await hass.config_entries.async_remove(site.entry_id)
    await hass.async_block_till_done()

    assert issues(hass) == []


def _delete_store(site: MockConfigEntry, storage: dict[str, Any], name: str) -> None:
    del storage[f"{DOMAIN}.{site.entry_id}.{name}"]
