"""Access events at a lock, and the usage of the credentials of a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

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


BOLT_EVENTS: Final = (AccessType.LOCKED, AccessType.UNLOCKED)
"""The types of event in which the bolt moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEvent:
    """One event at a lock, published once. Never carries a code.

    `person` and `name` are None where the person is not known. `digits_of` is then the
    person whose digits the code is known to have: somebody else put it there. `reason`
    is why access was denied, None where the lock does not say. `message` is why a door
    could not be locked, in Home Assistant's language. `is_historic`: a lock or its stack
    reported it so late that it is only history, and no occasion to notify. `reported_at`
    is when it happened by the lock's own clock, where that is not `at`.
    """

    lock: LockId
    type: AccessType
    at: datetime
    method: Method | None = None
    slot: int | None = None
    person: PersonId | None = None
    name: str | None = None
    digits_of: PersonId | None = None
    reason: DenialReason | None = None
    message: str | None = None
    is_historic: bool = False
    reported_at: datetime | None = None

    @property
    def is_use(self) -> bool:
        """Return whether a person's code opened the door at the keypad."""
        return self.type is AccessType.UNLOCKED and self.is_by_code

    @property
    def counts_for(self) -> PersonId | None:
        """Return the person for whose digits this counts as a use, None for nobody.

        The digits were used, whoever put that code into the lock.
        """
        if self.type is AccessType.UNLOCKED and self.method is Method.KEYPAD:
            return self.person or self.digits_of
        return None

    @property
    def is_by_code(self) -> bool:
        """Return whether a person's code moved the bolt at the keypad."""
        return (
            self.type in BOLT_EVENTS
            and self.method is Method.KEYPAD
            and self.person is not None
        )


MAX_REMEMBERED_USES: Final = 64
"""How many uses of a person, the latest of all locks, a late report is compared with."""


class Use(NamedTuple):
    """One use: the lock that was opened, and when. The person is that of the `Usage`."""

    lock: LockId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How often a person's credentials opened a door, and when last.

    `uses` counts all uses, `limited_uses` those since the person has a use limit.
    `recent_uses` are the latest, oldest first, and never more than
    `MAX_REMEMBERED_USES`.
    """

    uses: int = 0
    limited_uses: int = 0
    last_used: datetime | None = None
    recent_uses: tuple[Use, ...] = ()

    def is_counted(self, use: Use, within: timedelta) -> bool:
        """Return whether a use that is reported late may have been counted already.

        That is so for one within `within` of a remembered use of the same lock, and for
        any no later than the oldest remembered use once the memory is full: rather one
        too few than one twice.
        """
        if (
            len(self.recent_uses) >= MAX_REMEMBERED_USES
            and use.at <= self.recent_uses[0].at
        ):
            return True
        return any(
            known.lock == use.lock and abs(known.at - use.at) < within
            for known in self.recent_uses
        )

    def with_use(self, use: Use, now: datetime, *, limited: bool) -> Usage:
        """Return the usage with one more use, which counts towards a limit if `limited`.

        Remembered uses later than `now` are from before the clock was set back, and are
        dropped.
        """
        recent = [known for known in self.recent_uses if known.at <= now]
        recent = sorted([*recent, use], key=lambda known: known.at)
        last = self.last_used
        return Usage(
            uses=self.uses + 1,
            limited_uses=self.limited_uses + limited,
            last_used=use.at if last is None or last > now else max(last, use.at),
            recent_uses=tuple(recent[-MAX_REMEMBERED_USES:]),
        )
