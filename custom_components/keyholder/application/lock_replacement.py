"""Choose and set up the replacement of a missing lock."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..model.credential import LockId
from ..providers.registry import is_supported
from ..runtime.site.lock_replacement import ReplacementRefusal
from ..runtime.site.site import Site
from ..runtime.site.subentries import locks_from_entry
from .errors import InvalidInputError
from .locks import async_probe_candidate, find_lock


def replacement_candidates(hass: HomeAssistant) -> list[str]:
    """Return the entity ids of supported locks that are not managed yet, sorted."""
    managed = {
        lock
        for entry in hass.config_entries.async_entries(DOMAIN)
        for lock in locks_from_entry(entry)
    }
    return sorted(
        lock.entity_id
        for lock in er.async_get(hass).entities.values()
        if lock.domain == "lock"
        and lock.disabled_by is None
        and is_supported(lock)
        and lock.id not in managed
    )


async def async_replace(site: Site, old: LockId, chosen: str) -> str | None:
    """Replace the old lock by the chosen one and reload the site.

    Return the error key if that is not possible, else None.
    """
    known = site.locks.get(old)
    if known is None or er.async_get(site.hass).async_get(old) is not None:
        return ReplacementRefusal.GONE.value
    try:
        lock = find_lock(site.hass, chosen)
        patience = site.timing.form_timeout
        candidate = await async_probe_candidate(site.hass, lock, patience)
    except InvalidInputError as err:
        return next(iter(err.errors.values()))
    if known.settings.slots is None and not candidate.capabilities.shows_occupancy:
        return "slots_needed"
    refusal = await site.async_replace_lock(old, candidate.lock, candidate.capabilities)
    if refusal is not None:
        return refusal.value
    await site.hass.config_entries.async_reload(site.entry.entry_id)
    return None
