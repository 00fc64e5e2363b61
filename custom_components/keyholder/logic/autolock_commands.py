"""Our lock command in the autolock record: sent, confirmed, returned, or contradicted."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from ..model.autolock import AutolockFailure, AutolockNoticeType, Door, Position
from ..model.autolock_events import ResumeTimer
from ..model.autolock_record import CommandReports, OptimisticLock
from ..model.autolock_timer import TimerStatus
from .autolock import is_unconfirmed, retracted_by, retry_after
from .autolock_step import (
    AutolockStep,
    cancel_timer,
    fail_attempt,
    publish,
    publish_once,
)
from .unlock_correlation import locked_again

LATE_LOCK_WINDOW: Final = timedelta(minutes=5)
"""Time after a command in which a locked state is attributed to that command."""


def on_sent(step: AutolockStep, now: float) -> AutolockStep:
    """Process that a command is about to be sent."""
    record = step.record
    return step.with_record(
        replace(
            record,
            command=CommandReports(),
            commanded_at=now,
            unconfirmed_commands=record.unconfirmed_commands + 1,
            optimistic=None,
        )
    )


def on_returned(step: AutolockStep, now: float, *, succeeded: bool) -> AutolockStep:
    """Process the end of a command."""
    record = step.record
    optimistic = record.optimistic
    if optimistic is not None:
        optimistic = optimistic.with_command_returned(now)
    step = step.with_record(replace(record, command=None, optimistic=optimistic))
    return publish(step, AutolockNoticeType.AUTOLOCKED) if succeeded else step


def on_jam_reported(step: AutolockStep, now: float) -> AutolockStep:
    """Process that the lock reported a jam."""
    record = step.record
    if record.command is not None:
        step = step.with_record(replace(record, command=record.command.with_jam()))
    return retract_confirmation(step, Position.JAMMED, now)[0]


def on_locked(
    step: AutolockStep, timer: TimerStatus, now: float, *, again: bool
) -> AutolockStep:
    """Process a locked state; `again` if the last known position was locked too."""
    command, commanded_at = step.record.command, step.record.commanded_at
    step = cancel_timer(step, keep_optimistic=again)
    record = replace(
        step.record, unlock=locked_again(step.record.unlock), commanded_at=None
    )
    step = step.with_record(record)
    is_overdue = timer.overdue_by >= timedelta(0)
    if command is not None and timer.entry is not None and is_overdue:
        optimistic = OptimisticLock(entry=timer.entry, locked_at=now)
        step = step.with_record(replace(record, optimistic=optimistic))
        if command.jam_reported:
            return retract_confirmation(step, Position.JAMMED, now)[0]
    if record.door.door is not Door.OPEN or commanded_at is None:
        return step
    if now - commanded_at < LATE_LOCK_WINDOW.total_seconds():
        return publish_once(step, AutolockNoticeType.LOCKED_WHILE_OPEN)
    return step


def retract_confirmation(
    step: AutolockStep, position: Position, now: float
) -> tuple[AutolockStep, bool]:
    """Resume the timer entry if this position disproves the optimistic locked state.

    The second result: the position belongs to our command and needs no timer of its own.
    """
    record, optimistic = step.record, step.record.optimistic
    if optimistic is None:
        return step, False
    # an unlock reported after the command ends the optimistic state
    reports_unlocks = record.unlock.reported_at is not None
    locked = optimistic.reported_locked(now, reports_unlocks=reports_unlocks)
    failure, entry = retracted_by(position, locked), optimistic.entry
    if optimistic.is_retracted:
        if failure is AutolockFailure.JAMMED:
            step = fail_attempt(step, entry.attempt, failure, now)
        return step, is_unconfirmed(locked)
    if failure is None:
        return step, False
    failed = entry.attempt + 1
    step = step.with_record(
        replace(
            record,
            optimistic=replace(optimistic, is_retracted=True),
            commanded_at=now,
            unconfirmed_commands=failed,
        )
    )
    # the report of a real unlock may still arrive, so do not notify at once
    if failure is AutolockFailure.JAMMED or failed > 1:
        step = fail_attempt(step, entry.attempt, failure, now)
    resumed = replace(entry, attempt=failed)
    return step.with_effect(ResumeTimer(resumed, retry_after(failed))), True
