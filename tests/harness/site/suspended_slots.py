"""Slots that come into trouble."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.timing import MAX_RESTORES_PER_WINDOW
from custom_components.keyholder.runtime.site.site import Site
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for


async def managed_lock(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    provider: FakeProvider | None = None,
) -> FakeProvider:
    """Manage the front door."""
    front = fake_locks.add("Front door", provider)
    await add_lock(hass, site, front)
    return fake_locks.provider(front)


async def taken_slot(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile,
) -> FakeProvider:
    """Let somebody take Anna's slot between its choice and the first write."""
    provider = await managed_lock(hass, site, fake_locks, FakeProvider(profile))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )
    await wait_for(lambda: not provider.codes)
    await wait_until_in_sync(hass, site)
    provider.set_at_keypad(1, "904444")
    await wait_for(lambda: provider.counts.reads)
    await hass.async_block_till_done()
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.anna_enabled"}, blocking=True
    )
    return provider


async def contested_slot(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile = Profile.READABLE,
) -> FakeProvider:
    """Change Anna's code at the lock until it is not restored any more."""
    provider = await managed_lock(hass, site, fake_locks, FakeProvider(profile))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    runtime: Site = site.runtime_data.site
    lock = next(lock for lock in runtime.locks.values() if lock.name == "Front door")
    # until then a report may be taken for an echo of our own write
    await wait_for(lambda: lock.expected_reports[1] < dt_util.utcnow())
    record = lock.journal_entry.records[1]
    restores = (dt_util.utcnow(),) * MAX_RESTORES_PER_WINDOW
    records = {1: replace(record, restored_at=restores)}
    runtime.journal.async_save_entry(replace(lock.journal_entry, records=records))
    provider.set_at_keypad(1, "906666")
    return provider


async def wait_until_idle(hass: HomeAssistant, site: MockConfigEntry) -> None:
    """Return once nothing is being done on any lock."""
    await hass.async_block_till_done()
    await wait_for(
        lambda: all(lock.is_idle for lock in site.runtime_data.site.locks.values())
    )
    await hass.async_block_till_done()
