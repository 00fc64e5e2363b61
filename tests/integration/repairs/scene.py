"""How the tests of repairs begin."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.fakes.provider import FakeProvider
from tests.integration.surface import FakeLocks, add_lock, add_person
from tests.integration.watching import settled


async def anna_has_a_code(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> FakeProvider:
    """Put Anna's code on the front door, and return what stands behind it."""
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await settled(hass, site)
    return fake_locks.provider(front)


def remove(hass: HomeAssistant, site: MockConfigEntry, title: str) -> None:
    """Remove a person or a lock the way that runs no dialog of ours."""
    subentry_id = next(
        subentry_id
        for subentry_id, subentry in site.subentries.items()
        if subentry.title == title
    )
    hass.config_entries.async_remove_subentry(site, subentry_id)
