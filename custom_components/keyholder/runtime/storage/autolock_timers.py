"""Persistent store of a site's autolock timers."""

import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback

from .durable_store import DurableStore

_LOGGER: Final = logging.getLogger(__name__)

_VERSION: Final = 1


class AutolockTimerFile:
    """Loads and commits the autolock timers. Holds no secret."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Create the store of a site; nothing is loaded yet."""
        self._store = DurableStore(hass, _VERSION, f"keyholder.{entry_id}.autolock")

    async def async_load(self) -> object:
        """Return the last committed data, None if there is no file or it cannot be used."""
        try:
            return await self._store.async_load()
        except Exception as err:  # noqa: BLE001 - an unknown version, or not readable
            # the text of such an error may quote what is stored
            self.on_unusable(type(err).__name__)
            return None

    @callback
    def on_unusable(self, problem: str) -> None:
        """Log a problem of the file; set the file aside before the next write."""
        _LOGGER.warning(
            "%s cannot be used and will be set aside: %s", self._store.key, problem
        )
        self._store.async_set_aside_before_write()

    async def async_commit(self, data: dict[str, Any]) -> None:
        """Write the data to disk; raise StorageError if that fails."""
        await self._store.async_commit(data)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
