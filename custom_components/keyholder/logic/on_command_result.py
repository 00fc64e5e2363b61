"""Slot reducer, commands: the result of a write, clear, disable or enable, and its timeout."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from ..model.evidence import Evidence
from ..model.provider_io import Occupancy, WriteResult
from ..model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    PendingCommand,
    Reason,
    SlotRecord,
    UnresolvedCommand,
)
from ..model.slot_events import (
    CommandReturned,
    LockTraits,
    NotSent,
    OutcomeUnknown,
    Rejected,
)
from ..model.timing import MAX_FAILURES, backoff
from .disabled_codes import on_switch_refused
from .pending_command import (
    abandon_pending,
    complete_pending,
    effect_possible_until,
    mark_verified,
)
from .slot_schedule import is_restricted, schedule_after_write, without_early_code
from .slot_writes import (
    absence_evidence,
    after_acknowledged_clear,
    after_write,
    is_clear_owed,
    without_clear,
    writes_after_read,
)

_SENT: Final = (WriteResult.CONFIRMED, WriteResult.OPTIMISTIC)
"""The results of a command that was sent to the lock, which acknowledged it."""


def on_returned(
    record: SlotRecord, event: CommandReturned, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record after its command returned."""
    pending = record.pending
    if pending is None or pending.started_at != event.started_at:
        return _late_return(record, event, now, traits)
    if isinstance(event.outcome, NotSent):
        return _not_sent(record)
    if isinstance(event.outcome, Rejected):
        return _refused(record, pending, event.outcome.reason, now, traits)
    acknowledged = isinstance(event.outcome, WriteResult)
    if pending.operation is Operation.WRITE:
        record = after_write(record, pending.revision, acknowledged=acknowledged)
        if acknowledged:
            record = replace(record, schedule=schedule_after_write(record))
    elif pending.operation is Operation.CLEAR and event.outcome in _SENT:
        record = after_acknowledged_clear(record)
    counts_as_failure = pending.counts_as_failure
    match event.outcome:
        case OutcomeUnknown(_, Reason() as reason) if pending.operation.keeps_code:
            # the lock says that it did not: a clear is not to wait for the effect
            return _refused(record, pending, reason, now, traits)
        case OutcomeUnknown(outcome_counts, reason):
            pending = replace(pending, reason=reason)
            counts_as_failure = counts_as_failure and outcome_counts
        case WriteResult() as result:
            seen = result is not WriteResult.OPTIMISTIC
            if seen and not pending.operation.keeps_code:
                return _on_confirmed(record, pending, now, traits)
    return _await_effect(record, pending, now, traits, counts_as_failure)


