"""What the dialog of a replaced lock says, and what it refuses."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    NotSupportedError,
)
from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks
from tests.harness.site.one_person import remove
from tests.harness.site.repair_dialog import (
    RepairDialog,
    issues,
    kinds,
    no_issues,
    only_issue,
)
from tests.harness.site.replaced_lock import (
    include_again,
    site_with_codes,
    start_replacing,
)
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (NotSupportedError(), "lock_without_codes"),
        (IncompatibleLibraryError(), "provider_broken"),
        (RuntimeError(), "provider_broken"),
    ],
)
async def test_a_lock_that_cannot_be_used_is_refused_with_the_reason(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    trouble: Exception,
    error: str,
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    again, provider = await include_again(hass, fake_locks, front)
    provider.faults.breaks = trouble
    dialog = await start_replacing(hass)

    await dialog.submit(lock=again.entity_id)

    assert dialog.error == error
    assert dialog.suggested == {"lock": again.entity_id}
    assert front.id in site.runtime_data.site.locks


async def test_a_managed_incompatible_or_unreachable_lock_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    again, provider = await include_again(hass, fake_locks, front)
    provider.disconnect()
    fake_locks.add_entity("Other", platform="demo")
    hass.states.async_set("lock.fleeting", "locked")
    dialog = await start_replacing(hass)

    for entity_id, error in (
        ("lock.back_door", "already_managed"),
        ("lock.other", "integration_not_supported"),
        ("lock.fleeting", "no_unique_id"),
        (again.entity_id, "lock_unreachable"),
    ):
        await dialog.submit(lock=entity_id)
        assert dialog.error == error

    provider.connect()
    await dialog.submit(lock=again.entity_id)
    assert dialog.is_done


async def test_a_second_entity_of_a_managed_lock_is_no_replacement(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.17: the message names the entity that is managed."""
    front = await site_with_codes(hass, site, fake_locks)
    again, _ = await include_again(hass, fake_locks, front)
    back = er.async_get(hass).async_get("lock.back_door")
    assert back is not None
    twin = fake_locks.add_twin(back)
    dialog = await start_replacing(hass)
    assert dialog.suggested == {"lock": again.entity_id}

    await dialog.submit(lock=twin.entity_id)

    assert dialog.error == "same_lock"
    placeholders = dialog.result["description_placeholders"]
    assert placeholders["entity"] == "lock.back_door"
    assert placeholders["lock"] == "Front door"
    await dialog.submit(lock=again.entity_id)
    assert dialog.is_done


async def test_a_lock_that_shows_nothing_is_refused_without_slots_of_its_own(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    again, _ = await include_again(
        hass, fake_locks, front, FakeProvider(Profile.WRITE_ONLY)
    )
    dialog = await start_replacing(hass)

    await dialog.submit(lock=again.entity_id)

    assert dialog.error == "slots_needed"


async def test_a_lock_with_codes_of_ours_left_on_it_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    remove(hass, site, "Back door")
    await only_issue(hass, "lock_removed")
    registry = er.async_get(hass)
    fake_locks.provider(front).disconnect()
    registry.async_remove(front.entity_id)
    await wait_for(lambda: "lock_missing" in kinds(hass))
    issue = next(
        issue for issue in issues(hass) if issue.translation_key == "lock_missing"
    )
    dialog = await RepairDialog(hass, issue).open()

    await dialog.submit(lock="lock.back_door")

    assert dialog.error == "codes_left"


async def test_a_disk_that_is_full_moves_nothing(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    again, provider = await include_again(hass, fake_locks, front)
    works = DurableStore.async_commit

    async def fail(store: DurableStore, data: dict[str, Any]) -> None:
        raise StorageError("full")

    dialog = await start_replacing(hass)
    monkeypatch.setattr(DurableStore, "async_commit", fail)
    await dialog.submit(lock=again.entity_id)
    assert dialog.error == "storage_failed"
    assert set(site.runtime_data.site.journal.entries) == set(
        site.runtime_data.site.locks
    )
    assert provider.codes == {}

    monkeypatch.setattr(DurableStore, "async_commit", works)
    await dialog.submit(lock=again.entity_id)
    await wait_until_in_sync(hass, site)
    assert provider.codes == {2: "907153", 3: "904862"}


async def test_a_dialog_that_was_left_open_does_nothing_once_the_lock_is_back(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    again, _ = await include_again(hass, fake_locks, front)
    dialog = await start_replacing(hass)
    fake_locks.add_entity("Front door")
    await hass.async_block_till_done()
    await no_issues(hass)

    await dialog.submit(lock=again.entity_id)

    assert dialog.result["reason"] == "gone"


async def test_nothing_is_preselected_where_more_than_one_lock_is_plausible(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    await include_again(hass, fake_locks, front)
    fake_locks.add("Garage")

    dialog = await start_replacing(hass)

    assert dialog.suggested == {"lock": None}
