"""All stores of one site, loaded and closed together."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant

from .rule_inputs import RuleInputStore
from .stores import Journal, LoadResult, Vault
from .use_counters import UseCounters


class SiteStores:
    """The stores of a site: journal, vault, use counters and rule inputs."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, on_health: Callable[[], None]
    ) -> None:
        """Create the stores; nothing is loaded yet. `on_health`: see `Journal`."""
        self.journal = Journal(hass, entry_id, on_health)
        self.vault = Vault(hass, entry_id)
        self.counters = UseCounters(hass, entry_id)
        self.answers = RuleInputStore(hass, entry_id)

    async def async_load(self) -> tuple[LoadResult, LoadResult]:
        """Load all stores; return the results of the journal and the counters."""
        journal, _, counters, _ = await asyncio.gather(
            self.journal.async_load(),
            self.vault.async_load(),
            self.counters.async_load(),
            self.answers.async_load(),
        )
        return journal, counters

    async def async_close(self) -> None:
        """Write pending changes of all stores; store nothing after that."""
        for store in (self.journal, self.vault, self.counters, self.answers):
            await store.async_close()

    async def async_flush(self) -> None:
        """Write pending changes of all stores."""
        for store in (self.journal, self.vault, self.counters, self.answers):
            await store.async_flush()

    @staticmethod
    async def async_remove(hass: HomeAssistant, entry_id: str) -> None:
        """Delete all files of a site."""
        for store in (Journal, Vault, UseCounters, RuleInputStore):
            await store(hass, entry_id).async_remove()
