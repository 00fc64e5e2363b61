"""Persistent store of a site's autolock timers."""

from typing import Any, Final

from homeassistant.core import HomeAssistant

from .durable_store import DurableStore

_VERSION: Final = 1


class AutolockTimerFile:
    """Loads and commits the autolock timers. Holds no secret."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Create the store of a site; nothing is loaded yet."""
        self._store = DurableStore(hass, _VERSION, f"keyholder.{entry_id}.autolock")

    async def async_load(self) -> object:
        """Return the last committed data, None if there is no file, {} if it is damaged."""
        try:
            return await self._store.async_load()
        except Exception:  # noqa: BLE001 - an unknown version, or not readable
            self._store.set_aside_before_write()
            return {}

    async def async_commit(self, data: dict[str, Any]) -> None:
        """Write the data to disk; raise StorageError if that fails."""
        await self._store.async_commit(data)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
