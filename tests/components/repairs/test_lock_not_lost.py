"""What is no loss of a lock: its entry is still there, or there again."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.harness.site.flow_driver import FakeLocks
from tests.harness.site.repair_dialog import no_issues, only_issue
from tests.harness.site.replaced_lock import site_with_codes
from tests.harness.site.states import wait_for_state, wait_until_in_sync
from tests.harness.waiting import wait_for


@pytest.mark.parametrize("change", ["rename", "disable", "no device"])
async def test_a_lock_whose_entry_is_still_there_is_not_missing(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, change: str
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
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
    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    assert provider.counts.writes == spent
    await wait_for_state(hass, "sensor.front_door_credentials", "in_sync")


async def test_a_lock_that_has_its_device_again_is_opened_anew(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
    provider = fake_locks.provider(front)
    registry = er.async_get(hass)
    registry.async_update_entity(front.entity_id, device_id=None)
    await hass.async_block_till_done()
    provider.disconnect()
    before = site.runtime_data.site.locks[front.id]

    registry.async_update_entity(front.entity_id, device_id=front.device_id)
    await wait_for(lambda: site.runtime_data.site.locks[front.id] is not before)
    provider.connect()
    provider.set_at_keypad(2, "905555")

    await wait_for(lambda: provider.codes[2] == "907153")
    await wait_until_in_sync(hass, site)
    credentials = registry.async_get("sensor.front_door_credentials")
    assert credentials is not None
    assert credentials.device_id == front.device_id


async def test_a_lock_that_is_back_by_itself_goes_on_where_it_was(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = await site_with_codes(hass, site, fake_locks)
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

    await wait_for(lambda: provider.codes == {1: "904444", 3: "904862"})
    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    assert hass.config_entries.async_entries(DOMAIN) == [site]
