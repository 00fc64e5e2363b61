"""A site whose automations are real, and what they were made to do."""

from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.site.automation_site import AutomationSite
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_until_in_sync


@pytest.fixture
async def automation_site(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> AsyncIterator[AutomationSite]:
    """Two locks, and two people who have codes on both: Anna in slot 1, Bert in 2."""
    locks: dict[str, er.RegistryEntry] = {}
    for name in ("Front door", "Back door"):
        locks[name] = fake_locks.add(name)
        await add_lock(hass, site, locks[name])
    await add_person(hass, site, "Anna", "907153")
    # who waits for a slot at the same time gets it in whatever order
    await wait_until_in_sync(hass, site)
    await add_person(hass, site, "Bert", "904862")
    await wait_until_in_sync(hass, site)
    automations = AutomationSite(hass, site, fake_locks, locks)
    yield automations
    await automations.stop()
