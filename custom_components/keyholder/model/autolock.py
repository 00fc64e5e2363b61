"""What autolock knows of a door, what its owner wants, and what follows."""

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
    """Where the bolt is, as far as the lock has said."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    JAMMED = "jammed"
    LOCKING = "locking"
    """On its way: what becomes of it is still to come."""
    UNAVAILABLE = "unavailable"
    MISSING = "missing"
    """There is no such entity, or not yet."""

    @property
    def is_known(self) -> bool:
        """Return whether the lock has said where its bolt rests."""
        return self in (Position.LOCKED, Position.UNLOCKED, Position.JAMMED)

    @property
    def is_not_locked(self) -> bool:
        """Return whether the bolt is known not to hold the door."""
        return self in (Position.UNLOCKED, Position.JAMMED)


class Door(StrEnum):
    """The leaf of the door, by its sensor."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"
    NO_SENSOR = "not_watched"
    """There is no sensor: the owner takes it to be closed."""


class UnknownDoorPolicy(StrEnum):
    """What to do where the sensor does not say whether the door is closed."""

    WAIT = "wait"
    LOCK_ANYWAY = "lock_anyway"


class UnlockSource(StrEnum):
    """How an unlock comes to be known; a lock may give both, in either order."""

    STATE = "shown"
    EVENT = "reported"


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
    STILL_UNLOCKED = "still_unlocked"
    JAMMED = "jammed"
    UNAVAILABLE = "unavailable"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class NightHours:
    """Fixed hours of the night, local time; they may span midnight."""

    begin: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class AutolockConfig:
    """What the owner wants of one door.

    `night_hours` None means from sunset to sunrise. A person's own duration goes before
    a method's, and both before day and night. `door` is the sensor's entity registry
    id. `after_close` is how long a door that was waited for has to stay closed.
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
    """All that a judgement depends on.

    `overdue` is how long ago the deadline was, across restarts. `seen`: the lock has
    said something since the start. `closing` is how much longer the door has to stay
    closed before the bolt may come out, `moving` how long that has been on its way.
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
    """A lock that reported that it is locked after our command.

    `shown` is how long ago that was, and `returned` how long ago the command came back
    after it; None while it is still under way.
    """

    shown: timedelta
    returned: timedelta | None
    reports_unlocks: bool
    """The lock does, and has reported none since."""


class AutolockAction(StrEnum):
    """What is to be done with a timer whose time is over."""

    LOCK = "lock"
    CANCEL = "drop"
    WAIT_FOR_DOOR = "wait_for_door"
    WAIT_FOR_SENSOR = "wait_for_sensor"
    """The door is not known to be closed."""
    WAIT_CLOSE_DELAY = "wait_for_leaf"
    """The door was closed only a moment ago, and may open again."""
    WAIT_FOR_AVAILABILITY = "wait_for_lock"
    """Its entity is not there yet after a start."""
    WAIT_WHILE_LOCKING = "wait_for_bolt"
    """Somebody is locking it this moment."""
    FAIL = "fail"
    """There is nothing that could be locked."""


class AutolockNoticeType(StrEnum):
    """What people are told of autolock."""

    AUTOLOCKED = "autolocked"
    FAILED = "failed"
    """It will be tried again."""
    GAVE_UP = "gave_up"
    """It will be tried again only when something changes."""
    DOOR_OPEN = "door_open"
    DOOR_UNKNOWN = "door_unknown"
    LOCKED_WHILE_OPEN = "locked_while_open"
    """The bolt came out late, on a door that had been opened."""
    CLEARED = "settled"
    """Nothing that was told before holds any more."""


@dataclass(frozen=True, slots=True)
class AutolockNotice:
    """One notice, and why, where there is a reason."""

    notice: AutolockNoticeType
    failure: AutolockFailure | None = None
