"""A house for each test."""

from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.providers.registry import LOADERS

from .house import PLATFORM, House


@pytest.fixture
async def house(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A site that is open, with no locks and nobody in it."""
    # Home Assistant saves its registry a second late; the engine waits for that
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    house = House(hass)
    monkeypatch.setitem(LOADERS, PLATFORM, house.load)
    await house.open()
    yield house
    await house.close()
