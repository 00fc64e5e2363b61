"""The lifecycle after a write or a clear has come back, and when its time is up."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from ..model.evidence import Evidence
from ..model.lifecycle import Notice, Refused, Rules, Uncertain, WriteReturned
from ..model.reading import Occupancy, WriteResult
from ..model.slot import (
    Desired,
    Doubt,
    Echo,
    Observation,
    Operation,
    Origin,
    Pending,
    Reason,
    SlotRecord,
)
from ..model.timing import MAX_FAILURES, Timing, backoff
from .limiting import limits_after_write
from .next_step import doubt_until

type Noticed = tuple[SlotRecord, tuple[Notice, ...]]

_NO_FAILING: Final = (Reason.LOCK_BUSY, Reason.OCCUPIED)
"""Refusals of a switch that say nothing of the next one."""


def give_up(record: SlotRecord, timing: Timing) -> tuple[Doubt, ...]:
    """Return the record's doubts with its pending operation among them."""
    pending = record.pending
    if pending is None:
        return record.doubts
    doubt = Doubt(
        operation=pending.operation,
        revision=pending.revision,
        started_at=pending.started_at,
        until=_may_land_until(pending, timing),
    )
    return (*record.doubts, doubt)


def verified(
    record: SlotRecord, evidence: Evidence, now: datetime, rules: Rules
) -> SlotRecord:
    """Return the record with the desired state proven just now."""
    parked = record.parked if record.desired is Desired.ABSENT else None
    return replace(
        landed(record, now, rules),
        evidence=evidence,
        verified_at=now,
        failures=0,
        unheard=0,
        suspended=None,
        retry_at=None,
        disturbed=False,
        moved=False,
        parked=parked and replace(parked, off_since=parked.off_since or now),
    )


def not_switched(
    record: SlotRecord, pending: Pending, rules: Rules, reason: Reason | None = None
) -> SlotRecord:
    """Return the record after a switch that did not show what it should.

    It is not tried again: the slot is cleared at once. Nor is it the next time, if it was
    the lock that did not do it. `reason` is why it says so, None if it says nothing.
    """
    is_fault = (
        record.parked is not None and pending.chargeable and reason not in _NO_FAILING
    )
    return replace(
        record,
        pending=None,
        doubts=give_up(record, rules.timing),
        parked=None,
        never_parks=record.never_parks or is_fault,
    )


def landed(record: SlotRecord, now: datetime, rules: Rules) -> SlotRecord:
    """Return the record after its operation has shown, if one was pending."""
    pending = record.pending
    timing = rules.timing
    if pending is None:
        return record
    may_still_land = pending.doubled or not rules.can_read
    until = now + timing.echo_window
    return replace(
        record,
        pending=None,
        unheard=0,
        doubts=give_up(record, timing) if may_still_land else record.doubts,
        echoes=(*record.echoes, Echo(operation=pending.operation, until=until)),
    )


def on_returned(
    record: SlotRecord, event: WriteReturned, now: datetime, rules: Rules
) -> Noticed:
    """Return the record after its operation came back."""
    pending = record.pending
    if pending is None or pending.started_at != event.started_at:
        return _late_return(record, event, now, rules), ()
    if isinstance(event.outcome, Refused):
        return _refused(record, pending, event.outcome.reason, now, rules)
    record = sent(record, pending, rules)
    if pending.operation is Operation.WRITE and isinstance(event.outcome, WriteResult):
        record = replace(record, limits=limits_after_write(record))
    match event.outcome:
        case Uncertain(_, Reason() as reason) if pending.operation.is_switch:
            # it says that it did not: a clear is not to wait for what will not show
            return _refused(record, pending, reason, now, rules)
        case Uncertain(chargeable, reason):
            pending = replace(pending, reason=reason)
            record = _awaiting(
                record, pending, now, rules, pending.chargeable and chargeable
            )
            return (record, ()) if rules.can_read else charge(record, now, rules)
        case WriteResult() if pending.operation.is_switch:
            # only what a read shows proves it
            return _awaiting(record, pending, now, rules, pending.chargeable), ()
        case WriteResult.OPTIMISTIC if rules.can_read:
            return _awaiting(record, pending, now, rules, pending.chargeable), ()
        case WriteResult():
            return _said_done(record, pending, now, rules), ()


