"""Autolock decisions: whether to lock a door now, and how long it may stay unlocked."""

from datetime import datetime, time, timedelta
from typing import Final

from ..model.autolock import (
    MAX_DURATION,
    AutolockAction,
    AutolockConfig,
    AutolockContext,
    AutolockFailure,
    Door,
    NightHours,
    Position,
    ReportedLocked,
    UnknownDoorPolicy,
    UnlockSource,
)
from ..model.autolock_record import AutolockRecord
from ..model.autolock_timer import RetryAfter, TimerOutcome, TimerStatus, WaitForChange
from ..model.credential import PersonId
from ..model.lock_events import Method
from ..model.timing import backoff

STALE_AFTER: Final = timedelta(days=1)
"""A timer overdue by more locks only a door that is known to be closed."""

STUCK_AFTER: Final = timedelta(minutes=1)
"""A bolt that has been moving for this long is taken to be stuck."""

SAME_UNLOCK_WINDOW: Final = timedelta(seconds=10)
"""The most time between the state and the event of one unlock; radio and servers take seconds."""

CONFIRMATION_WINDOW: Final = timedelta(seconds=10)
"""How long an integration may take to read the lock after a command: Z-Wave JS takes 5 s."""

MAX_ATTEMPTS: Final = 5
"""Consecutive failed attempts after which only a change causes the next one."""
RETRY_BASE: Final = timedelta(seconds=15)
RETRY_CAP: Final = timedelta(minutes=5)


def context_of(
    record: AutolockRecord, timer: TimerStatus, now: float
) -> AutolockContext:
    """Return the inputs of `decide_action` at this moment of the event loop's clock."""
    config, bolt, door = record.config, record.bolt, record.door
    # a sensor that is configured may have no state yet
    has_no_state = door.door is Door.NO_SENSOR and config.door is not None
    return AutolockContext(
        enabled=config.enabled,
        position=bolt.position,
        door=Door.UNKNOWN if has_no_state else door.door,
        unknown_door=config.unknown_door,
        overdue_by=timer.overdue_by,
        was_available=bolt.last_position is not None
        or now >= record.startup_grace_until,
        close_delay_left=door.close_delay_left(config.close_delay, now),
        moving=bolt.locking_for(now),
    )


def decide_action(context: AutolockContext) -> AutolockAction:
    """Return what to do with a door whose timer has ended."""
    position = context.position
    if not context.enabled or position is Position.LOCKED:
        return AutolockAction.CANCEL
    if not position.is_not_locked and position is not Position.LOCKING:
        return (
            AutolockAction.FAIL
            if context.was_available
            else AutolockAction.WAIT_FOR_AVAILABILITY
        )
    if (wait := _wait_for_door(context)) is not None:
        return wait
    if position is Position.LOCKING and context.moving < STUCK_AFTER:
        return AutolockAction.WAIT_WHILE_LOCKING
    return AutolockAction.LOCK


def _wait_for_door(context: AutolockContext) -> AutolockAction | None:
    match context.door:
        case Door.OPEN:
            return AutolockAction.WAIT_FOR_DOOR
        case Door.CLOSED:
            return AutolockAction.WAIT_CLOSE_DELAY if context.close_delay_left else None
        case Door.UNKNOWN if context.unknown_door is UnknownDoorPolicy.WAIT:
            return AutolockAction.WAIT_FOR_SENSOR
    return AutolockAction.WAIT_FOR_SENSOR if context.overdue_by > STALE_AFTER else None


def is_unconfirmed(locked: ReportedLocked) -> bool:
    """Return whether the lock's current state may still be a result of our command."""
    return locked.since_returned is None or locked.since_returned < CONFIRMATION_WINDOW


def retracted_by(position: Position, locked: ReportedLocked) -> AutolockFailure | None:
    """Return why a door that was reported as locked is not, None where it may have been.

    A jam right after our command is a failure of it. "Unlocked" may be a real unlock,
    unless the lock would have reported that. An unavailable lock proves nothing about
    its bolt.
    """
    if position is Position.JAMMED and is_unconfirmed(locked):
        return AutolockFailure.JAMMED
    if (
        position is Position.UNLOCKED
        and locked.reports_unlocks
        and locked.since_reported < CONFIRMATION_WINDOW
    ):
        return AutolockFailure.STILL_UNLOCKED
    return None


def retry_after(failed: int) -> timedelta | None:
    """Return the wait after so many failed attempts, None where autolock gives up."""
    if failed >= MAX_ATTEMPTS:
        return None
    return backoff(RETRY_BASE, RETRY_CAP, failed)


def outcome_of_failure(attempt: int) -> TimerOutcome:
    """Return what becomes of a timer entry after one more than so many failed attempts."""
    wait = retry_after(attempt + 1)
    if wait is None:
        return WaitForChange(failed=True)
    return RetryAfter(wait, failed=True)


def min_command_interval(commands: int) -> timedelta:
    """Return the least time after so many consecutive commands that locked nothing."""
    return backoff(RETRY_BASE, RETRY_CAP, commands)


def remaining(deadline: datetime, duration: timedelta, now: datetime) -> timedelta:
    """Return the time left after a restart: never more than the whole duration."""
    return min(max(deadline - now, timedelta(0)), duration)


def autolock_duration(
    config: AutolockConfig,
    *,
    night: bool,
    person: PersonId | None,
    method: Method | None,
) -> timedelta:
    """Return how long the door may stay unlocked after this unlock."""
    if person is not None and person in config.per_person:
        return min(config.per_person[person], MAX_DURATION)
    if method is not None and method in config.per_method:
        return min(config.per_method[method], MAX_DURATION)
    return min(config.night if night else config.day, MAX_DURATION)


def is_within(hours: NightHours, at: time) -> bool:
    """Return whether a local time is in these hours; equal ends mean the whole day."""
    if hours.begin < hours.end:
        return hours.begin <= at < hours.end
    return at >= hours.begin or at < hours.end


def is_stale_unlock(at: datetime, last: datetime | None, now: datetime) -> bool:
    """Return whether an unlock happened before the last one, or is that one."""
    if last is None or at == last:
        return last is not None
    # a last unlock in the future means that the clock was set back since
    return at < last <= now


def is_same_unlock(first: UnlockSource, second: UnlockSource, apart: timedelta) -> bool:
    """Return whether two unlock reports from different sources are of one unlock."""
    return first is not second and apart <= SAME_UNLOCK_WINDOW
