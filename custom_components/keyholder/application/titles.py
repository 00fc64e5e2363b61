"""Undo what Home Assistant's own menus do to the titles of a site, its people and locks."""

from homeassistant.core import callback

from ..logic.text import as_storable, is_storable
from ..runtime.site.site import Site


@callback
def async_restore_titles(site: Site) -> None:
    """Replace titles that cannot be stored: by the former one, where it is known.

    Call it before the site is synced: it knows the former names until then.
    """
    hass, entry = site.hass, site.entry
    if not is_storable(entry.title):
        hass.config_entries.async_update_entry(entry, title=as_storable(entry.title))
    former = {person.subentry_id: person.name for person in site.people.values()} | {
        lock.settings.subentry_id: lock.settings.name for lock in site.locks.values()
    }
    for subentry in list(entry.subentries.values()):
        if not is_storable(subentry.title):
            title = former.get(subentry.subentry_id, as_storable(subentry.title))
            hass.config_entries.async_update_subentry(entry, subentry, title=title)
