"""People and what they hold."""

from dataclasses import dataclass
from enum import StrEnum

from .access_rules import UNRESTRICTED_RULE, AccessRule
from .notification import NO_NOTIFICATIONS, NotificationChoice

type PersonId = str
"""Minted by the flow that makes a person; a subentry's own id comes too late."""

type LockId = str
"""The entity registry id of a lock entity: it survives renaming."""


class CredentialType(StrEnum):
    """What a credential is made of."""

    PIN = "pin"


@dataclass(frozen=True, slots=True, order=True)
class CredentialRef:
    """One credential of one person."""

    person: PersonId
    credential: str = CredentialType.PIN.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A keyholder, as the user set them up.

    `locks` is None for every lock of the site, those added later included. `rule` says
    when they may come in, `notify` who is told of it.
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
        """Return whether this person's code may meet one for these locks (None: all).

        Who has every lock meets everybody: a lock may be added at any time.
        """
        return self.locks is None or locks is None or not self.locks.isdisjoint(locks)
