"""The autolock record of one lock: all that has been seen of its bolt, door and commands.

`logic.autolock_reducer` changes it. Moments without a date are seconds of the event
loop's clock: setting the wall clock does not change them.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from .autolock import (
    AutolockConfig,
    AutolockFailure,
    AutolockNoticeType,
    Door,
    Position,
    ReportedLocked,
    UnlockSource,
)
from .autolock_timer import TimerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class BoltState:
    """The position of the bolt, and the last position in which it was at rest.

    `last_position` is kept while the bolt moves or the lock is unavailable.
    """

    position: Position = Position.MISSING
    last_position: Position | None = None
    locking_since: float = 0.0

    def with_position(self, position: Position, now: float) -> Self:
        """Return the state after the lock entity has changed to this position."""
        if position is Position.LOCKING:
            return replace(self, position=position, locking_since=now)
        if position.is_known:
            return replace(self, position=position, last_position=position)
        return replace(self, position=position)

    @property
    def is_unlocked(self) -> bool:
        """Return whether the last known position is not locked."""
        return self.last_position is not None and self.last_position.is_not_locked

    def locking_for(self, now: float) -> timedelta:
        """Return for how long the bolt has been locking, zero in other positions."""
        if self.position is not Position.LOCKING:
            return timedelta(0)
        return timedelta(seconds=now - self.locking_since)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorState:
    """The state of the door sensor, its last known state, and when the door was closed."""

    door: Door = Door.NO_SENSOR
    last_door: Door | None = None
    closed_at: float | None = None

    def with_door(self, door: Door, now: float) -> Self:
        """Return the state after the sensor has changed; its first state is no closing."""
        is_closing = door is Door.CLOSED and self.last_door is not None
        return replace(
            self,
            door=door,
            last_door=self.last_door if door is Door.UNKNOWN else door,
            closed_at=now if is_closing else self.closed_at,
        )

    def close_delay_left(self, delay: timedelta, now: float) -> timedelta:
        """Return how much longer the door must stay closed to have been so for `delay`."""
        if self.closed_at is None:
            return timedelta(0)
        closed = timedelta(seconds=now - self.closed_at)
        return max(delay - closed, timedelta(0))


@dataclass(frozen=True, slots=True)
class UnlockSign:
    """The first sign of an unlock, and when it was seen."""

    source: UnlockSource
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockState:
    """The current unlock: a state change and a report of it, in either order.

    `first_sign` is the one that may still be followed by the other. `is_overridden`: an
    action has set or cancelled the timer since. `reported_at` is the time of the last
    unlock that the lock reported.
    """

    first_sign: UnlockSign | None = None
    is_overridden: bool = False
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReports:
    """What the lock has reported since our command was sent.

    `has_result`: it has reported that it is locked or jammed. `failure` is the result
    by its last report. `jam_reported`: the lock reported a jam itself, so that a locked
    state after it is an assumption.
    """

    has_result: bool = False
    failure: AutolockFailure | None = None
    jam_reported: bool = False

    def with_position(self, position: Position) -> Self:
        """Return the reports after a position of the lock entity.

        A locked state may change again before the command returns. An unavailable or
        missing entity does not change the result.
        """
        match position:
            case Position.LOCKED:
                failure = AutolockFailure.JAMMED if self.jam_reported else None
                return replace(self, has_result=True, failure=failure)
            case Position.JAMMED:
                return replace(self, has_result=True, failure=AutolockFailure.JAMMED)
            case Position.UNLOCKED if self.has_result:
                failure = self.failure or AutolockFailure.STILL_UNLOCKED
                return replace(self, failure=failure)
        return self

    def with_jam(self) -> Self:
        """Return the reports after the lock has reported a jammed bolt."""
        return replace(self.with_position(Position.JAMMED), jam_reported=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimisticLock:
    """A locked state after our own command, which may be an assumption.

    Without Supervision, Z-Wave JS reports the requested state once the lock has
    received the frame. A later state or event may prove that the bolt never moved.
    `entry` is the timer entry that the command seems to have completed, `returned_at`
    when the command returned. `is_retracted`: the lock contradicted the state; it may
    still report the reason.
    """

    entry: TimerEntry
    locked_at: float
    returned_at: float | None = None
    is_retracted: bool = False

    def with_command_returned(self, now: float) -> Self:
        """Return the state after a command has returned; only the first one counts."""
        return self if self.returned_at is not None else replace(self, returned_at=now)

    def reported_locked(self, now: float, *, reports_unlocks: bool) -> ReportedLocked:
        """Return for how long the lock has been reported as locked."""
        returned = self.returned_at
        return ReportedLocked(
            since_reported=timedelta(seconds=now - self.locked_at),
            since_returned=None
            if returned is None
            else timedelta(seconds=now - returned),
            reports_unlocks=reports_unlocks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AutolockRecord:
    """All that autolock remembers of one lock, except its timer.

    `startup_grace_until`: until then a missing or unavailable lock is not a failure.
    `command` is None while no command is in flight. `commanded_at` is when the last
    command was sent that may still have an effect, `unconfirmed_commands` counts the
    consecutive ones that locked nothing. `retry_not_before`: a change of position does
    not cause an attempt before. `optimistic` is None while no locked state may be an
    assumption. `active_notice` is the last notice that still applies.
    """

    config: AutolockConfig = field(default_factory=AutolockConfig)
    startup_grace_until: float = 0.0
    bolt: BoltState = BoltState()
    door: DoorState = DoorState()
    unlock: UnlockState = UnlockState()
    command: CommandReports | None = None
    commanded_at: float | None = None
    unconfirmed_commands: int = 0
    retry_not_before: float = 0.0
    optimistic: OptimisticLock | None = None
    active_notice: AutolockNoticeType | None = None
