"""The autolock reducer: a pure function from a lock's record and an event to record and effects.

Nothing else changes the record. `logic.autolock.decide_action` then says what to do with
a door whose timer has elapsed.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from ..model.autolock import (
    UNAVAILABLE_FAILURES,
    AutolockAction,
    AutolockConfig,
    AutolockNoticeType,
    Position,
    TimerReason,
)
from ..model.autolock_events import (
    AttemptFailed,
    AutolockEvent,
    CancelRequested,
    CancelTimer,
    ConfigChanged,
    ControllerClosing,
    ControllerEvent,
    ControllerStarting,
    DoorChanged,
    EvaluateTimer,
    JamReported,
    LockAvailable,
    LockCommandReturned,
    LockCommandSent,
    PositionChanged,
    RequestEvent,
    StartRequested,
    TimerElapsed,
    TimerRestored,
    UnlockReported,
)
from ..model.autolock_record import AutolockRecord
from ..model.autolock_timer import TimerStatus
from .autolock_commands import on_returned, on_sent
from .autolock_lock_events import on_lock_event
from .autolock_step import (
    AutolockStep,
    cancel_timer,
    clear_notice,
    fail_attempt,
    publish_once,
    retry,
    schedule_evaluation,
    start_timer,
    wait_for_change,
)
from .unlock_correlation import overridden

STARTUP_GRACE: Final = timedelta(minutes=5)
"""Time after a start in which a missing or unavailable lock is not a failure."""
MOVING_RECHECK: Final = timedelta(seconds=10)
"""Delay before a bolt that was locking is evaluated again."""


def reduce(
    record: AutolockRecord, event: AutolockEvent, timer: TimerStatus, now: float
) -> AutolockStep:
    """Return the record after the event, the effects, and the outcome of the timer entry.

    `timer` is the timer before the effects, `now` in seconds of the event loop's clock.
    """
    step = AutolockStep(record)
    match event:
        case ConfigChanged() | StartRequested() | CancelRequested():
            return _on_request(step, event, timer, now)
        case (
            PositionChanged()
            | UnlockReported()
            | JamReported()
            | LockAvailable()
            | DoorChanged()
        ):
            return on_lock_event(step, event, timer, now)
        case _:
            return _on_controller_event(step, event, timer, now)


# The user


def _on_request(
    step: AutolockStep, event: RequestEvent, timer: TimerStatus, now: float
) -> AutolockStep:
    match event:
        case ConfigChanged(config):
            return _on_config(step, config, now)
        case StartRequested(duration):
            return _on_start_requested(step, duration, timer)
        case CancelRequested():
            return _on_cancel_requested(step)


def _on_config(step: AutolockStep, config: AutolockConfig, now: float) -> AutolockStep:
    before, record = step.record.config, replace(step.record, config=config)
    step = step.with_record(record)
    if before.enabled and not config.enabled:
        return cancel_timer(step)
    if config.enabled and not before.enabled and record.bolt.is_unlocked:
        return start_timer(step, TimerReason.SWITCHED_ON)
    return schedule_evaluation(step, now) if before != config else step


def _on_start_requested(
    step: AutolockStep, duration: timedelta, timer: TimerStatus
) -> AutolockStep:
    record = step.record
    is_locked = record.bolt.position is Position.LOCKED
    if not record.config.enabled or (is_locked and timer.pending_entry is None):
        return step
    step = step.with_record(replace(record, unlock=overridden(record.unlock)))
    return start_timer(step, TimerReason.ACTION, duration)


def _on_cancel_requested(step: AutolockStep) -> AutolockStep:
    step = clear_notice(step)
    record = step.record
    step = step.with_record(
        replace(record, unlock=overridden(record.unlock), optimistic=None)
    )
    return step.with_effect(CancelTimer())


# The controller, its timer and its command


def _on_controller_event(
    step: AutolockStep, event: ControllerEvent, timer: TimerStatus, now: float
) -> AutolockStep:
    match event:
        case ControllerStarting(config):
            return step.with_record(replace(step.record, config=config))
        case TimerRestored():
            return _on_timer_restored(step, timer)
        case TimerElapsed():
            return _on_elapsed(step, event, now)
        case LockCommandSent():
            return on_sent(step, now)
        case LockCommandReturned(succeeded):
            return on_returned(step, now, succeeded=succeeded)
        case AttemptFailed(attempt, failure, message):
            return fail_attempt(step, attempt, failure, now, message)
        case ControllerClosing():
            # nothing would clear the notice later
            return clear_notice(step)


def _on_timer_restored(step: AutolockStep, timer: TimerStatus) -> AutolockStep:
    record, entry = step.record, timer.entry
    if entry is None:
        return step
    if not record.config.enabled:
        return step.with_effect(CancelTimer())
    unlock = replace(record.unlock, reported_at=entry.operated_at)
    step = step.with_record(replace(record, unlock=unlock))
    return step.with_effect(EvaluateTimer(STARTUP_GRACE))


def _on_elapsed(step: AutolockStep, event: TimerElapsed, now: float) -> AutolockStep:
    record = step.record
    match event.action:
        case AutolockAction.CANCEL:
            step = clear_notice(step)
            return step.with_record(replace(step.record, optimistic=None))
        case AutolockAction.WAIT_FOR_AVAILABILITY:
            return retry(step, timedelta(seconds=record.startup_grace_until - now))
        case AutolockAction.WAIT_WHILE_LOCKING:
            return retry(step, MOVING_RECHECK)
        case AutolockAction.WAIT_CLOSE_DELAY:
            delay = record.config.close_delay
            return retry(step, record.door.close_delay_left(delay, now))
        case AutolockAction.WAIT_FOR_DOOR:
            return wait_for_change(publish_once(step, AutolockNoticeType.DOOR_OPEN))
        case AutolockAction.WAIT_FOR_SENSOR:
            return wait_for_change(publish_once(step, AutolockNoticeType.DOOR_UNKNOWN))
        case AutolockAction.FAIL:
            failure = UNAVAILABLE_FAILURES[record.bolt.position]
            return fail_attempt(step, event.attempt, failure, now)
        case AutolockAction.LOCK:
            # the controller sends the command
            return step
