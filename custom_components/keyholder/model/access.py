"""Who did what at which door."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .credential import LockId, PersonId
from .lock_events import Method


class AccessType(StrEnum):
    """What happened; the event types of a lock's `access` entity."""

    UNLOCKED = "unlocked"
    LOCKED = "locked"
    DENIED = "denied"
    JAMMED = "jammed"
    CODE_ADDED = "code_added"
    CODE_CHANGED = "code_changed"
    CODE_REMOVED = "code_removed"
    AUTOLOCKED = "autolocked"
    AUTOLOCK_FAILED = "autolock_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEvent:
    """One thing that happened at a lock, told once. Never carries a code.

    `person` and `name` are None where nobody is known to have done it.
    """

    lock: LockId
    type: AccessType
    at: datetime
    method: Method | None = None
    slot: int | None = None
    person: PersonId | None = None
    name: str | None = None
