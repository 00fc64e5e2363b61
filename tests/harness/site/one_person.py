"""How the tests of repairs begin."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_until_in_sync


async def add_anna(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> FakeProvider:
    """Put Anna's code on the front door, and return what stands behind it."""
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    return fake_locks.provider(front)


def remove(hass: HomeAssistant, site: MockConfigEntry, title: str) -> None:
    """Remove a person or a lock the way that runs no dialog of ours."""
    subentry_id = next(
        subentry_id
        for subentry_id, subentry in site.subentries.items()
        if subentry.title == title
    )
    hass.config_entries.async_remove_subentry(site, subentry_id)
