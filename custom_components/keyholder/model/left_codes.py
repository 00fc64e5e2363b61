"""What a site that was deleted has left on its locks."""

from dataclasses import dataclass
from datetime import datetime

from .journal import LockJournalEntry


@dataclass(frozen=True, slots=True)
class LeftCode:
    """A code of ours that stays on a lock; the names are those of then."""

    lock: str
    slot: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedSite:
    """A site that was deleted while codes of it were on locks, and its journal."""

    entry_id: str
    title: str
    removed_at: datetime
    locks: tuple[LockJournalEntry, ...]
