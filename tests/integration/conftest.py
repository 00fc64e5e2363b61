"""A site that is set up in Home Assistant, and locks in memory for it."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.providers.registry import LOADERS

from .engine.house import QUICK
from .surface import PLATFORM, FakeLocks


@pytest.fixture
def fake_locks(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> FakeLocks:
    """Return locks that a site can manage."""
    locks = FakeLocks(hass)
    monkeypatch.setitem(LOADERS, PLATFORM, locks.load)
    return locks


@pytest.fixture
async def site(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """Return a site that runs, a hundred times as fast as a real one."""
    # Home Assistant saves its registry a second late; the engine waits for that
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    monkeypatch.setattr("custom_components.keyholder.TIMING", QUICK)
    entry = MockConfigEntry(domain=DOMAIN, title="Home")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry
