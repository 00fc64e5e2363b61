"""A lock that was replaced or included again: everything moves, in its dialog."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.pin import Pin
from tests.harness.fakes.provider import Call, FakeProvider, Profile
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
from tests.harness.site.states import wait_for_state, wait_until_in_sync
from tests.harness.waiting import wait_for

BOTH = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


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
    front = await site_with_codes(hass, site, fake_locks, profile)
    registry = er.async_get(hass)
    registry.async_update_entity(
        "sensor.bert_code_on_front_door",
        name="Bert at the front",
        new_entity_id="sensor.bert_front",
    )
    await hass.async_block_till_done()
    again, provider = await include_again(
        hass, fake_locks, front, FakeProvider(profile)
    )
    before = _ours(hass, site)
    subentries = dict(site.subentries)
    dialog = await start_replacing(hass)
    assert dialog.suggested == {"lock": again.entity_id}

    await dialog.submit(lock=again.entity_id)

    assert dialog.is_done
    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    assert provider.codes == {2: "907153", 3: "904862"}
    assert (provider.counts.writes, provider.counts.clears) == (2, 0)
    assert set(site.runtime_data.site.locks) == {again.id, *_others(site, again.id)}
    assert site.subentries.keys() == subentries.keys()
    bert = next(each for each in site.subentries.values() if each.title == "Bert")
    assert bert.data["locks"] == [again.id]
    # entities stay what they were, now on the new device
    assert _ours(hass, site) == before
    await wait_for_state(hass, "sensor.bert_front", "in_sync")
    await wait_for_state(hass, "sensor.front_door_credentials", "in_sync")
    credentials = registry.async_get("sensor.front_door_credentials")
    assert credentials is not None
    assert credentials.device_id == again.device_id
    assert front.id not in site.runtime_data.site.journal.entries
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
    front = await site_with_codes(hass, site, fake_locks)
    codes = {2: "907153", 3: "904862", 5: "904444"}
    again, provider = await include_again(
        hass, fake_locks, front, FakeProvider(codes=codes)
    )

    await (await start_replacing(hass)).submit(lock=again.entity_id)

    await wait_until_in_sync(hass, site)
    assert provider.codes == codes
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)


async def test_unmanaged_codes_are_left_alone_and_reported(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    again, provider = await include_again(
        hass, fake_locks, front, FakeProvider(codes={2: "905555"})
    )

    await (await start_replacing(hass)).submit(lock=again.entity_id)

    issue = await only_issue(hass, "slot_occupied")
    assert (issue.translation_placeholders or {})["person"] == "Anna"
    await wait_for(lambda: provider.codes == {2: "905555", 3: "904862"})
    event = hass.states.get("event.front_door_access")
    assert event is not None
    assert event.attributes["event_type"] == AccessType.CODE_ADDED

    dialog = await (await RepairDialog(hass, issue).open()).choose("move")
    await dialog.submit()
    await wait_until_in_sync(hass, site)
    assert provider.codes == {1: "907153", 2: "905555", 3: "904862"}


async def _unrecognised(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, code: str
) -> tuple[RepairDialog, FakeProvider]:
    """Move to a masking lock that has a code in Anna's slot."""
    front = await site_with_codes(hass, site, fake_locks, Profile.MASKING)
    masking = FakeProvider(Profile.MASKING, codes={2: code})
    again, provider = await include_again(hass, fake_locks, front, masking)
    await (await start_replacing(hass)).submit(lock=again.entity_id)
    issue = await only_issue(hass, "slot_unrecognised")
    assert (issue.translation_placeholders or {})["person"] == "Anna"
    await wait_for(lambda: provider.codes == {2: code, 3: "904862"})
    provider.unlock_at_keypad(2)
    await hass.async_block_till_done()
    event = hass.states.get("event.front_door_access")
    assert event is not None
    assert event.attributes["person"] is None
    return await RepairDialog(hass, issue).open(), provider


@pytest.mark.parametrize("code", ["907153", "905555"])
async def test_a_masked_code_that_may_be_ours_or_not_is_left_alone_until_asked(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, code: str
) -> None:
    dialog, provider = await _unrecognised(hass, site, fake_locks, code)
    assert dialog.ways == ["retry", "replace"]
    await (await dialog.choose("retry")).submit()
    await wait_for(lambda: provider.calls[-1] == (Call.READ, 2))
    issue = await only_issue(hass, "slot_unrecognised")
    anna = next(iter(site.runtime_data.site.people))
    await site.runtime_data.site.async_set_pin(anna, Pin("905577"))
    assert await hass.config_entries.async_reload(site.entry_id)
    issue = await only_issue(hass, "slot_unrecognised")
    assert provider.codes == {2: code, 3: "904862"}

    dialog = await (await RepairDialog(hass, issue).open()).choose("replace")
    await dialog.submit()

    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    assert provider.codes == {2: "905577", 3: "904862"}


async def test_a_masked_code_that_is_deleted_at_the_lock_makes_room_for_ours(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    _, provider = await _unrecognised(hass, site, fake_locks, "905555")

    provider.delete_at_keypad(2)

    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    assert provider.codes == {2: "907153", 3: "904862"}


async def test_a_masked_code_that_may_be_ours_is_never_called_cleared(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """It was taken for somebody else's, and so Anna's for gone while it opened."""
    _, provider = await _unrecognised(hass, site, fake_locks, "907153")

    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )

    await wait_for(lambda: 2 not in provider.codes)
    await wait_until_in_sync(hass, site)
    await no_issues(hass)


async def test_who_has_a_slot_that_the_new_lock_does_not_have_gets_another(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    again, provider = await include_again(
        hass, fake_locks, front, FakeProvider(slots=2)
    )

    await (await start_replacing(hass)).submit(lock=again.entity_id)

    await wait_until_in_sync(hass, site)
    assert provider.codes == {2: "907153", 1: "904862"}


async def test_who_finds_no_slot_on_the_new_lock_waits_with_the_reason(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    again, provider = await include_again(
        hass, fake_locks, front, FakeProvider(slots=2, codes={1: "905555"})
    )

    await (await start_replacing(hass)).submit(lock=again.entity_id)

    issue = await only_issue(hass, "no_free_slot")
    assert (issue.translation_placeholders or {})["people"] == "Bert"
    await wait_for(lambda: provider.codes == {1: "905555", 2: "907153"})


@BOTH
async def test_codes_that_are_to_go_and_have_survived_are_taken_away(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile,
) -> None:
    front = await site_with_codes(hass, site, fake_locks, profile)
    survived = FakeProvider(profile, codes={2: "907153", 3: "904862"})
    again, provider = await include_again(hass, fake_locks, front, survived)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )
    remove(hass, site, "Bert")
    await wait_for(lambda: "revocation_pending" in kinds(hass))
    issue = next(
        issue for issue in issues(hass) if issue.translation_key == "lock_missing"
    )

    await (await RepairDialog(hass, issue).open()).submit(lock=again.entity_id)

    await wait_for(lambda: not provider.codes)
    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    assert provider.counts.writes == 0
