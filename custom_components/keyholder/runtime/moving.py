"""A lock took the place of another: all that is kept of that one becomes its own.

The journal has the move first, and keeps both pages. What Home Assistant's registries
say of it follows at the next start of the site, which is at once. They are saved
seconds later: a start that finds them as they were does it once more. So it happens as
a whole, whenever the power goes.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN, SUBENTRY_LOCK, SUBENTRY_PERSON
from ..logic.moving import replacement_entry, without_replaced
from ..model.credential import LockId
from ..model.page import LockJournalEntry
from ..model.reading import Capabilities
from .durable import StorageError
from .membership import CONF_LOCK, CONF_LOCKS, locks_from_entry
from .stores import Journal


class ReplacementRefusal(StrEnum):
    """Why a lock cannot take the place of another; each is a translated key."""

    GONE = "gone"
    """There is nothing to move any more."""
    JOURNAL_LOST = "journal_lost"
    CODES_LEFT = "codes_left"
    """The new lock was managed before, and codes of ours were left on it."""
    STORAGE_FAILED = "storage_failed"


async def async_record_replacement(
    journal: Journal, old: LockId, new: LockId, capabilities: Capabilities
) -> ReplacementRefusal | None:
    """Put a move on disk, to be carried out at the next start of the site.

    Returns None, or why nothing was changed. `capabilities` are those of the new lock.
    """
    if journal.read_only:
        return ReplacementRefusal.JOURNAL_LOST
    left = journal.pages.get(new)
    if left is not None and not left.is_cleared and old not in left.replaces:
        return ReplacementRefusal.CODES_LEFT
    page = journal.pages.get(old) or LockJournalEntry(lock=old, name="")
    journal.save(replacement_entry(page, new, capabilities))
    try:
        await journal.async_commit()
    except StorageError:
        journal.remove(new)
        if left is not None:
            journal.save(left)
        return ReplacementRefusal.STORAGE_FAILED
    return None


@callback
def complete_replacements(
    hass: HomeAssistant, entry: ConfigEntry[Any], journal: Journal
) -> None:
    """Let the config entry and the entities follow every move that the journal has.

    Called before the locks of a site are opened.
    """
    for page in [page for page in journal.pages.values() if page.replaces]:
        moved = _follow_in_entry(hass, entry, page)
        managed = locks_from_entry(entry)
        if page.lock in managed:
            moved |= _follow_in_entities(hass, entry, page)
            for origin in page.replaces:
                if origin not in managed:
                    journal.remove(origin)
        if not moved and hass.state is not CoreState.running:
            # all of it was read from disk just now, and knows of the move
            journal.save(replace(page, replaces=()))


@callback
def drop_replaced(journal: Journal, lock: LockId) -> None:
    """A lock is managed in its own right: nothing has taken its place any more."""
    for page in list(journal.pages.values()):
        if lock in page.replaces:
            journal.save(without_replaced(page, lock))


def _follow_in_entry(
    hass: HomeAssistant, entry: ConfigEntry[Any], page: LockJournalEntry
) -> bool:
    """Return whether the config entry had yet to be told of the move."""
    managed = locks_from_entry(entry)
    origin = next((lock for lock in page.replaces if lock in managed), None)
    if origin is None or page.lock in managed:
        return False
    for subentry in list(entry.subentries.values()):
        if subentry.subentry_type == SUBENTRY_LOCK:
            if subentry.data[CONF_LOCK] == origin:
                _update(
                    hass, entry, subentry, f"lock_{page.lock}", {CONF_LOCK: page.lock}
                )
        elif subentry.subentry_type == SUBENTRY_PERSON:
            locks = subentry.data[CONF_LOCKS]
            if origin in locks:
                others = [page.lock if lock == origin else lock for lock in locks]
                _update(hass, entry, subentry, subentry.unique_id, {CONF_LOCKS: others})
    return True


def _update(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    subentry: ConfigSubentry,
    unique_id: str | None,
    changes: dict[str, object],
) -> None:
    hass.config_entries.async_update_subentry(
        entry, subentry, unique_id=unique_id, data={**subentry.data, **changes}
    )


def _follow_in_entities(
    hass: HomeAssistant, entry: ConfigEntry[Any], page: LockJournalEntry
) -> bool:
    """Return whether there were entities that had yet to be told of the move.

    They stay what they are: entity ids, names and history.
    """
    registry = er.async_get(hass)
    moved = False
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        for origin in page.replaces:
            if origin not in entity.unique_id:
                continue
            moved = True
            unique_id = entity.unique_id.replace(origin, page.lock)
            if not registry.async_get_entity_id(entity.domain, DOMAIN, unique_id):
                registry.async_update_entity(entity.entity_id, new_unique_id=unique_id)
    return moved
