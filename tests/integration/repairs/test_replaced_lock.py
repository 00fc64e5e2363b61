"""A lock that was replaced or included again: everything moves, in its dialog."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.providers.base import NotSupported, ProviderBroken
from custom_components.keyholder.runtime.durable import DurableStore, StorageFailed
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.integration.engine.house import until
from tests.integration.surface import FakeLocks, add_lock, add_person
from tests.integration.watching import settled, shows

from .dialog import Dialog, issues, kinds, no_issues, only_issue
from .scene import remove

BOTH = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


async def _home(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile = Profile.READABLE,
) -> er.RegistryEntry:
    """Put codes on two locks; Anna has every lock, Bert only the front door."""
    front = fake_locks.add("Front door", FakeProvider(profile, codes={1: "904444"}))
    await add_lock(hass, site, front)
    await add_lock(hass, site, fake_locks.add("Back door"))
    await add_person(hass, site, "Anna", "907153")
    await settled(hass, site)
    await add_person(hass, site, "Bert", "904862", [front])
    await settled(hass, site)
    assert fake_locks.provider(front).codes == {
        1: "904444",
        2: "907153",
        3: "904862",
    }
    return front


async def _include_again(
    hass: HomeAssistant,
    fake_locks: FakeLocks,
    front: er.RegistryEntry,
    provider: FakeProvider | None = None,
) -> tuple[er.RegistryEntry, FakeProvider]:
    """Let the lock's device go, and a new one come."""
    fake_locks.provider(front).disconnect()
    assert front.device_id is not None
    dr.async_get(hass).async_remove_device(front.device_id)
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get(front.id) is None
    again = fake_locks.add("Front door again", provider)
    assert again.id != front.id
    await hass.async_block_till_done()
    return again, fake_locks.provider(again)


async def _replace(hass: HomeAssistant) -> Dialog:
    issue = await only_issue(hass, "lock_missing")
    return await Dialog(hass, issue).open()


def _ours(hass: HomeAssistant, site: MockConfigEntry) -> dict[str, tuple[str, str]]:
    """Return our entities of the locks and people by registry id."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), site.entry_id)
    return {each.id: (each.entity_id, str(each.name)) for each in entities}


@BOTH
async def test_everything_moves_to_the_lock_that_took_its_place(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile,
) -> None:
    front = await _home(hass, site, fake_locks, profile)
    registry = er.async_get(hass)
    registry.async_update_entity(
        "sensor.bert_code_on_front_door",
        name="Bert at the front",
        new_entity_id="sensor.bert_front",
    )
    await hass.async_block_till_done()
    again, provider = await _include_again(
        hass, fake_locks, front, FakeProvider(profile)
    )
    before = _ours(hass, site)
    subentries = dict(site.subentries)
    dialog = await _replace(hass)
    assert dialog.suggested == {"lock": again.entity_id}

    await dialog.submit(lock=again.entity_id)

    assert dialog.is_done
    await settled(hass, site)
    await no_issues(hass)
    assert provider.codes == {2: "907153", 3: "904862"}
    assert (provider.counts.writes, provider.counts.clears) == (2, 0)
    assert set(site.runtime_data.locks) == {again.id, *_others(site, again.id)}
    assert site.subentries.keys() == subentries.keys()
    bert = next(each for each in site.subentries.values() if each.title == "Bert")
    assert bert.data["locks"] == [again.id]
    # entities stay what they were, now on the new device
    assert _ours(hass, site) == before
    await shows(hass, "sensor.bert_front", "in_sync")
    await shows(hass, "sensor.front_door_credentials", "in_sync")
    credentials = registry.async_get("sensor.front_door_credentials")
    assert credentials is not None
    assert credentials.device_id == again.device_id
    assert front.id not in site.runtime_data.journal.pages
    # and work
    provider.unlock_at_keypad(3)
    await hass.async_block_till_done()
    used = hass.states.get("event.bert_used")
    assert used is not None
    assert used.attributes["event_type"] == "unlocked"


def _others(site: MockConfigEntry, lock: str) -> set[str]:
    locks = {each.data.get("lock") for each in site.subentries.values()}
    return {str(each) for each in locks if each not in (None, lock)}


async def test_codes_that_are_still_there_are_not_written_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    codes = {2: "907153", 3: "904862", 5: "904444"}
    again, provider = await _include_again(
        hass, fake_locks, front, FakeProvider(codes=codes)
    )

    await (await _replace(hass)).submit(lock=again.entity_id)

    await settled(hass, site)
    assert provider.codes == codes
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)


async def test_codes_of_others_are_left_alone_and_told(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    again, provider = await _include_again(
        hass, fake_locks, front, FakeProvider(codes={2: "905555"})
    )

    await (await _replace(hass)).submit(lock=again.entity_id)

    issue = await only_issue(hass, "slot_occupied")
    assert (issue.translation_placeholders or {})["person"] == "Anna"
    await until(lambda: provider.codes == {2: "905555", 3: "904862"})
    event = hass.states.get("event.front_door_access")
    assert event is not None
    assert event.attributes["event_type"] == AccessType.CODE_ADDED

    dialog = await (await Dialog(hass, issue).open()).choose("move")
    await dialog.submit()
    await settled(hass, site)
    assert provider.codes == {1: "907153", 2: "905555", 3: "904862"}


async def _unrecognised(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, code: str
) -> tuple[Dialog, FakeProvider]:
    """Move to a masking lock that has a code in Anna's slot."""
    front = await _home(hass, site, fake_locks, Profile.MASKING)
    masking = FakeProvider(Profile.MASKING, codes={2: code})
    again, provider = await _include_again(hass, fake_locks, front, masking)
    await (await _replace(hass)).submit(lock=again.entity_id)
    issue = await only_issue(hass, "slot_unrecognised")
    assert (issue.translation_placeholders or {})["person"] == "Anna"
    await until(lambda: provider.codes == {2: code, 3: "904862"})
    provider.unlock_at_keypad(2)
    await hass.async_block_till_done()
    event = hass.states.get("event.front_door_access")
    assert event is not None
    assert event.attributes["person"] is None
    return await Dialog(hass, issue).open(), provider


