"""The file of a site's autolock timers."""

from typing import Any, Final

from homeassistant.core import HomeAssistant

from .durable import DurableStore

_VERSION: Final = 1


class TimerFile:
    """Loads and commits what autolock keeps. Holds no secret."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Open the file of a site."""
        self._store = DurableStore(hass, _VERSION, f"keyholder.{entry_id}.autolock")

    async def async_load(self) -> object:
        """Return what was committed last, None if there is nothing or it is damaged."""
        try:
            return await self._store.async_load()
        except Exception:  # noqa: BLE001 - of an unknown version, or not readable
            self._store.set_aside_before_write()
            return {}

    async def async_commit(self, data: dict[str, Any]) -> None:
        """Return when the data is on disk; raise StorageFailed if it is not."""
        await self._store.async_commit(data)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
