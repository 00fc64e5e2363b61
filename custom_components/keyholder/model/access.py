"""Who did what at which door."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .credential import LockId, PersonId
from .lock_events import DenialReason, Method


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

    `person` and `name` are None where nobody is known to have done it. `reason` is why
    somebody was turned away, None where the lock does not say. `past`: it is history that
    a lock or its stack tells late; it is no news to anybody.
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
        """Return whether somebody's code opened the door."""
        return (
            self.type is AccessType.UNLOCKED
            and self.method is Method.KEYPAD
            and self.person is not None
        )

    @property
    def is_unknown_user(self) -> bool:
        """Return whether somebody was at the keypad, and nobody knows who."""
        at_keypad = self.method is Method.KEYPAD or self.type is AccessType.DENIED
        return at_keypad and self.person is None
