"""A house for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import get_internal_store_manager
import pytest
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.keyholder.providers.registry import LOADERS

from .house import PLATFORM, House
from .truth import Truth


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


@pytest.fixture
async def hass_on_disk(tmp_path: Path) -> AsyncIterator[HomeAssistant]:
    """A Home Assistant whose stores are files, as it is after its own start."""
    async with async_test_home_assistant(config_dir=str(tmp_path)) as hass:
        (tmp_path / ".storage").mkdir(exist_ok=True)
        await get_internal_store_manager(hass).async_initialize()
        yield hass
        await hass.async_stop(force=True)


@pytest.fixture
def truth(house: House) -> Iterator[Truth]:
    """Fail the test where something was shown that was not so."""
    truth = Truth(house)
    yield truth
    assert truth.lies == []
