"""Autolock: the configuration of a door, the state of its lock and sensor, and the results.

Autolock locks a door again some time after it was unlocked. `logic.autolock` decides on
these types.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .credential import PersonId
from .lock_events import Method

MIN_DURATION: Final = timedelta(minutes=1)
MAX_DURATION: Final = timedelta(hours=24)


class Position(StrEnum):
    """The position of the bolt, as last reported by the lock."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    JAMMED = "jammed"
    LOCKING = "locking"
    """The bolt is moving; its final position is still to be reported."""
    UNAVAILABLE = "unavailable"
    MISSING = "missing"
    """There is no such entity, or not yet."""

    @property
    def is_known(self) -> bool:
        """Return whether the lock has reported a final position of its bolt."""
        return self in (Position.LOCKED, Position.UNLOCKED, Position.JAMMED)

    @property
    def is_not_locked(self) -> bool:
        """Return whether the door is known not to be locked."""
        return self in (Position.UNLOCKED, Position.JAMMED)


class Door(StrEnum):
    """The state of the door, by its sensor."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"
    NO_SENSOR = "not_watched"
    """There is no sensor: the door is taken to be closed."""


class UnknownDoorPolicy(StrEnum):
    """What to do while the sensor does not say whether the door is closed."""

    WAIT = "wait"
    LOCK_ANYWAY = "lock_anyway"


class UnlockSource(StrEnum):
    """How an unlock was detected; a lock may give both, in either order."""

    STATE = "state"
    EVENT = "event"


class TimerReason(StrEnum):
    """Why a timer runs; each is a translated key."""

    UNLOCKED = "unlocked"
    FOUND_UNLOCKED = "found_unlocked"
    SWITCHED_ON = "switched_on"
    DOOR_CLOSED = "door_closed"
    ACTION = "action"


class AutolockFailure(StrEnum):
    """Why a door could not be locked; each is a translated key."""

    COMMAND_FAILED = "command_failed"
    CODE_NEEDED = "code_needed"
    """The lock takes no command without a code, and none is set for it."""
    STILL_UNLOCKED = "still_unlocked"
    JAMMED = "jammed"
    UNAVAILABLE = "unavailable"
    MISSING = "missing"


UNAVAILABLE_FAILURES: Final = {
    Position.UNAVAILABLE: AutolockFailure.UNAVAILABLE,
    Position.MISSING: AutolockFailure.MISSING,
}
"""The positions in which nothing is known of the bolt, and the failure that each is."""


@dataclass(frozen=True, slots=True)
class NightHours:
    """Fixed hours of the night in local time; they may span midnight."""

    begin: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class AutolockConfig:
    """The autolock configuration of one door.

    `day` and `night` are how long the door may stay unlocked; a person's own duration
    takes precedence over a method's, and both over day and night. `night_hours` None
    means from sunset to sunrise. `door` is the sensor's entity registry id.
    `close_delay` is how long a door that autolock waited for has to stay closed.
    """

    enabled: bool = False
    day: timedelta = timedelta(minutes=5)
    night: timedelta = timedelta(minutes=2)
    night_hours: NightHours | None = None
    per_person: Mapping[PersonId, timedelta] = field(
        default_factory=lambda: MappingProxyType({})
    )
    per_method: Mapping[Method, timedelta] = field(
        default_factory=lambda: MappingProxyType({})
    )
    door: str | None = None
    unknown_door: UnknownDoorPolicy = UnknownDoorPolicy.WAIT
    close_delay: timedelta = timedelta(seconds=10)
    lock_when_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AutolockContext:
    """All inputs of `logic.autolock.decide_action`.

    `overdue_by` is the time since the deadline, across restarts. `was_available`: the
    lock has reported a state since the start. `close_delay_left` is how much longer the
    door has to stay closed before the bolt may be thrown, `moving` how long the bolt
    has been moving.
    """

    enabled: bool
    position: Position
    door: Door
    unknown_door: UnknownDoorPolicy
    overdue_by: timedelta
    was_available: bool
    close_delay_left: timedelta = timedelta(0)
    moving: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLocked:
    """A lock that reported "locked" after our own command.

    `since_reported` is the time since that report, `since_returned` the time since the
    command returned after it; None while the command is in flight.
    """

    since_reported: timedelta
    since_returned: timedelta | None
    reports_unlocks: bool
    """The lock reports unlocks, and has reported none since."""


class AutolockAction(StrEnum):
    """What to do with a door whose timer has ended."""

    LOCK = "lock"
    CANCEL = "cancel"
    WAIT_FOR_DOOR = "wait_for_door"
    WAIT_FOR_SENSOR = "wait_for_sensor"
    """The door is not known to be closed."""
    WAIT_CLOSE_DELAY = "wait_close_delay"
    """The door was closed only a moment ago, and may open again."""
    WAIT_FOR_AVAILABILITY = "wait_for_availability"
    """The lock's entity is not available yet after a start."""
    WAIT_WHILE_LOCKING = "wait_while_locking"
    """The bolt is moving at this moment."""
    FAIL = "fail"
    """The lock is unavailable or missing."""


class AutolockNoticeType(StrEnum):
    """The notices that autolock publishes."""

    AUTOLOCKED = "autolocked"
    FAILED = "failed"
    """Locking will be tried again."""
    GAVE_UP = "gave_up"
    """Locking will be tried again only when something changes."""
    DOOR_OPEN = "door_open"
    DOOR_UNKNOWN = "door_unknown"
    LOCKED_WHILE_OPEN = "locked_while_open"
    """The bolt was thrown late, on a door that had been opened."""
    CLEARED = "cleared"
    """No earlier notice applies any more."""


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """The message of an exception of Home Assistant, to be translated when it is shown.

    `domain` is the integration that has the text of `key`. No placeholder holds a code.
    """

    domain: str
    key: str
    placeholders: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CommandFailure:
    """Why a lock command failed, with the message of its exception if it had one."""

    failure: AutolockFailure
    message: ErrorMessage | None = None


@dataclass(frozen=True, slots=True)
class AutolockNotice:
    """One notice, with the failure that caused it and its message, if any."""

    notice: AutolockNoticeType
    failure: AutolockFailure | None = None
    message: ErrorMessage | None = None
