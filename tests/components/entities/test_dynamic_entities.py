"""Entities and devices follow locks and people without a reload."""

from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.sensor import CodeSensor
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_for_state, wait_until_in_sync
from tests.harness.waiting import wait_for

ON_FRONT = "sensor.anna_code_on_front_door"
ON_BACK = "sensor.anna_code_on_back_door"


async def test_an_added_lock_brings_a_sensor_for_all_who_have_every_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    anna = await add_person(hass, site, "Anna", "907153")
    await add_person(hass, site, "Bert", "904862", [front])
    await wait_until_in_sync(hass, site)

    await add_lock(hass, site, back)
    await wait_until_in_sync(hass, site)

    await wait_for_state(hass, ON_BACK, "in_sync")
    assert _entity(hass, ON_BACK).config_subentry_id == anna.subentry_id
    assert hass.states.get("sensor.bert_code_on_back_door") is None


async def test_a_sensor_goes_and_comes_with_the_persons_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    _change(hass, site, anna.subentry_id, all_locks=False, locks=[front.id])
    await wait_until_in_sync(hass, site)
    assert er.async_get(hass).async_get(ON_BACK) is None
    assert hass.states.get(ON_BACK) is None
    await wait_for(lambda: not fake_locks.provider(back).codes)
    await wait_for_state(hass, ON_FRONT, "in_sync")

    _change(hass, site, anna.subentry_id, all_locks=True)
    await wait_for_state(hass, ON_BACK, "in_sync")