@pytest.mark.parametrize("code", ["907153", "905555"])
async def test_a_masked_code_that_may_be_ours_or_not_is_left_alone_until_asked(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, code: str
) -> None:
    dialog, provider = await _unrecognised(hass, site, fake_locks, code)
    assert dialog.ways == ["retry", "replace"]
    await (await dialog.choose("retry")).submit()
    await until(lambda: provider.calls[-1] == (Call.READ, 2))
    issue = await only_issue(hass, "slot_unrecognised")
    anna = next(iter(site.runtime_data.people))
    await site.runtime_data.async_set_pin(anna, Pin("905577"))
    assert await hass.config_entries.async_reload(site.entry_id)
    issue = await only_issue(hass, "slot_unrecognised")
    assert provider.codes == {2: code, 3: "904862"}

    dialog = await (await Dialog(hass, issue).open()).choose("replace")
    await dialog.submit()

    await settled(hass, site)
    await no_issues(hass)
    assert provider.codes == {2: "905577", 3: "904862"}


async def test_a_masked_code_that_is_deleted_at_the_lock_makes_room_for_ours(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    _, provider = await _unrecognised(hass, site, fake_locks, "905555")

    provider.delete_at_keypad(2)

    await settled(hass, site)
    await no_issues(hass)
    assert provider.codes == {2: "907153", 3: "904862"}


async def test_a_masked_code_that_may_be_ours_is_never_called_gone_while_it_is_there(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """It was taken for somebody else's, and so Anna's for gone while it opened."""
    _, provider = await _unrecognised(hass, site, fake_locks, "907153")

    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )

    await until(lambda: 2 not in provider.codes)
    await settled(hass, site)
    await no_issues(hass)


async def test_who_has_a_slot_that_the_new_lock_does_not_have_gets_another(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    again, provider = await _include_again(
        hass, fake_locks, front, FakeProvider(slots=2)
    )

    await (await _replace(hass)).submit(lock=again.entity_id)

    await settled(hass, site)
    assert provider.codes == {2: "907153", 1: "904862"}


async def test_who_finds_no_slot_on_the_new_lock_waits_with_the_reason(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    again, provider = await _include_again(
        hass, fake_locks, front, FakeProvider(slots=2, codes={1: "905555"})
    )

    await (await _replace(hass)).submit(lock=again.entity_id)

    issue = await only_issue(hass, "no_free_slot")
    assert (issue.translation_placeholders or {})["people"] == "Bert"
    await until(lambda: provider.codes == {1: "905555", 2: "907153"})


@BOTH
async def test_codes_that_are_to_go_and_have_survived_are_taken_away(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile,
) -> None:
    front = await _home(hass, site, fake_locks, profile)
    survived = FakeProvider(profile, codes={2: "907153", 3: "904862"})
    again, provider = await _include_again(hass, fake_locks, front, survived)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )
    remove(hass, site, "Bert")
    await until(lambda: "revocation_pending" in kinds(hass))
    issue = next(
        issue for issue in issues(hass) if issue.translation_key == "lock_missing"
    )

    await (await Dialog(hass, issue).open()).submit(lock=again.entity_id)

    await until(lambda: not provider.codes)
    await settled(hass, site)
    await no_issues(hass)
    assert provider.counts.writes == 0


# What the dialog says


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (NotSupported(), "lock_without_codes"),
        (ProviderBroken(), "provider_broken"),
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
    front = await _home(hass, site, fake_locks)
    again, provider = await _include_again(hass, fake_locks, front)
    provider.faults.breaks = trouble
    dialog = await _replace(hass)

    await dialog.submit(lock=again.entity_id)

    assert dialog.error == error
    assert dialog.suggested == {"lock": again.entity_id}
    assert front.id in site.runtime_data.locks


async def test_a_lock_that_is_managed_foreign_or_out_of_reach_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    again, provider = await _include_again(hass, fake_locks, front)
    provider.disconnect()
    fake_locks.add_entity("Other", platform="demo")
    hass.states.async_set("lock.fleeting", "locked")
    dialog = await _replace(hass)

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


async def test_a_lock_that_shows_nothing_is_refused_without_slots_of_its_own(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    again, _ = await _include_again(
        hass, fake_locks, front, FakeProvider(Profile.WRITE_ONLY)
    )
    dialog = await _replace(hass)

    await dialog.submit(lock=again.entity_id)

    assert dialog.error == "slots_needed"


async def test_a_lock_with_codes_of_ours_left_on_it_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    remove(hass, site, "Back door")
    await only_issue(hass, "lock_removed")
    registry = er.async_get(hass)
    fake_locks.provider(front).disconnect()
    registry.async_remove(front.entity_id)
    await until(lambda: "lock_missing" in kinds(hass))
    issue = next(
        issue for issue in issues(hass) if issue.translation_key == "lock_missing"
    )
    dialog = await Dialog(hass, issue).open()

    await dialog.submit(lock="lock.back_door")

    assert dialog.error == "codes_left"


async def test_a_disk_that_is_full_moves_nothing(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    front = await _home(hass, site, fake_locks)
    again, provider = await _include_again(hass, fake_locks, front)
    works = DurableStore.async_commit

    async def fail(store: DurableStore, data: dict[str, Any]) -> None:
        raise StorageFailed("full")

    dialog = await _replace(hass)
    monkeypatch.setattr(DurableStore, "async_commit", fail)
    await dialog.submit(lock=again.entity_id)
    assert dialog.error == "storage_failed"
    assert set(site.runtime_data.journal.pages) == set(site.runtime_data.locks)
    assert provider.codes == {}

    monkeypatch.setattr(DurableStore, "async_commit", works)
    await dialog.submit(lock=again.entity_id)
    await settled(hass, site)
    assert provider.codes == {2: "907153", 3: "904862"}


async def test_a_dialog_that_was_left_open_does_nothing_once_the_lock_is_back(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    again, _ = await _include_again(hass, fake_locks, front)
    dialog = await _replace(hass)
    fake_locks.add_entity("Front door")
    await hass.async_block_till_done()
    await no_issues(hass)

    await dialog.submit(lock=again.entity_id)

    assert dialog.result["reason"] == "gone"


async def test_nothing_is_preselected_where_more_than_one_lock_is_plausible(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    await _include_again(hass, fake_locks, front)
    fake_locks.add("Garage")

    dialog = await _replace(hass)

    assert dialog.suggested == {"lock": None}


# What is no loss


@pytest.mark.parametrize("change", ["rename", "disable", "no device"])
async def test_a_lock_whose_entry_is_still_there_is_not_missing(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, change: str
) -> None:
    front = await _home(hass, site, fake_locks)
    provider = fake_locks.provider(front)
    registry = er.async_get(hass)
    spent = provider.counts.writes
    match change:
        case "rename":
            registry.async_update_entity(front.entity_id, new_entity_id="lock.main")
        case "disable":
            by_user = er.RegistryEntryDisabler.USER
            registry.async_update_entity(front.entity_id, disabled_by=by_user)
        case "no device":
            registry.async_update_entity(front.entity_id, device_id=None)
    await hass.async_block_till_done()

    await no_issues(hass)
    assert await hass.config_entries.async_reload(site.entry_id)
    await settled(hass, site)
    await no_issues(hass)
    assert provider.counts.writes == spent
    await shows(hass, "sensor.front_door_credentials", "in_sync")


async def test_a_lock_that_has_its_device_again_is_opened_anew(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    provider = fake_locks.provider(front)
    registry = er.async_get(hass)
    registry.async_update_entity(front.entity_id, device_id=None)
    await hass.async_block_till_done()
    provider.disconnect()
    before = site.runtime_data.locks[front.id]

    registry.async_update_entity(front.entity_id, device_id=front.device_id)
    await until(lambda: site.runtime_data.locks[front.id] is not before)
    provider.connect()
    provider.set_at_keypad(2, "905555")

    await until(lambda: provider.codes[2] == "907153")
    await settled(hass, site)
    credentials = registry.async_get("sensor.front_door_credentials")
    assert credentials is not None
    assert credentials.device_id == front.device_id


async def test_a_lock_that_is_back_by_itself_goes_on_where_it_was(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await _home(hass, site, fake_locks)
    provider = fake_locks.provider(front)
    provider.disconnect()
    registry = er.async_get(hass)
    registry.async_remove(front.entity_id)
    await only_issue(hass, "lock_missing")
    assert await hass.config_entries.async_reload(site.entry_id)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )

    provider.connect()
    assert fake_locks.add_entity("Front door").id == front.id

    await until(lambda: provider.codes == {1: "904444", 3: "904862"})
    await settled(hass, site)
    await no_issues(hass)
    assert hass.config_entries.async_entries(DOMAIN) == [site]
