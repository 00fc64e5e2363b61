"""A Home Assistant with Keyholder that is stopped and started again in one scenario.

How to use it: derive it for a technology, as `matter.py`, `zha.py` and `zigbee2mqtt.py`
do; the simulated locks go on while it is stopped.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, mock_storage

from custom_components.keyholder.const import DOMAIN
from tests.harness.instances.ha_instances import running_home_assistant
from tests.harness.instances.registries import async_load_registries
from tests.harness.site.site_driver import Network, SiteDriver


class RestartableInstance[AnyNetwork: Network, AnyHouse: SiteDriver[Any]](ABC):
    """A site whose locks go on by themselves while Home Assistant is stopped.

    Each start has another `hass`, and so another `site` and `network`.
    """

    hass: HomeAssistant
    network: AnyNetwork
    entry: ConfigEntry
    site: AnyHouse

    def __init__(self, domain: str, site: type[AnyHouse]) -> None:
        """Make a site whose locks are those of that integration; `start` opens it."""
        self._domain = domain
        self._house = site
        self._open = AsyncExitStack()
        self._is_new = True

    async def start(self) -> None:
        """Start Home Assistant on what is stored."""
        hass = self.hass = await self._open.enter_async_context(
            running_home_assistant(
                load_registries=False, initial_state=CoreState.not_running
            )
        )
        await async_load_registries(hass)
        if self._is_new:
            self._add_entry(hass)
            MockConfigEntry(domain=DOMAIN, title="Home").add_to_hass(hass)
        else:
            await hass.config_entries.async_initialize()
        (theirs,) = hass.config_entries.async_entries(self._domain)
        (self.entry,) = hass.config_entries.async_entries(DOMAIN)
        self.network = await self._connect(hass, theirs)
        self._is_new = False
        assert await hass.config_entries.async_setup(self.entry.entry_id)
        await hass.async_block_till_done()
        self.site = self._house(hass, self.network, self.entry)

    async def stop(self) -> None:
        """Stop Home Assistant in good order."""
        await self.hass.async_stop(force=True)
        await self._open.aclose()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Let Home Assistant run on a storage of its own."""
        with mock_storage():
            await self.start()
            try:
                yield
            finally:
                await self.stop()

    @abstractmethod
    def _add_entry(self, hass: HomeAssistant) -> None:
        """Add the config entry of the locks' integration."""

    @abstractmethod
    async def _connect(self, hass: HomeAssistant, entry: ConfigEntry) -> AnyNetwork:
        """Set that entry up, and return the locks that are there then."""
