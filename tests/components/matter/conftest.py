"""A house whose door has a Matter lock, on the fake server."""

from collections.abc import AsyncIterator, Iterator
import logging

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.harness.networks.matter import MatterNetwork
from tests.harness.site.matter import MatterSite
from tests.harness.site.site_driver import PINS

OURS = "custom_components.keyholder"


@pytest.fixture(autouse=True)
def no_pin_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Search all that Keyholder logs for the PINs of these tests."""
    caplog.set_level(logging.DEBUG, OURS)
    yield
    told = [each for each in caplog.get_records("call") if each.name.startswith(OURS)]
    for record in told:
        text = f"{record.getMessage()} {record.exc_text}"
        assert not any(pin in text for pin in PINS), "there is a PIN in a log"


@pytest.fixture
async def site(
    hass: HomeAssistant,
    matter_network: MatterNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[MatterSite]:
    """Home Assistant with Matter and Keyholder, both by their own setup."""
    # The engine waits for that; its own delays are the real ones
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    keyholder = MockConfigEntry(domain=DOMAIN, title="House")
    keyholder.add_to_hass(hass)
    assert await hass.config_entries.async_setup(keyholder.entry_id)
    await hass.async_block_till_done()
    yield MatterSite(hass, matter_network, keyholder)
    if keyholder.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(keyholder.entry_id)
    await hass.async_block_till_done()
