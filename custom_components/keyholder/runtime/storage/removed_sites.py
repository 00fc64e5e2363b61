"""Persistent store of the sites that were deleted while codes of theirs were on locks."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ...const import DOMAIN
from ...logic.left_codes import remembered
from ...model.left_codes import RemovedSite
from .durable_store import DurableStore
from .serialization import StoredForm
from .stores import STORAGE_VERSION, async_load_store

_ENCODE: Final = BasicEncoder(list[RemovedSite], default_dialect=StoredForm)
_DECODE: Final = BasicDecoder(list[RemovedSite], default_dialect=StoredForm)


class RemovedSites:
    """The deleted sites of the last 30 days, with journals and without a PIN.

    There is one file for all. It goes with its last site.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Take the file; nothing is loaded yet."""
        self._store = DurableStore(hass, STORAGE_VERSION, f"{DOMAIN}.removed_sites")

    async def async_load(self) -> list[RemovedSite]:
        """Return the sites that are not too old, none if the file cannot be understood."""
        sites, _ = await async_load_store(self._store, _parse)
        return remembered(sites.values(), dt_util.utcnow())

    async def async_prune(self) -> None:
        """Delete what is too old. Raises StorageError."""
        sites, _ = await async_load_store(self._store, _parse)
        kept = remembered(sites.values(), dt_util.utcnow())
        if len(kept) < len(sites):
            await self._async_save(kept)

    async def async_add(self, site: RemovedSite) -> None:
        """Store a site that is deleted now. Raises StorageError."""
        await self._async_save([*await self.async_load(), site])

    async def async_forget(self, entry_ids: Collection[str]) -> None:
        """Delete what is known of these sites. Raises StorageError."""
        known = await self.async_load()
        await self._async_save(
            [site for site in known if site.entry_id not in entry_ids]
        )

    async def _async_save(self, sites: list[RemovedSite]) -> None:
        if sites:
            await self._store.async_commit({"sites": _ENCODE.encode(sites)})
        else:
            await self._store.async_remove()


def _parse(data: Mapping[str, Any]) -> dict[str, RemovedSite]:
    return {site.entry_id: site for site in _DECODE.decode(data["sites"])}
