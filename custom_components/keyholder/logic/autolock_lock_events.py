"""What was seen of a lock and its door, in the autolock record."""

from dataclasses import replace
from datetime import timedelta

from ..model.autolock import (
    UNAVAILABLE_FAILURES,
    AutolockNoticeType,
    Door,
    Position,
    TimerReason,
)
from ..model.autolock_events import (
    AutolockLockEvent,
    DoorChanged,
    JamReported,
    LockAvailable,
    PositionChanged,
    UnlockReported,
)
from ..model.autolock_record import AutolockRecord, BoltState
from ..model.autolock_timer import TimerStatus
from .autolock_commands import on_jam_reported, on_locked, retract_confirmation
from .autolock_step import (
    AutolockStep,
    clear_notice,
    schedule_evaluation,
    start_timer,
)
from .unlock_correlation import on_unlock_report, on_unlocked_state


def on_lock_event(
    step: AutolockStep, event: AutolockLockEvent, timer: TimerStatus, now: float
) -> AutolockStep:
    """Process what was seen of the lock or its door."""
    match event:
        case PositionChanged(position):
            return _on_position(step, position, timer, now)
        case UnlockReported():
            return _on_unlock_reported(step, event, now)
        case JamReported():
            return on_jam_reported(step, now)
        case LockAvailable():
            return schedule_evaluation(step, now)
        case DoorChanged(door):
            return _on_door(step, door, timer, now)


def _on_position(
    step: AutolockStep, position: Position, timer: TimerStatus, now: float
) -> AutolockStep:
    record, bolt = step.record, step.record.bolt
    if bolt.position is position:
        return step
    command = record.command
    record = replace(
        record,
        bolt=bolt.with_position(position, now),
        command=None if command is None else command.with_position(position),
    )
    step = step.with_record(record)
    if position is Position.LOCKING and bolt.position in UNAVAILABLE_FAILURES:
        return schedule_evaluation(step, now)
    if not position.is_known:
        return step
    if position is Position.LOCKED:
        again = bolt.last_position is Position.LOCKED
        return on_locked(step, timer, now, again=again)
    if not record.config.enabled:
        return step
    return _on_not_locked(step, bolt, timer, now)


def _on_not_locked(
    step: AutolockStep, before: BoltState, timer: TimerStatus, now: float
) -> AutolockStep:
    """Process an unlocked or jammed bolt; `before` is its state until now."""
    record, last = step.record, before.last_position
    was_locked, starts = last is Position.LOCKED, last is None
    if was_locked:
        unlock, starts = on_unlocked_state(record.unlock, now)
        step = step.with_record(replace(record, unlock=unlock))
    step, is_ours = retract_confirmation(step, record.bolt.position, now)
    if is_ours:
        return step
    if starts and timer.pending_entry is None:
        # a jam report may still follow: then the bolt never moved
        reason = TimerReason.UNLOCKED if was_locked else TimerReason.FOUND_UNLOCKED
        return start_timer(step, reason, keep_optimistic=was_locked)
    if last is None or before.position in UNAVAILABLE_FAILURES:
        return schedule_evaluation(step, now)
    if step.record.command is not None:
        return step
    # a position change after a failure does not shorten the retry delay
    wait = timedelta(seconds=step.record.retry_not_before - now)
    return schedule_evaluation(step, now, wait)


def _on_unlock_reported(
    step: AutolockStep, event: UnlockReported, now: float
) -> AutolockStep:
    record = step.record
    if not record.config.enabled:
        return step
    unlock, starts = on_unlock_report(record.unlock, event.at, event.received_at, now)
    step = step.with_record(replace(record, unlock=unlock))
    if not starts:
        return step
    return start_timer(
        step, TimerReason.UNLOCKED, person=event.person, method=event.method
    )


def _on_door(
    step: AutolockStep, door: Door, timer: TimerStatus, now: float
) -> AutolockStep:
    before, config = step.record.door, step.record.config
    if before.door is door:
        return step
    step = step.with_record(replace(step.record, door=before.with_door(door, now)))
    if door is Door.OPEN:
        pending = timer.pending_entry
        if pending is not None and pending.reason is TimerReason.DOOR_CLOSED:
            # the door opened again before it was locked
            return start_timer(step, TimerReason.UNLOCKED)
        return step
    active = step.record.active_notice
    if door is not Door.UNKNOWN and active is AutolockNoticeType.LOCKED_WHILE_OPEN:
        step = clear_notice(step)
    is_closing = door is Door.CLOSED and before.last_door is Door.OPEN
    if (
        is_closing
        and config.lock_when_closed
        and _close_delay_is_shorter(step.record, timer)
    ):
        return start_timer(step, TimerReason.DOOR_CLOSED, config.close_delay)
    return schedule_evaluation(step, now, config.close_delay)


def _close_delay_is_shorter(record: AutolockRecord, timer: TimerStatus) -> bool:
    """Return whether the close delay ends before the timer fires."""
    # without a timer entry the door is meant to stay unlocked
    if timer.pending_entry is None or not record.bolt.is_unlocked:
        return False
    return -timer.overdue_by > record.config.close_delay
