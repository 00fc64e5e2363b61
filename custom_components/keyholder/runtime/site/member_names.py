"""Correct names that were entered where nobody checks them: in Home Assistant's own menus."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ...const import DOMAIN
from ...logic.names import name_key, unique_name
from ...logic.text import as_storable, is_storable


@callback
def async_correct_names(
    hass: HomeAssistant, entry: ConfigEntry[Any], known: Mapping[str, str]
) -> None:
    """Give the site, its locks and its people names that are allowed and unique.

    Home Assistant's menus rename an entry or a subentry without asking us, and save what
    cannot be stored a second later. `known` are the names so far, by subentry id: of two
    with one name, who had it first keeps it.
    """
    others = {
        name_key(other.title)
        for other in hass.config_entries.async_entries(DOMAIN)
        if other is not entry
    }
    title = unique_name(as_storable(entry.title), others, DOMAIN.capitalize())
    if title != entry.title:
        hass.config_entries.async_update_entry(entry, title=title)
    taken: dict[str, set[str]] = {}
    renamed_last = sorted(
        entry.subentries.values(),
        key=lambda subentry: known.get(subentry.subentry_id) != subentry.title,
    )
    for subentry in renamed_last:
        keys = taken.setdefault(subentry.subentry_type, set())
        former = known.get(subentry.subentry_id, as_storable(subentry.title))
        title = subentry.title if is_storable(subentry.title) else former
        name = unique_name(title, keys, former or subentry.subentry_id)
        keys.add(name_key(name))
        if name != subentry.title:
            hass.config_entries.async_update_subentry(entry, subentry, title=name)
