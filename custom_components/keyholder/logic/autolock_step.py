"""One step of the autolock reducer: a record and the effects so far, and how they grow."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from ..model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    ErrorMessage,
    TimerReason,
)
from ..model.autolock_events import (
    AutolockEffect,
    CancelTimer,
    EvaluateTimer,
    PublishNotice,
    StartTimer,
)
from ..model.autolock_record import AutolockRecord
from ..model.autolock_timer import Finished, RetryAfter, TimerOutcome, WaitForChange
from ..model.credential import PersonId
from ..model.lock_events import Method
from .autolock import RETRY_CAP, min_command_interval, outcome_of_failure, retry_after


@dataclass(frozen=True, slots=True)
class AutolockStep:
    """The result of an event: the record after it, and what has to be done, in order.

    `outcome` is what becomes of the timer entry after `TimerElapsed` and
    `AttemptFailed`; other events have none.
    """

    record: AutolockRecord
    effects: tuple[AutolockEffect, ...] = ()
    outcome: TimerOutcome = field(default_factory=Finished)

    def with_record(self, record: AutolockRecord) -> AutolockStep:
        """Return the step with another record."""
        return replace(self, record=record)

    def with_effect(self, effect: AutolockEffect) -> AutolockStep:
        """Return the step with one more effect at the end."""
        return replace(self, effects=(*self.effects, effect))


# Notices


def publish(
    step: AutolockStep,
    notice: AutolockNoticeType,
    failure: AutolockFailure | None = None,
    message: ErrorMessage | None = None,
) -> AutolockStep:
    """Publish a notice that does not become active."""
    return step.with_effect(PublishNotice(AutolockNotice(notice, failure, message)))


def publish_once(
    step: AutolockStep,
    notice: AutolockNoticeType,
    failure: AutolockFailure | None = None,
    message: ErrorMessage | None = None,
) -> AutolockStep:
    """Publish a notice and make it active, unless it is active already."""
    if step.record.active_notice is notice:
        return step
    step = publish(step, notice, failure, message)
    return step.with_record(replace(step.record, active_notice=notice))


def clear_notice(step: AutolockStep) -> AutolockStep:
    """Publish that the active notice is cleared, if there is one."""
    if step.record.active_notice is None:
        return step
    step = publish(step, AutolockNoticeType.CLEARED)
    return step.with_record(replace(step.record, active_notice=None))


# Timer


def start_timer(
    step: AutolockStep,
    reason: TimerReason,
    duration: timedelta | None = None,
    *,
    person: PersonId | None = None,
    method: Method | None = None,
    keep_optimistic: bool = False,
) -> AutolockStep:
    """Start a new timer entry; nothing of the one before counts any more.

    With `keep_optimistic` the optimistic state stays: the lock may still report a jam.
    """
    step = reset_failures(step, keep_optimistic=keep_optimistic)
    return step.with_effect(
        StartTimer(
            reason=reason,
            duration=duration,
            person=person,
            method=method,
            operated_at=step.record.unlock.reported_at,
        )
    )


def cancel_timer(step: AutolockStep, *, keep_optimistic: bool = False) -> AutolockStep:
    """Delete the timer entry; `keep_optimistic` as in `start_timer`."""
    return reset_failures(step, keep_optimistic=keep_optimistic).with_effect(
        CancelTimer()
    )


def reset_failures(step: AutolockStep, *, keep_optimistic: bool) -> AutolockStep:
    """Reset the failure notice and retry delays; `keep_optimistic` as in `start_timer`."""
    step = clear_notice(step)
    record = step.record
    return step.with_record(
        replace(
            record,
            retry_not_before=0.0,
            unconfirmed_commands=0,
            optimistic=record.optimistic if keep_optimistic else None,
        )
    )


def schedule_evaluation(
    step: AutolockStep, now: float, after: timedelta = timedelta(0)
) -> AutolockStep:
    """Schedule an evaluation, throttled while commands stay unconfirmed."""
    record = step.record
    if record.commanded_at is not None and record.unconfirmed_commands:
        since = timedelta(seconds=now - record.commanded_at)
        interval = min_command_interval(record.unconfirmed_commands)
        after = max(after, interval - since)
    return step.with_effect(EvaluateTimer(max(after, timedelta(0))))


# Failures


def fail_attempt(
    step: AutolockStep,
    attempt: int,
    failure: AutolockFailure,
    now: float,
    message: ErrorMessage | None = None,
) -> AutolockStep:
    """Publish a failed attempt; `attempt` is the number of failed ones before it."""
    wait = retry_after(attempt + 1)
    delay = (wait or RETRY_CAP).total_seconds()
    step = step.with_record(replace(step.record, retry_not_before=now + delay))
    notice = AutolockNoticeType.GAVE_UP if wait is None else AutolockNoticeType.FAILED
    step = publish_once(step, notice, failure, message)
    return replace(step, outcome=outcome_of_failure(attempt))


def wait_for_change(step: AutolockStep) -> AutolockStep:
    """Keep the timer entry until something changes."""
    return replace(step, outcome=WaitForChange())


def retry(step: AutolockStep, after: timedelta) -> AutolockStep:
    """Evaluate the timer entry again after this time; nothing has failed."""
    return replace(step, outcome=RetryAfter(after, failed=False))
