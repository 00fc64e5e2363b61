"""A site that runs beside the integration of a technology, and a log that is searched.

How to use it, in a conftest, once the technology's integration is connected:

    async with running_site(hass, partial(MatterSite, hass, matter_network)) as site:
        yield site

What differs by technology is its driver, such as `MatterSite`, and its network of
simulated locks (`tests/harness/networks`).
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
import logging
from typing import Any, Final
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.harness.site.site_driver import BaseSiteDriver

OURS: Final = "custom_components.keyholder"


@asynccontextmanager
async def running_site[AnySite: BaseSiteDriver[Any]](
    hass: HomeAssistant, drive: Callable[[MockConfigEntry], AnySite]
) -> AsyncIterator[AnySite]:
    """Set Keyholder up by its own setup, with its real delays; unload it in the end."""
    # Home Assistant saves its registry a second late, and the engine waits for that
    with patch("homeassistant.config_entries.SAVE_DELAY", 0):
        entry = MockConfigEntry(domain=DOMAIN, title="House")
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        yield drive(entry)
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


@contextmanager
def log_without_pins(
    caplog: pytest.LogCaptureFixture, pins: Collection[str]
) -> Iterator[None]:
    """Search all that Keyholder logs during the test for PINs, at its most verbose."""
    caplog.set_level(logging.DEBUG, OURS)
    yield
    ours = [each for each in caplog.get_records("call") if each.name.startswith(OURS)]
    for record in ours:
        text = f"{record.getMessage()} {record.exc_text}"
        assert not any(pin in text for pin in pins), "there is a PIN in a log"
