"""Lock replacement: derive the journal entry of a lock from that of the lock it replaces."""

from dataclasses import replace

from ..model.credential import LockId
from ..model.journal import LockJournalEntry
from ..model.provider_io import Capabilities, LockAddress
from ..model.slot import Origin, SlotRecord, Target


def replacement_entry(
    journal_entry: LockJournalEntry,
    lock: LockId,
    capabilities: Capabilities,
    address: LockAddress | None = None,
) -> LockJournalEntry:
    """Return the journal entry of a lock, found at this address, that replaces another one.

    It has the desired states of the old one and no evidence: every slot is read before
    it is written. Slots that the new lock does not have are dropped; their owners are
    assigned others.
    """
    return LockJournalEntry(
        lock=lock,
        name=journal_entry.name,
        capabilities=capabilities,
        records={
            slot: _unconfirmed(record)
            for slot, record in journal_entry.records.items()
            if slot in capabilities.slots
        },
        replaces=(*journal_entry.replaces, journal_entry.lock),
        address=address,
        reads_empty=journal_entry.reads_empty,
    )


def unconfirmed_entry(journal_entry: LockJournalEntry) -> LockJournalEntry:
    """Return the entry of a lock in whose place another device has been accepted.

    As after a replacement, its slots have the desired states of before and no evidence.
    """
    records = {
        slot: _unconfirmed(record) for slot, record in journal_entry.records.items()
    }
    return replace(journal_entry, records=records)


def without_replaced(journal_entry: LockJournalEntry, lock: LockId) -> LockJournalEntry:
    """Return an entry whose lock does not count as the replacement of `lock` any more."""
    remaining = tuple(
        replaced for replaced in journal_entry.replaces if replaced != lock
    )
    return replace(journal_entry, replaces=remaining)


def _unconfirmed(record: SlotRecord) -> SlotRecord:
    return SlotRecord(
        slot=record.slot,
        credential=record.credential,
        person_name=record.person_name,
        target=Target(record.desired, record.revision),
        owner_saved=record.owner_saved,
        needs_read=True,
        # it may be the same lock, and another one has acknowledged nothing
        writes=replace(record.writes, acknowledged=False),
        origin=Origin.MANAGED if record.is_cleared else Origin.UNCONFIRMED,
    )
