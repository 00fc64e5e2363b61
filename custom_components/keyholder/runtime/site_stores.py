"""The files of one site, together."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant

from .counters import UseCounters
from .last_answers import RuleInputStore
from .stores import Journal, LoadResult, Vault


class SiteStores:
    """What a site keeps on disk: slots, secrets, uses, and what entities said last."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, on_health: Callable[[], None]
    ) -> None:
        """Open the stores; nothing is read yet. `on_health`: see `Journal`."""
        self.journal = Journal(hass, entry_id, on_health)
        self.vault = Vault(hass, entry_id)
        self.counters = UseCounters(hass, entry_id)
        self.answers = RuleInputStore(hass, entry_id)

    async def async_load(self) -> tuple[LoadResult, LoadResult]:
        """Read all of them; return how that went with the journal and the counters."""
        journal, _, counters, _ = await asyncio.gather(
            self.journal.async_load(),
            self.vault.async_load(),
            self.counters.async_load(),
            self.answers.async_load(),
        )
        return journal, counters

    async def async_close(self) -> None:
        """Write what is not on disk yet, and nothing more after that."""
        for store in (self.journal, self.vault, self.counters, self.answers):
            await store.async_close()

    async def async_flush(self) -> None:
        """Write what is not on disk yet."""
        for store in (self.journal, self.vault, self.counters, self.answers):
            await store.async_flush()

    @staticmethod
    async def async_remove(hass: HomeAssistant, entry_id: str) -> None:
        """Delete all that is stored of a site."""
        for store in (Journal, Vault, UseCounters, RuleInputStore):
            await store(hass, entry_id).async_remove()