def sent(record: SlotRecord, pending: Pending, rules: Rules) -> SlotRecord:
    """Return the record with what may be in a slot that no read will ever show."""
    if rules.can_read or pending.operation is Operation.CLEAR:
        return record
    return replace(record, unseen_revision=pending.revision)


def on_refusal(
    record: SlotRecord, reason: Reason, now: datetime, rules: Rules
) -> Noticed:
    """Return the record after the lock said by itself that it did not keep a write.

    It is believed only of a write that is awaited, or whose word was all there was.
    """
    pending = record.pending
    if pending is not None and pending.operation is Operation.WRITE:
        return _refused(record, pending, reason, now, rules)
    refused = [
        doubt
        for doubt in record.doubts
        if doubt.operation is Operation.WRITE and now < doubt.until
    ]
    if not refused:
        return record, ()
    dropped = replace(
        record,
        doubts=tuple(doubt for doubt in record.doubts if doubt not in refused[:1]),
    )
    wanted = refused[0].revision == record.revision and pending is None
    if record.desired is Desired.ABSENT or not wanted:
        return dropped, ()
    if record.evidence.is_read_back or record.origin is Origin.UNMANAGED:
        return record, ()
    return replace(
        dropped, evidence=Evidence.NONE, stale=rules.can_read, suspended=reason
    ), (Notice.SUSPENDED,)


def charge(record: SlotRecord, now: datetime, rules: Rules) -> Noticed:
    """Return the record after the window of its operation passed without effect.

    At most one failure is charged, and the next step is free to try again.
    """
    pending = record.pending
    if pending is None:
        return record, ()
    doubts = record.doubts
    if _may_land_until(pending, rules.timing) > now:
        doubts = give_up(record, rules.timing)
    failed = replace(
        record,
        pending=None,
        doubts=doubts,
        failures=record.failures + pending.chargeable,
        unheard=0 if pending.chargeable else record.unheard + 1,
    )
    reason = pending.reason or Reason.NOT_STORED
    return _after_failure(failed, pending, reason, now, rules)


def _may_land_until(pending: Pending, timing: Timing) -> datetime:
    returned_at = pending.returned_at or pending.started_at + timing.job_timeout
    return max(pending.deadline, returned_at + timing.write_window)


def _after_failure(
    record: SlotRecord, pending: Pending, reason: Reason, now: datetime, rules: Rules
) -> Noticed:
    timing = rules.timing
    if pending.operation is Operation.CLEAR or not rules.can_read:
        # what shows nothing is held as a whole while it does not answer
        count = record.failures + (record.unheard if rules.can_read else 0)
        wait = backoff(timing.clear_backoff, timing.slot_backoff_cap, count)
        record = replace(record, retry_at=now + wait)
    elif record.unheard > 1:
        # the way to the lock seems to be open: each try costs the looks after it, too
        wait = backoff(
            timing.unreachable_backoff,
            timing.unreachable_backoff_cap,
            record.unheard - 1,
        )
        record = replace(record, retry_at=now + wait * (len(timing.read_back) + 3))
    if record.failures < MAX_FAILURES or not pending.chargeable:
        return record, ()
    if record.desired is Desired.ABSENT:
        # told once; the clear goes on, with ever longer waits, until it is proven
        told = record.failures > MAX_FAILURES
        return record, () if told else (Notice.NOT_CLEARED,)
    if record.suspended is not None:
        return record, ()
    return replace(record, suspended=reason), (Notice.SUSPENDED,)


