"""Resolve the site and the person that an action targets."""

from collections.abc import Callable, Iterator

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..application.people import active_locks
from ..const import DOMAIN, SUBENTRY_PERSON
from ..data import KeyholderConfigEntry
from ..logic.names import name_key
from ..model.credential import LockId
from ..runtime.site.site import Site
from ..runtime.site.subentries import is_being_removed
from .person_fields import validation_error

type Found = tuple[KeyholderConfigEntry, ConfigSubentry]


def find_site(hass: HomeAssistant, entry_id: str | None) -> Site:
    """Return the loaded site of an entry id, or the only site without an id.

    Raises ServiceValidationError if there is none, several, or it is not loaded.
    """
    entries = _entries(hass, entry_id)
    if not entries:
        raise validation_error("no_site")
    if len(entries) > 1:
        raise validation_error("several_sites", field="config_entry_id")
    return _running(entries[0])


def find_person(
    hass: HomeAssistant,
    reference: str,
    entry_id: str | None,
    may_see: Callable[[KeyholderConfigEntry, ConfigSubentry], bool],
) -> tuple[Site, ConfigSubentry]:
    """Return the loaded site and the subentry of a person.

    `reference` is a person id, device id, entity id or name. Ids are unique, names within
    a site. Only those are found whom the caller may see. Raises ServiceValidationError if
    there is no such person or several.
    """
    people = [
        (entry, subentry)
        for entry in _entries(hass, entry_id)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_PERSON and may_see(entry, subentry)
    ]
    known_as = _subentry_of(hass, reference)
    found = [
        (entry, subentry)
        for entry, subentry in people
        if reference == subentry.unique_id or known_as == subentry.subentry_id
    ] or list(_by_name(people, reference))
    if not found:
        raise validation_error("no_such_person", person=reference)
    if len(found) > 1:
        raise validation_error(
            "several_people",
            person=reference,
            sites=", ".join(sorted(entry.title for entry, _ in found)),
        )
    ((entry, subentry),) = found
    return _running(entry), subentry


def raise_if_being_removed(subentry: ConfigSubentry) -> None:
    """Raise ServiceValidationError if the person is being removed."""
    if is_being_removed(subentry):
        raise validation_error("person_is_leaving", person=subentry.title)


def raise_if_removed(site: Site, subentry: ConfigSubentry) -> None:
    """Raise ServiceValidationError if the person was removed since they were resolved."""
    if subentry.subentry_id not in site.entry.subentries:
        raise validation_error("no_such_person", person=subentry.title)


def lock_entities(site: Site, locks: frozenset[LockId] | None) -> list[str]:
    """Return the entity ids of these locks of a site, None for all."""
    registry = er.async_get(site.hass)
    chosen = (lock.settings.lock for lock in active_locks(site))
    entries = (
        registry.async_get(lock) for lock in chosen if locks is None or lock in locks
    )
    return sorted(entry.entity_id for entry in entries if entry is not None)


def _entries(hass: HomeAssistant, entry_id: str | None) -> list[KeyholderConfigEntry]:
    entries: list[KeyholderConfigEntry] = [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry_id is None or entry.entry_id == entry_id
    ]
    if entry_id is not None and not entries:
        raise validation_error("no_such_site", entry_id=entry_id)
    return entries


def _running(entry: KeyholderConfigEntry) -> Site:
    if entry.state is not ConfigEntryState.LOADED:
        raise validation_error("site_not_running", site=entry.title)
    return entry.runtime_data.site


def _subentry_of(hass: HomeAssistant, reference: str) -> str | None:
    """Return the subentry id of one of our devices or entities, None for others."""
    device = dr.async_get(hass).async_get(reference)
    if device is not None:
        return next(
            (name for domain, name in device.identifiers if domain == DOMAIN), None
        )
    entity = er.async_get(hass).async_get(reference)
    if entity is not None and entity.platform == DOMAIN:
        return entity.config_subentry_id
    return None


def _by_name(people: list[Found], name: str) -> Iterator[Found]:
    wanted = name_key(name)
    for entry, subentry in people:
        if name_key(subentry.title) == wanted:
            yield entry, subentry
