"""An instance whose front door gets another lock."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.repair_dialog import RepairDialog, only_issue
from tests.harness.site.states import wait_until_in_sync


async def site_with_codes(
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
    await wait_until_in_sync(hass, site)
    await add_person(hass, site, "Bert", "904862", [front])
    await wait_until_in_sync(hass, site)
    assert fake_locks.provider(front).codes == {
        1: "904444",
        2: "907153",
        3: "904862",
    }
    return front


async def include_again(
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


async def start_replacing(hass: HomeAssistant) -> RepairDialog:
    """Open the dialog of the lock that is missing."""
    issue = await only_issue(hass, "lock_missing")
    return await RepairDialog(hass, issue).open()
