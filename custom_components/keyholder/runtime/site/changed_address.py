"""Store the address at which a lock may be managed, and accept another one for it."""

from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ...logic.lock_replacement import unconfirmed_entry
from ...model.credential import LockId
from ...model.settings import LockSettings
from ..storage.durable_store import StorageError
from ..storage.stores import Journal
from .subentries import data_from_address


class AddressRefusal(StrEnum):
    """Why an address was not accepted; each value is a translation key."""

    GONE = "gone"
    """The lock is no longer managed, or is found at the accepted address again."""
    FOUND_ELSEWHERE = "found_elsewhere"
    """Meanwhile it is found at yet another address, which the user has not seen."""
    NOT_UNDERSTOOD = "not_understood"
    """What was found there is no lock that can be managed."""
    STORAGE_FAILED = "storage_failed"


@callback
def async_store_address(
    hass: HomeAssistant, entry: ConfigEntry[Any], settings: LockSettings
) -> None:
    """Store the accepted address of a lock in its subentry, if it has one."""
    subentry = entry.subentries.get(settings.subentry_id)
    if subentry is not None:
        data = {**subentry.data, **data_from_address(settings.address)}
        hass.config_entries.async_update_subentry(entry, subentry, data=data)


async def async_record_other_device(
    journal: Journal, lock: LockId
) -> AddressRefusal | None:
    """Drop on disk what is proven of a closed lock: another device has taken its place.

    Returns None, or why that was not possible. It comes before the new address is stored:
    a power cut in between leaves a lock that is found at an address not accepted.
    """
    journal_entry = journal.entries.get(lock)
    if journal_entry is None:
        return None
    journal.async_save_entry(unconfirmed_entry(journal_entry))
    try:
        await journal.async_commit()
    except StorageError:
        return AddressRefusal.STORAGE_FAILED
    return None