def _late_return(
    record: SlotRecord, event: WriteReturned, now: datetime, rules: Rules
) -> SlotRecord:
    """An operation that was given up in flight is back: its doubt is bounded now.

    If it was so long ago that a later one stands for it, that one may land now.
    """
    sent = not isinstance(event.outcome, Refused)
    until = now + rules.timing.write_window
    known = any(doubt.started_at == event.started_at for doubt in record.doubts)
    at = event.started_at
    if sent and not known:
        over = (each.started_at for each in record.doubts if each.until <= now)
        at = min((each for each in over if each > at), default=at)
    return replace(
        record,
        doubts=tuple(
            replace(doubt, until=until) if doubt.started_at == at else doubt
            for doubt in record.doubts
            if sent or doubt.started_at != at
        ),
    )


def _said_done(
    record: SlotRecord, pending: Pending, now: datetime, rules: Rules
) -> SlotRecord:
    """Return the record after a word that is as good as this lock's own reading."""
    record = _awaiting(record, pending, now, rules, pending.chargeable)
    if rules.can_read:
        record = replace(record, observed=_confirmed(pending, now, rules))
        by_word_only = (
            pending.operation is Operation.WRITE
            and not pending.from_empty
            and not rules.best_evidence.can_tell_codes_apart
        )
        if by_word_only or doubt_until(record) is not None:
            return _awaiting(record, pending, now, rules, pending.chargeable)
    else:
        record = replace(record, stale=False)
        if pending.operation is Operation.CLEAR:
            record = replace(record, unseen_revision=None)
    writes = pending.operation is Operation.WRITE
    if writes != (record.desired is Desired.PRESENT):
        return landed(record, now, rules)
    doubted_until = doubt_until(record)
    if doubted_until is not None:
        # nothing will ever show how that ended, so this is done once more after it
        return replace(landed(record, now, rules), retry_at=doubted_until)
    return verified(record, rules.best_evidence, now, rules)


def _confirmed(pending: Pending, now: datetime, rules: Rules) -> Observation:
    """Return what the provider has seen for itself."""
    if pending.operation is Operation.CLEAR:
        return Observation(occupancy=Occupancy.EMPTY, at=now)
    if not rules.best_evidence.can_tell_codes_apart:
        return Observation(occupancy=Occupancy.MASKED, at=now)
    return Observation(
        occupancy=Occupancy.PRESENT, revision=pending.revision, enabled=True, at=now
    )


def _awaiting(
    record: SlotRecord, pending: Pending, now: datetime, rules: Rules, chargeable: bool
) -> SlotRecord:
    window = (
        rules.timing.write_window
        if pending.operation is Operation.WRITE
        else rules.timing.clear_window
    )
    awaiting = replace(
        pending, returned_at=now, deadline=now + window, reads=0, chargeable=chargeable
    )
    return replace(record, pending=awaiting)


def _refused(
    record: SlotRecord, pending: Pending, reason: Reason, now: datetime, rules: Rules
) -> Noticed:
    if pending.operation.is_switch:
        # the lock has not done it, so nothing is in doubt. Whose code it is may be
        not_seen = record.desired is Desired.PRESENT or reason is Reason.OCCUPIED
        switched = not_switched(record, pending, rules, reason)
        stale = record.stale or (not_seen and rules.can_read)
        return replace(switched, doubts=record.doubts, stale=stale), ()
    if pending.operation is Operation.WRITE:
        refused = replace(record, pending=None, stale=rules.can_read)
        if reason is Reason.LIMITS_REFUSED and record.limits.is_restricted:
            # the lock cannot: the code goes there without, and is taken off in time
            limits = replace(record.limits, refused=record.limits.wanted, held=None)
            return replace(refused, limits=limits), ()
        if record.desired is Desired.PRESENT:
            return replace(refused, suspended=reason), (Notice.SUSPENDED,)
        return refused, ()
    refused = replace(
        record,
        pending=None,
        doubts=tuple(replace(doubt, countered=False) for doubt in record.doubts),
        failures=record.failures + 1,
    )
    return _after_failure(
        refused, replace(pending, chargeable=True), reason, now, rules
    )
