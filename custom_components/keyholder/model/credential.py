"""People: their credentials, their notification choice and their status."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .access_rules import UNRESTRICTED_RULE, AccessRule

type PersonId = str
"""Created by the flow that adds a person; the subentry's own id comes too late."""

type LockId = str
"""The entity registry id of a lock entity: it survives renaming."""


class CredentialType(StrEnum):
    """The kind of a credential."""

    PIN = "pin"


@dataclass(frozen=True, slots=True, order=True)
class CredentialRef:
    """Reference to one credential of one person."""

    person: PersonId
    credential: str = CredentialType.PIN.value


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationChoice:
    """What is notified about a person, and to which targets.

    `targets` are notify entities and scripts: registry ids, or entity ids where there
    is none. `on_use` is when the code unlocks, `on_lock` when it locks. `on_denied` also
    covers an unknown person who was denied at one of this person's locks.
    """

    on_use: bool = False
    on_lock: bool = False
    on_denied: bool = False
    targets: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Return whether any notification is requested."""
        return self.on_use or self.on_lock or self.on_denied


NO_NOTIFICATIONS: Final = NotificationChoice()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person with access, as the user configured them.

    `locks` is None for every lock of the site, those added later included. `rule` says
    when they may have access, `notify` who is notified of what they do.
    """

    person_id: PersonId
    subentry_id: str
    name: str
    locks: frozenset[LockId] | None
    enabled: bool
    rule: AccessRule = UNRESTRICTED_RULE
    notify: NotificationChoice = NO_NOTIFICATIONS

    def is_assigned(self, lock: LockId) -> bool:
        """Return whether this person is meant to have a code on the lock."""
        return self.locks is None or lock in self.locks

    def may_share_lock(self, locks: frozenset[LockId] | None) -> bool:
        """Return whether this person and one with these locks (None: all) may share a lock.

        A person with all locks shares one with everybody: a lock may be added at any
        time.
        """
        return self.locks is None or locks is None or not self.locks.isdisjoint(locks)


class PersonStatus(StrEnum):
    """Whether a person's codes are in place, and if not, why."""

    ACTIVE = "active"
    """Every lock has shown the code, or accepted it if it shows none."""
    PARTLY = "partly"
    """Some locks have."""
    SETTING_UP = "setting_up"
    """No lock has yet."""
    SCHEDULED = "scheduled"
    """The rule allows access at another time."""
    BLOCKED = "blocked"
    """A condition of the rule is not met."""
    EXPIRED = "expired"
    USED_UP = "used_up"
    INACTIVE = "inactive"
    """No lock is assigned to the person."""
    DISABLED = "disabled"
    ATTENTION = "attention"
