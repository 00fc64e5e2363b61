"""Delete a site, and let a new one clear the codes that it has left on its locks."""

from collections.abc import Collection
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...const import CONF_CLEAR_CODES_OF, DOMAIN
from ...logic.left_codes import left_codes, locks_with_codes, to_clear
from ...model.credential import LockId
from ...model.left_codes import LeftCode, RemovedSite
from ..storage.durable_store import StorageError
from ..storage.removed_sites import RemovedSites
from ..storage.site_stores import SiteStores
from ..storage.stores import Journal
from .subentries import locks_from_entry

_LOGGER: Final = logging.getLogger(__name__)


async def async_remove_site(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> list[LeftCode] | None:
    """Delete all files of a site; return the codes that stay on its locks.

    None if that is not known: the journal was lost. The PINs go at once. The journal, in
    which there is none, is kept for a site that is made anew.
    """
    journal = Journal(hass, entry.entry_id)
    loaded = await journal.async_load()
    await SiteStores.async_remove(hass, entry.entry_id)
    if not loaded.found or loaded.damaged:
        return None if entry.subentries else []
    locks = locks_with_codes(journal.entries.values())
    if locks:
        site = RemovedSite(
            entry_id=entry.entry_id,
            title=entry.title,
            removed_at=dt_util.utcnow(),
            locks=tuple(locks),
        )
        try:
            await RemovedSites(hass).async_add(site)
        except StorageError:
            _LOGGER.error("What %s has left on its locks is not kept", entry.title)
    return left_codes(locks)


async def async_left_codes(hass: HomeAssistant) -> tuple[list[str], list[LeftCode]]:
    """Return the deleted sites of which codes can be cleared, and these codes."""
    sites = await RemovedSites(hass).async_load()
    codes = left_codes(to_clear(sites, _locks_of_others(hass, None)))
    return [site.entry_id for site in sites], codes


async def async_forget_left_codes(
    hass: HomeAssistant, entry_ids: Collection[str]
) -> None:
    """Leave the codes of deleted sites where they are, for good."""
    try:
        await RemovedSites(hass).async_forget(entry_ids)
    except StorageError as err:
        _LOGGER.error("Codes of a deleted site are not forgotten: %s", err)


async def async_take_over_left_codes(
    hass: HomeAssistant, entry: ConfigEntry[Any], journal: Journal
) -> None:
    """Clear the codes of the deleted sites that the user has chosen to be cleared.

    They are in the journal of this site before those of the deleted ones are forgotten,
    so a power cut in between changes nothing.
    """
    chosen = entry.data.get(CONF_CLEAR_CODES_OF, ())
    if not chosen or journal.read_only:
        return
    sites = [
        site
        for site in await RemovedSites(hass).async_load()
        if site.entry_id in chosen
    ]
    if not sites:
        return
    for journal_entry in to_clear(sites, _locks_of_others(hass, entry)):
        if journal_entry.lock not in journal.entries:
            journal.async_save_entry(journal_entry)
    try:
        await journal.async_commit()
    except StorageError:
        # the next start tries again
        return
    await async_forget_left_codes(hass, chosen)


def _locks_of_others(
    hass: HomeAssistant, entry: ConfigEntry[Any] | None
) -> set[LockId]:
    """Return the locks that other sites manage."""
    return {
        lock
        for other in hass.config_entries.async_entries(DOMAIN)
        if entry is None or other.entry_id != entry.entry_id
        for lock in locks_from_entry(other)
    }