def on_refusal(
    record: SlotRecord, reason: Reason, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record after the lock reported that it did not keep a write.

    The report is taken only for a pending or unresolved write, and not against the
    evidence of a read.
    """
    pending = record.pending
    if pending is not None and pending.operation is Operation.WRITE:
        return _refused(record, pending, reason, now, traits)
    rejected = [
        command
        for command in record.unresolved_commands
        if command.operation is Operation.WRITE and now < command.may_land_until
    ]
    if not rejected:
        return record
    dropped = replace(
        record,
        unresolved_commands=tuple(
            command
            for command in record.unresolved_commands
            if command not in rejected[:1]
        ),
    )
    is_current = rejected[0].revision == record.revision and pending is None
    if record.desired is DesiredState.ABSENT or not is_current:
        return dropped
    if record.evidence.is_read_back or record.origin is Origin.UNMANAGED:
        return record
    return replace(
        dropped,
        evidence=Evidence.NONE,
        needs_read=traits.shows_occupancy,
        retry=replace(record.retry, suspended_reason=reason),
    )


def fail_pending(record: SlotRecord, now: datetime, traits: LockTraits) -> SlotRecord:
    """Return the record after the window of its command passed without effect.

    At most one failure is counted, and the next step is free to try again.
    """
    pending = record.pending
    if pending is None:
        return record
    unresolved = record.unresolved_commands
    if effect_possible_until(pending, traits.timing) > now:
        unresolved = abandon_pending(record, traits.timing)
    failed = replace(
        record,
        pending=None,
        unresolved_commands=unresolved,
        retry=replace(
            record.retry,
            failed_attempts=record.retry.failed_attempts + pending.counts_as_failure,
            unanswered_commands=0
            if pending.counts_as_failure
            else record.retry.unanswered_commands + 1,
        ),
    )
    reason = pending.reason or Reason.NOT_STORED
    return _after_failure(failed, pending, reason, now, traits)


def _after_failure(
    record: SlotRecord,
    pending: PendingCommand,
    reason: Reason,
    now: datetime,
    traits: LockTraits,
) -> SlotRecord:
    timing, retry = traits.timing, record.retry
    if pending.operation is Operation.CLEAR or not traits.shows_occupancy:
        # an unreadable lock is held back as a whole while it gives no answer
        count = retry.failed_attempts + (
            retry.unanswered_commands if traits.shows_occupancy else 0
        )
        wait = backoff(timing.clear_backoff, timing.slot_backoff_cap, count)
        retry = replace(retry, at=now + wait)
    elif retry.unanswered_commands > 1:
        # the lock seems to be reachable: each attempt costs its read-backs, too
        wait = backoff(
            timing.unreachable_backoff,
            timing.unreachable_backoff_cap,
            retry.unanswered_commands - 1,
        )
        retry = replace(retry, at=now + wait * (len(timing.read_back_delays) + 3))
    if (
        retry.failed_attempts >= MAX_FAILURES
        and pending.counts_as_failure
        # a clear is retried, with ever longer waits, until proven
        and record.desired is DesiredState.PRESENT
    ):
        suspended = retry.suspended_reason or reason
        retry = replace(retry, suspended_reason=suspended)
    return replace(record, retry=retry)


def _late_return(
    record: SlotRecord, event: CommandReturned, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record after the return of a command that was abandoned while in flight.

    From now on it is known until when the command may take effect. If it was so long
    ago that a later command stands for it, that one may take effect now.
    """
    sent = not isinstance(event.outcome, Rejected | NotSent)
    until = now + traits.timing.write_window
    is_recorded = any(
        command.started_at == event.started_at for command in record.unresolved_commands
    )
    at = event.started_at
    record = _late_write(record, event)
    if sent and not is_recorded:
        over = (
            each.started_at
            for each in record.unresolved_commands
            if each.may_land_until <= now
        )
        at = min((each for each in over if each > at), default=at)
    return replace(
        record,
        unresolved_commands=tuple(
            replace(command, may_land_until=until)
            if command.started_at == at
            else command
            for command in record.unresolved_commands
            if sent or command.started_at != at
        ),
    )


def _not_sent(record: SlotRecord) -> SlotRecord:
    """Return the record after its command could not be sent; it is due again."""
    return replace(
        without_clear(record),
        pending=None,
        unresolved_commands=_not_followed_by_clear(record),
    )


def _not_followed_by_clear(record: SlotRecord) -> tuple[UnresolvedCommand, ...]:
    """Return the record's unresolved commands after a clear that did nothing."""
    return tuple(
        replace(command, followed_by_clear=False)
        for command in record.unresolved_commands
    )


def _late_write(record: SlotRecord, event: CommandReturned) -> SlotRecord:
    """Return the record after the return of what may have been a write, abandoned."""
    for command in record.unresolved_commands:
        is_write = command.operation is Operation.WRITE
        if is_write and command.started_at == event.started_at:
            acknowledged = isinstance(event.outcome, WriteResult)
            if acknowledged or isinstance(event.outcome, OutcomeUnknown):
                return after_write(record, command.revision, acknowledged=acknowledged)
    return record


def _on_confirmed(
    record: SlotRecord, pending: PendingCommand, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record after the provider itself has read the effect back."""
    seen = _confirmed_observation(pending, now, traits)
    awaiting = replace(
        _await_effect(record, pending, now, traits, pending.counts_as_failure),
        observed=seen,
        writes=writes_after_read(record, seen, now, traits),
    )
    writes = pending.operation is Operation.WRITE
    shows_code = traits.best_evidence.shows_code
    unproven = writes and not pending.slot_was_empty and not shows_code
    if unproven or awaiting.unresolved_until() is not None:
        return awaiting
    if not writes and is_clear_owed(awaiting):
        return awaiting
    if writes != (record.desired is DesiredState.PRESENT):
        return complete_pending(awaiting, traits)
    evidence = traits.best_evidence if writes else absence_evidence(awaiting, traits)
    return mark_verified(awaiting, evidence, now, traits)


def _confirmed_observation(
    pending: PendingCommand, now: datetime, traits: LockTraits
) -> Observation:
    """Return what the provider itself has read back."""
    if pending.operation is Operation.CLEAR:
        return Observation(occupancy=Occupancy.EMPTY, observed_at=now)
    if not traits.best_evidence.shows_code:
        return Observation(occupancy=Occupancy.MASKED, observed_at=now)
    return Observation(
        occupancy=Occupancy.PRESENT,
        revision=pending.revision,
        enabled=True,
        observed_at=now,
    )


def _await_effect(
    record: SlotRecord,
    pending: PendingCommand,
    now: datetime,
    traits: LockTraits,
    counts_as_failure: bool,
) -> SlotRecord:
    window = (
        traits.timing.write_window
        if pending.operation is Operation.WRITE
        else traits.timing.clear_window
    )
    awaiting = replace(
        pending,
        returned_at=now,
        deadline=now + window,
        read_backs=0,
        counts_as_failure=counts_as_failure,
    )
    return replace(record, pending=awaiting)


def _refused(
    record: SlotRecord,
    pending: PendingCommand,
    reason: Reason,
    now: datetime,
    traits: LockTraits,
) -> SlotRecord:
    if pending.operation.keeps_code:
        return on_switch_refused(record, pending, reason, traits)
    if pending.operation is Operation.WRITE:
        rejected = replace(record, pending=None, needs_read=traits.shows_occupancy)
        if reason is Reason.LIMITS_REFUSED and is_restricted(record):
            # the lock cannot: the code is written without, and cleared at its times
            schedule = replace(
                record.schedule, rejected=record.target.schedule, in_force=None
            )
            return without_early_code(replace(rejected, schedule=schedule))
        if record.desired is DesiredState.PRESENT:
            retry = replace(record.retry, suspended_reason=reason)
            return replace(rejected, retry=retry)
        return rejected
    rejected = replace(
        without_clear(record),
        pending=None,
        unresolved_commands=_not_followed_by_clear(record),
        retry=replace(record.retry, failed_attempts=record.retry.failed_attempts + 1),
    )
    return _after_failure(
        rejected, replace(pending, counts_as_failure=True), reason, now, traits
    )
