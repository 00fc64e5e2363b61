"""Replace a lock by another one: move its records, subentries and entities over.

The replacement is written to the journal first, with the entries of both locks. The
config subentries and the entity registry follow at the next start of the site, which is
at once. Home Assistant saves them seconds later: a start that finds them unchanged does
it once more. So a replacement is complete or absent, whenever the power fails.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ...const import (
    CONF_ADDRESS,
    CONF_ANSWERS_READS,
    CONF_LOCK,
    CONF_LOCKS,
    DOMAIN,
    SUBENTRY_LOCK,
    SUBENTRY_PERSON,
)
from ...logic.lock_replacement import replacement_entry, without_replaced
from ...model.credential import LockId
from ...model.journal import LockJournalEntry
from ...model.provider_io import Capabilities, LockAddress
from ..storage.durable_store import StorageError
from ..storage.stores import Journal
from .subentries import data_from_address, locks_from_entry


class ReplacementRefusal(StrEnum):
    """Why a lock cannot be the replacement of another; each value is a translation key."""

    GONE = "gone"
    """The old lock is no longer to be replaced, or the new one is managed already."""
    JOURNAL_LOST = "journal_lost"
    CODES_LEFT = "codes_left"
    """The new lock was managed before, and codes of ours were left on it."""
    STORAGE_FAILED = "storage_failed"


async def async_record_replacement(
    journal: Journal,
    old: LockId,
    new: LockId,
    capabilities: Capabilities,
    address: LockAddress | None = None,
) -> ReplacementRefusal | None:
    """Write a replacement to disk, to be completed at the next start of the site.

    Returns None, or why nothing was changed. `capabilities` and `address` are those of the
    new lock.
    """
    if journal.read_only:
        return ReplacementRefusal.JOURNAL_LOST
    former = journal.entries.get(new)
    if former is not None and not former.is_cleared and old not in former.replaces:
        return ReplacementRefusal.CODES_LEFT
    journal_entry = journal.entries.get(old) or LockJournalEntry(lock=old, name="")
    journal.async_save_entry(
        replacement_entry(journal_entry, new, capabilities, address)
    )
    try:
        await journal.async_commit()
    except StorageError:
        journal.async_remove_entry(new)
        if former is not None:
            journal.async_save_entry(former)
        return ReplacementRefusal.STORAGE_FAILED
    return None


@callback
def async_complete_replacements(
    hass: HomeAssistant, entry: ConfigEntry[Any], journal: Journal
) -> None:
    """Update the config entry and the entities for each replacement in the journal.

    Called before the locks of a site are set up.
    """
    for journal_entry in [
        journal_entry
        for journal_entry in journal.entries.values()
        if journal_entry.replaces
    ]:
        moved = _follow_in_entry(hass, entry, journal_entry)
        managed = locks_from_entry(entry)
        if journal_entry.lock in managed:
            moved |= _follow_in_entities(hass, entry, journal_entry)
            for origin in journal_entry.replaces:
                if origin not in managed:
                    journal.async_remove_entry(origin)
        if not moved and hass.state is not CoreState.running:
            # all files were read from disk just now, and have the replacement
            journal.async_save_entry(replace(journal_entry, replaces=()))


@callback
def async_drop_replaced(journal: Journal, lock: LockId) -> None:
    """Drop the replacements of a lock that is managed again."""
    for journal_entry in list(journal.entries.values()):
        if lock in journal_entry.replaces:
            journal.async_save_entry(without_replaced(journal_entry, lock))


def _follow_in_entry(
    hass: HomeAssistant, entry: ConfigEntry[Any], journal_entry: LockJournalEntry
) -> bool:
    """Update the subentries for a replacement; return whether that was necessary."""
    managed = locks_from_entry(entry)
    origin = next((lock for lock in journal_entry.replaces if lock in managed), None)
    if origin is None or journal_entry.lock in managed:
        return False
    for subentry in list(entry.subentries.values()):
        if subentry.subentry_type == SUBENTRY_LOCK:
            if subentry.data[CONF_LOCK] == origin:
                _update(
                    hass,
                    entry,
                    subentry,
                    f"lock_{journal_entry.lock}",
                    {
                        CONF_LOCK: journal_entry.lock,
                        CONF_ADDRESS: None,
                        **data_from_address(journal_entry.address),
                        **_answers_reads(journal_entry),
                    },
                )
        elif subentry.subentry_type == SUBENTRY_PERSON:
            locks = subentry.data[CONF_LOCKS]
            if origin in locks:
                others = [
                    journal_entry.lock if lock == origin else lock for lock in locks
                ]
                _update(hass, entry, subentry, subentry.unique_id, {CONF_LOCKS: others})
    return True


def _answers_reads(journal_entry: LockJournalEntry) -> dict[str, object]:
    """Return what is stored of whether the replacement answers reads, as when it is added."""
    known = journal_entry.capabilities
    return {CONF_ANSWERS_READS: known is None or known.shows_occupancy}


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
    hass: HomeAssistant, entry: ConfigEntry[Any], journal_entry: LockJournalEntry
) -> bool:
    """Update the entities for a replacement; return whether that was necessary.

    Entity ids, names and history stay.
    """
    registry = er.async_get(hass)
    moved = False
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        for origin in journal_entry.replaces:
            if origin not in entity.unique_id:
                continue
            moved = True
            unique_id = entity.unique_id.replace(origin, journal_entry.lock)
            if not registry.async_get_entity_id(entity.domain, DOMAIN, unique_id):
                registry.async_update_entity(entity.entity_id, new_unique_id=unique_id)
    return moved
