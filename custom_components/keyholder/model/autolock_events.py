"""Events and effects of the autolock reducer in `logic.autolock_reducer`.

An event says what was seen of a lock, its door, its timer or our command. An effect is
what the controller has to do, in the order of the effects.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .autolock import (
    AutolockAction,
    AutolockConfig,
    AutolockFailure,
    AutolockNotice,
    Door,
    ErrorMessage,
    Position,
    TimerReason,
)
from .autolock_timer import TimerEntry
from .credential import PersonId
from .lock_events import Method

# Events: the lock and its door


@dataclass(frozen=True, slots=True)
class PositionChanged:
    """The lock entity has this state; an unchanged one has no effect."""

    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockReported:
    """The lock reported an unlock that happened at `at`, by the clock of its integration.

    `received_at` is the present time; `person` and `method` are None if unknown.
    """

    at: datetime
    received_at: datetime
    person: PersonId | None = None
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class JamReported:
    """The lock reported a jam; some locks do so in addition to their state."""


@dataclass(frozen=True, slots=True)
class LockAvailable:
    """The lock is reachable again; not every lock entity becomes unavailable."""


@dataclass(frozen=True, slots=True)
class DoorChanged:
    """The door sensor has this state; an unchanged one has no effect."""

    door: Door


# Events: the user


@dataclass(frozen=True, slots=True)
class ConfigChanged:
    """The configuration has changed; new durations apply from the next unlock."""

    config: AutolockConfig


@dataclass(frozen=True, slots=True)
class StartRequested:
    """An action starts the timer with this duration.

    Without effect if there is nothing to lock: autolock is off, or the lock is locked
    and has reported no unlock.
    """

    duration: timedelta


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """An action cancels the timer until the next unlock."""


# Events: the controller, its timer and its command


@dataclass(frozen=True, slots=True)
class ControllerStarting:
    """The controller starts with this configuration; the timer is not restored yet."""

    config: AutolockConfig


@dataclass(frozen=True, slots=True)
class TimerRestored:
    """The timer has loaded its stored entry, if there was one."""


@dataclass(frozen=True, slots=True)
class TimerElapsed:
    """The timer has elapsed, and `decide_action` returned this action.

    `attempt` is the number of failed attempts before. For `AutolockAction.LOCK` the
    controller sends the command instead.
    """

    action: AutolockAction
    attempt: int


@dataclass(frozen=True, slots=True)
class LockCommandSent:
    """The command is about to be sent."""


@dataclass(frozen=True, slots=True)
class LockCommandReturned:
    """The command is over; `succeeded` means that the lock reported it is locked."""

    succeeded: bool


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """The command has failed while its timer entry is still the current one."""

    attempt: int
    failure: AutolockFailure
    message: ErrorMessage | None = None


@dataclass(frozen=True, slots=True)
class ControllerClosing:
    """The controller is being closed."""


type AutolockLockEvent = (
    PositionChanged | UnlockReported | JamReported | LockAvailable | DoorChanged
)
"""What was seen of the lock and its door."""
type RequestEvent = ConfigChanged | StartRequested | CancelRequested
"""What the user asked for."""
type ControllerEvent = (
    ControllerStarting
    | TimerRestored
    | TimerElapsed
    | LockCommandSent
    | LockCommandReturned
    | AttemptFailed
    | ControllerClosing
)
"""What happened to the controller, its timer and its command."""
type AutolockEvent = AutolockLockEvent | RequestEvent | ControllerEvent


# Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """Start the timer with a new entry.

    `duration` None means the configured one for this person and method, at the present
    time of day.
    """

    reason: TimerReason
    duration: timedelta | None = None
    person: PersonId | None = None
    method: Method | None = None
    operated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResumeTimer:
    """Resume an entry that was considered finished; `after` None waits for a change."""

    entry: TimerEntry
    after: timedelta | None


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Delete the timer entry."""


@dataclass(frozen=True, slots=True)
class EvaluateTimer:
    """Evaluate the door again after this time, if the timer has elapsed."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class PublishNotice:
    """Publish a notice."""

    notice: AutolockNotice


type AutolockEffect = (
    StartTimer | ResumeTimer | CancelTimer | EvaluateTimer | PublishNotice
)
