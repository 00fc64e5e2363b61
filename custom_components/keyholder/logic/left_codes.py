"""Which codes a deleted site leaves on its locks, and for how long that is remembered."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model.credential import LockId
from ..model.journal import LockJournalEntry
from ..model.left_codes import LeftCode, RemovedSite
from ..model.slot import SlotRecord
from .next_step import can_release

KEPT_FOR: Final = timedelta(days=30)
"""How long a new site can clear the codes of a deleted one."""


def locks_with_codes(entries: Iterable[LockJournalEntry]) -> list[LockJournalEntry]:
    """Return the journal entries with the records of codes that may be ours alone."""
    left = [
        replace(
            entry,
            records={
                slot: record
                for slot, record in entry.records.items()
                if _is_left(record)
            },
        )
        for entry in entries
    ]
    return [entry for entry in left if entry.records]


def left_codes(entries: Iterable[LockJournalEntry]) -> list[LeftCode]:
    """Return the codes of these journal entries, by the names of the locks."""
    codes = [
        LeftCode(entry.name, slot, record.person_name)
        for entry in entries
        for slot, record in entry.records.items()
    ]
    return sorted(codes, key=lambda code: (code.lock.casefold(), code.slot))


def remembered(sites: Iterable[RemovedSite], now: datetime) -> list[RemovedSite]:
    """Return the deleted sites that are not forgotten yet, also if the clock was set back."""
    return [site for site in sites if now < site.removed_at + KEPT_FOR]


def to_clear(
    sites: Iterable[RemovedSite], managed: Collection[LockId]
) -> list[LockJournalEntry]:
    """Return the journal entries of deleted sites, marked to be cleared.

    `managed` are the locks of other sites, which are theirs now. Of a lock of several
    deleted sites the latest entry counts, with the slots of the others.
    """
    found: dict[LockId, LockJournalEntry] = {}
    for site in sorted(sites, key=lambda each: each.removed_at):
        for entry in site.locks:
            if entry.lock in managed:
                continue
            before = found.get(entry.lock)
            records = {} if before is None else before.records
            found[entry.lock] = replace(
                entry,
                records={**records, **entry.records},
                clear_requested=True,
                replaces=(),
            )
    return list(found.values())


def _is_left(record: SlotRecord) -> bool:
    """Return whether a code of ours may be in the slot."""
    return not record.is_cleared and not can_release(record)
