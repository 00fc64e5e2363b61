"""From the records of one lock to those of the lock that took its place."""

from dataclasses import replace

from ..model.credential import LockId
from ..model.page import LockJournalEntry
from ..model.reading import Capabilities
from ..model.slot import SlotRecord


def replacement_entry(
    page: LockJournalEntry, lock: LockId, capabilities: Capabilities
) -> LockJournalEntry:
    """Return the page of a lock that took the place of another one.

    It wants what the other one was to hold, and believes nothing: every slot is read
    before it is written. Slots that the new lock does not have are given up; who had
    one is found another.
    """
    return LockJournalEntry(
        lock=lock,
        name=page.name,
        capabilities=capabilities,
        records={
            slot: _unconfirmed(record)
            for slot, record in page.records.items()
            if slot in capabilities.slots
        },
        replaces=(*page.replaces, page.lock),
    )


def without_replaced(page: LockJournalEntry, lock: LockId) -> LockJournalEntry:
    """Return a page whose lock has nothing to do with that other one any more."""
    origins = tuple(origin for origin in page.replaces if origin != lock)
    return replace(page, replaces=origins)


def _unconfirmed(record: SlotRecord) -> SlotRecord:
    return SlotRecord(
        slot=record.slot,
        credential=record.credential,
        person_name=record.person_name,
        desired=record.desired,
        revision=record.revision,
        owner_saved=record.owner_saved,
        needs_read=True,
        moved=not record.is_cleared,
    )
