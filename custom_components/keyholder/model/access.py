"""Access events: what was done at a lock, how, and by whom."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .credential import LockId, PersonId
from .lock_events import DenialReason, Method


class AccessType(StrEnum):
    """The type of an access event; the event types of a lock's `access` entity."""

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
    """One event at a lock, published once. Never carries a code.

    `person` and `name` are None where the person is not known. `reason` is why access
    was denied, None where the lock does not say. `is_historic`: a lock or its stack
    reported it so late that it is only history, and no occasion to notify.
    """

    lock: LockId
    type: AccessType
    at: datetime
    method: Method | None = None
    slot: int | None = None
    person: PersonId | None = None
    name: str | None = None
    reason: DenialReason | None = None
    is_historic: bool = False

    @property
    def is_use(self) -> bool:
        """Return whether a person's code opened the door at the keypad."""
        return (
            self.type is AccessType.UNLOCKED
            and self.method is Method.KEYPAD
            and self.person is not None
        )
