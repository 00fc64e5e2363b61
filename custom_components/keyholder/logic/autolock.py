"""Whether a door is to be locked now, and how long it may stay unlocked."""

from datetime import datetime, time, timedelta
from typing import Final

from ..model.autolock import (
    LONGEST,
    AutolockRules,
    Door,
    Failure,
    NightHours,
    Position,
    ReportedLocked,
    Sign,
    Situation,
    UnknownDoor,
    Verdict,
)
from ..model.credential import PersonId
from ..model.lock_events import Method
from ..model.timing import backoff

OLD: Final = timedelta(days=1)
"""Older intents lock only a door that is known to be closed."""

STUCK: Final = timedelta(minutes=1)
"""A bolt that has been on its way for as long does not move."""

TOGETHER: Final = timedelta(seconds=10)
"""How far apart the signs of one unlock may be; radio and servers take seconds."""

DOUBT: Final = timedelta(seconds=10)
"""Until when an integration has looked: Z-Wave JS does so after five seconds."""

MAX_ATTEMPTS: Final = 5
"""Failed attempts in a row after which only a change brings the next one."""
RETRY_BASE: Final = timedelta(seconds=15)
RETRY_CAP: Final = timedelta(minutes=5)


def judge(situation: Situation) -> Verdict:
    """Return what to do with a door whose time is over."""
    position = situation.position
    if not situation.enabled or position is Position.LOCKED:
        return Verdict.DROP
    if not position.is_open and position is not Position.LOCKING:
        return Verdict.FAIL if situation.seen else Verdict.WAIT_FOR_LOCK
    if (waits := _waits_for(situation)) is not None:
        return waits
    if position is Position.LOCKING and situation.moving < STUCK:
        return Verdict.WAIT_FOR_BOLT
    return Verdict.LOCK


def _waits_for(situation: Situation) -> Verdict | None:
    match situation.door:
        case Door.OPEN:
            return Verdict.WAIT_FOR_DOOR
        case Door.CLOSED:
            return Verdict.WAIT_FOR_LEAF if situation.closing else None
        case Door.UNKNOWN if situation.unknown_door is UnknownDoor.WAIT:
            return Verdict.WAIT_FOR_SENSOR
    return Verdict.WAIT_FOR_SENSOR if situation.overdue > OLD else None


def is_in_doubt(locked: ReportedLocked) -> bool:
    """Return whether what the lock shows now may belong to our command."""
    return locked.returned is None or locked.returned < DOUBT


def refuted_by(position: Position, locked: ReportedLocked) -> Failure | None:
    """Return why a door that was shown as locked never was, None where it may have been.

    Nobody wants a jam. Somebody may well have unlocked the door, unless the lock would
    have reported that. A lock that is away says nothing of its bolt.
    """
    if position is Position.JAMMED and is_in_doubt(locked):
        return Failure.JAMMED
    if (
        position is Position.UNLOCKED
        and locked.reports_unlocks
        and locked.shown < DOUBT
    ):
        return Failure.STILL_UNLOCKED
    return None


def retry_after(failed: int) -> timedelta | None:
    """Return the wait after so many failed attempts, None where it is given up."""
    if failed >= MAX_ATTEMPTS:
        return None
    return backoff(RETRY_BASE, RETRY_CAP, failed)


def spacing(commands: int) -> timedelta:
    """Return the least time after so many commands in a row that locked nothing."""
    return backoff(RETRY_BASE, RETRY_CAP, commands)


def remaining(deadline: datetime, duration: timedelta, now: datetime) -> timedelta:
    """Return what is left after a start: never more than the whole duration."""
    return min(max(deadline - now, timedelta(0)), duration)


def duration_of(
    rules: AutolockRules, *, night: bool, person: PersonId | None, method: Method | None
) -> timedelta:
    """Return how long the door may stay unlocked after this unlock."""
    if person is not None and person in rules.per_person:
        return min(rules.per_person[person], LONGEST)
    if method is not None and method in rules.per_method:
        return min(rules.per_method[method], LONGEST)
    return min(rules.night if night else rules.day, LONGEST)


def is_within(hours: NightHours, at: time) -> bool:
    """Return whether a local time is in these hours; equal ends mean the whole day."""
    if hours.begin < hours.end:
        return hours.begin <= at < hours.end
    return at >= hours.begin or at < hours.end


def is_history(at: datetime, last: datetime | None, now: datetime) -> bool:
    """Return whether an unlock was before the last one, or is that one."""
    if last is None or at == last:
        return last is not None
    # a time still to come tells that the clock was set back since
    return at < last <= now


def are_one_unlock(first: Sign, second: Sign, apart: timedelta) -> bool:
    """Return whether a second sign is of the unlock that the first one was of."""
    return first is not second and apart <= TOGETHER