async def test_an_unmanaged_lock_loses_its_entities_and_slot_sensors(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    subentry = await add_lock(hass, site, back)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    hass.config_entries.async_remove_subentry(site, subentry.subentry_id)
    await hass.async_block_till_done()

    left = er.async_entries_for_config_entry(er.async_get(hass), site.entry_id)
    assert not [entity for entity in left if "back_door" in entity.entity_id]
    assert hass.states.get(ON_BACK) is None
    assert er.async_get(hass).async_get(back.entity_id) is not None
    assert dr.async_get(hass).async_get(str(back.device_id)) is not None
    await wait_for_state(hass, ON_FRONT, "in_sync")


async def test_a_lock_that_is_managed_again_has_its_entities_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    subentry = await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    hass.config_entries.async_remove_subentry(site, subentry.subentry_id)
    again = await add_lock(hass, site, front)
    await wait_until_in_sync(hass, site)

    await wait_for_state(hass, "sensor.front_door_credentials", "in_sync")
    await wait_for_state(hass, ON_FRONT, "in_sync")
    credentials = _entity(hass, "sensor.front_door_credentials")
    assert credentials.config_subentry_id == again.subentry_id


async def test_a_person_who_is_removed_takes_their_device_and_their_code(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    assert _device(hass, site, anna.subentry_id) is not None

    hass.config_entries.async_remove_subentry(site, anna.subentry_id)

    await wait_for(lambda: not fake_locks.provider(front).codes)
    await hass.async_block_till_done()
    assert _device(hass, site, anna.subentry_id) is None
    left = er.async_entries_for_config_entry(er.async_get(hass), site.entry_id)
    assert not [entity for entity in left if "anna" in entity.entity_id]


async def test_a_code_of_a_removed_person_shows_on_the_lock_until_it_is_gone(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    provider.disconnect()

    hass.config_entries.async_remove_subentry(site, anna.subentry_id)
    await wait_for_state(hass, "sensor.front_door_credentials", "attention")
    assert _leaving(hass) == ["Anna"]

    provider.connect()
    await wait_for(lambda: _leaving(hass) == [])
    await wait_for_state(hass, "sensor.front_door_credentials", "in_sync")
    assert provider.codes == {}


async def test_a_renamed_person_has_a_renamed_device_at_once(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    hass.config_entries.async_update_subentry(site, anna, title="Anna Karlsson")
    await hass.async_block_till_done()

    device = _device(hass, site, anna.subentry_id)
    assert device is not None
    assert device.name == "Anna Karlsson"
    state = hass.states.get(ON_FRONT)
    assert state is not None
    assert state.name == "Anna Karlsson Code on Front door"


async def test_a_renamed_lock_renames_the_sensors_of_its_codes(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    subentry = await add_lock(hass, site, fake_locks.add("Front door"))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    hass.config_entries.async_update_subentry(site, subentry, title="Main entrance")
    await wait_until_in_sync(hass, site)

    state = hass.states.get(ON_FRONT)
    assert state is not None
    assert state.name == "Anna Code on Main entrance"
    await wait_for_state(hass, ON_FRONT, "in_sync")


async def test_a_lock_entity_with_a_new_id_goes_on_as_before(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    er.async_get(hass).async_update_entity(
        front.entity_id, new_entity_id="lock.entrance"
    )
    await wait_until_in_sync(hass, site)
    provider.unlock_at_keypad(1)
    await hass.async_block_till_done()

    await wait_for_state(hass, ON_FRONT, "in_sync")
    access = hass.states.get("event.front_door_access")
    assert access is not None
    assert access.attributes["person"] == "Anna"
    assert provider.counts.writes == 1


async def test_entities_follow_their_lock_to_another_device(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    other = fake_locks.add("Spare", FakeProvider())
    await add_lock(hass, site, front)
    await hass.async_block_till_done()

    er.async_get(hass).async_update_entity(front.entity_id, device_id=other.device_id)
    await hass.async_block_till_done()

    ours = er.async_entries_for_config_entry(er.async_get(hass), site.entry_id)
    assert {entity.device_id for entity in ours} == {other.device_id}


async def test_entities_outlive_the_device_of_their_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    dr.async_get(hass).async_remove_device(str(front.device_id))
    await hass.async_block_till_done()

    assert _entity(hass, "sensor.front_door_credentials").device_id is None
    await wait_for_state(hass, ON_FRONT, "in_sync")


async def test_a_stale_slot_sensor_is_removed_at_the_start(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    subentry = await add_lock(hass, site, back)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    assert await hass.config_entries.async_unload(site.entry_id)
    hass.config_entries.async_remove_subentry(site, subentry.subentry_id)
    assert er.async_get(hass).async_get(ON_BACK) is not None
    assert await hass.config_entries.async_setup(site.entry_id)
    await wait_until_in_sync(hass, site)

    assert er.async_get(hass).async_get(ON_BACK) is None
    await wait_for_state(hass, ON_FRONT, "in_sync")


async def test_the_device_of_somebody_who_is_gone_goes_at_the_start(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    """A power cut before the registry of devices was saved brings it back."""
    anna = await add_person(hass, site, "Anna", "907153")
    await add_person(hass, site, "Bert", "904862")
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(site.entry_id)
    registry = dr.async_get(hass)
    with patch.object(registry, "async_clear_config_subentry"):
        hass.config_entries.async_remove_subentry(site, anna.subentry_id)

    def names() -> list[str]:
        devices = dr.async_entries_for_config_entry(registry, site.entry_id)
        return sorted(str(device.name) for device in devices)

    assert names() == ["Anna", "Bert"]
    await hass.config_entries.async_setup(site.entry_id)
    assert names() == ["Bert"]


async def test_nothing_is_left_after_the_site_is_removed(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    await hass.config_entries.async_remove(site.entry_id)
    await hass.async_block_till_done()

    assert not [
        entity
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN
    ]
    assert fake_locks.provider(front).codes == {1: "907153"}
    assert not fake_locks.provider(front).listeners


async def test_an_entity_that_cannot_be_made_stops_no_other_and_is_logged_once(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    known = _entity(hass, ON_FRONT).id
    works = CodeSensor.__init__

    def fail(sensor: CodeSensor, site: Any, person: Any, settings: Any) -> None:
        if person.name == "Anna" and settings.name == "Front door":
            raise ValueError("907153")
        works(sensor, site, person, settings)

    with patch.object(CodeSensor, "__init__", fail):
        await hass.config_entries.async_reload(site.entry_id)
        await add_lock(hass, site, back)
        await add_person(hass, site, "Bert", "904862")
        await wait_for_state(hass, ON_BACK, "in_sync")
        await wait_for_state(hass, "sensor.bert_code_on_front_door", "in_sync")
        await wait_for_state(hass, "sensor.anna_status", "active")
        # what cannot be made is not forgotten
        assert _entity(hass, ON_FRONT).id == known

    reported = [
        each.getMessage() for each in caplog.records if each.levelname == "ERROR"
    ]
    assert reported == ["Creating a sensor entity of Anna failed: ValueError"]
    await hass.config_entries.async_reload(site.entry_id)
    await wait_for_state(hass, ON_FRONT, "in_sync")


async def test_a_sensor_that_is_there_stays_when_it_cannot_be_made_once_more(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    with patch.object(CodeSensor, "__init__", side_effect=ValueError):
        await add_person(hass, site, "Bert", "904862")
        await wait_until_in_sync(hass, site)
    await add_person(hass, site, "Cleo", "903371")
    await wait_until_in_sync(hass, site)

    await wait_for_state(hass, ON_FRONT, "in_sync")
    await wait_for_state(hass, "sensor.bert_code_on_front_door", "in_sync")
    assert "does not generate unique IDs" not in caplog.text


def _entity(hass: HomeAssistant, entity_id: str) -> er.RegistryEntry:
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    return entity


def _device(
    hass: HomeAssistant, site: MockConfigEntry, subentry_id: str
) -> dr.AnyDeviceEntry | None:
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), site.entry_id
    )


def _leaving(hass: HomeAssistant) -> list[str]:
    state = hass.states.get("sensor.front_door_credentials")
    assert state is not None
    leaving: list[str] = state.attributes["leaving"]
    return leaving


def _change(
    hass: HomeAssistant, site: MockConfigEntry, subentry_id: str, **values: object
) -> None:
    subentry = site.subentries[subentry_id]
    hass.config_entries.async_update_subentry(
        site, subentry, data={**subentry.data, **values}
    )
