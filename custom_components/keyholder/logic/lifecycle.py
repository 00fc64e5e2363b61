"""The slot lifecycle: one pure reducer. Nothing else decides about a slot.

An event changes the record; `next_step` then says what the record needs. The record
is all there is, so whoever has stored it can go on from it.
"""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.lifecycle import (
    Choice,
    CodeUsed,
    DeadlinePassed,
    DesiredChanged,
    Effect,
    Event,
    LockSaidChanged,
    LockSaidRefused,
    Notice,
    Notify,
    Observed,
    ReadFailed,
    Restarted,
    Resumed,
    Rules,
    Started,
    WriteReturned,
)
from ..model.reading import Occupancy
from ..model.slot import (
    Desired,
    Doubt,
    Operation,
    Origin,
    Pending,
    Reason,
    SlotRecord,
)
from .hints import on_hint
from .limiting import limited_by, wanted_limits
from .next_step import doubt_until, follow_up, is_fresh_empty
from .observing import beside_unmanaged, on_observed, on_silence
from .operations import give_up, on_refusal, on_returned, sent
from .parking import on_use, parked_for, unparked
from .unrecognised import decided

type Reduced = tuple[SlotRecord, tuple[Effect, ...]]
type Noticed = tuple[SlotRecord, tuple[Notice, ...]]


def reduce(record: SlotRecord, event: Event, now: datetime, rules: Rules) -> Reduced:
    """Return the record after the event, and what follows from it.

    The effects are the notices of this event, at most one step and one wake-up. They
    replace the steps and wake-ups of earlier calls for this slot.
    """
    changed, notices = _apply(_expired(record, now, rules), event, now, rules)
    return changed, (*map(Notify, notices), *follow_up(changed, now, rules))


def _expired(record: SlotRecord, now: datetime, rules: Rules) -> SlotRecord:
    """Return the record without what time has settled.

    A doubt waits for the reading that shows how it ended, where one is still to come. A
    lock may be silent for months: of those that are over, the last one started of each kind
    stands for all.
    """
    if not record.doubts and not record.echoes:
        return record
    read_to_come = rules.can_read and not record.is_settled
    doubts = tuple(doubt for doubt in record.doubts if doubt.until > now)
    if read_to_come and len(doubts) < len(record.doubts):
        ended = (doubt for doubt in record.doubts if doubt.until <= now)
        # one that came back late is over after another that was started later
        over = sorted(ended, key=lambda doubt: doubt.started_at)
        doubts = (*{doubt.kind: doubt for doubt in over}.values(), *doubts)
    echoes = tuple(echo for echo in record.echoes if echo.until > now)
    return replace(record, doubts=doubts, echoes=echoes)


def _apply(record: SlotRecord, event: Event, now: datetime, rules: Rules) -> Noticed:
    match event:
        case DesiredChanged():
            return _on_desired(record, event, now, rules)
        case Started():
            return _on_started(record, event, now, rules), ()
        case WriteReturned():
            return on_returned(record, event, now, rules)
        case Observed(observation):
            if observation.occupancy is Occupancy.UNKNOWN:
                return on_silence(record, now, rules), ()
            return on_observed(record, replace(observation, at=now), now, rules)
        case ReadFailed():
            return on_silence(record, now, rules), ()
        case LockSaidChanged() | LockSaidRefused() | CodeUsed():
            return _on_report(record, event, now, rules)
        case DeadlinePassed():
            return _on_deadline(record, now, rules), ()
        case Resumed():
            return _on_resumed(record, event, rules), ()
        case Restarted():
            return _on_restarted(record, event, now, rules), ()


def _on_report(
    record: SlotRecord,
    event: LockSaidChanged | LockSaidRefused | CodeUsed,
    now: datetime,
    rules: Rules,
) -> Noticed:
    match event:
        case LockSaidChanged():
            return on_hint(record, event, now, rules)
        case LockSaidRefused(reason):
            return on_refusal(record, reason, now, rules)
        case CodeUsed(at):
            return on_use(record, at), ()


def _on_desired(
    record: SlotRecord, event: DesiredChanged, now: datetime, rules: Rules
) -> Noticed:
    limits = wanted_limits(record, event)
    parked = parked_for(record, event)
    for_now = event.for_now and event.desired is Desired.ABSENT
    same = (record.desired, record.revision) == (event.desired, event.revision)
    stays = parked == record.parked or event.desired is Desired.PRESENT
    if same and stays and (limits == record.limits or limits.fit):
        return replace(record, limits=limits, for_now=for_now), ()
    pending = record.pending
    doubts = record.doubts
    if pending is not None and (
        pending.operation is Operation.CLEAR
        or (pending.operation is Operation.SWITCH_OFF and parked is not None)
    ):
        # whatever is wanted now, an empty slot is a good start: let the clear finish.
        # So is a parked code, if it is the one that is wanted
        pending = replace(pending, chargeable=False)
    elif pending is not None:
        record = sent(record, pending, rules)
        doubts = give_up(record, rules.timing)
        pending = None
    changed = replace(
        record,
        desired=event.desired,
        revision=event.revision,
        limits=limits,
        evidence=Evidence.NONE,
        verified_at=None,
        pending=pending,
        doubts=doubts,
        failures=0,
        unheard=0,
        suspended=None,
        retry_at=None,
        disturbed=False,
        for_now=for_now,
        parked=parked,
    )
    if record.origin is Origin.MANAGED:
        if record.suspended is Reason.UNRECOGNISED and event.desired is Desired.PRESENT:
            changed = replace(changed, suspended=record.suspended)
        return changed, ()
    if event.desired is Desired.PRESENT:
        changed = replace(changed, suspended=record.suspended)
    if not rules.can_read:
        return beside_unmanaged(changed, now, rules)
    # look again: the other code may be gone by now
    return replace(changed, stale=True), ()


def _on_started(
    record: SlotRecord, event: Started, now: datetime, rules: Rules
) -> SlotRecord:
    timing = rules.timing
    doubts = give_up(record, timing)
    observed = record.observed
    window = timing.clear_window
    from_empty = False
    if event.operation is Operation.CLEAR:
        doubts = tuple(replace(doubt, countered=True) for doubt in doubts)
    elif event.operation is Operation.WRITE:
        window = timing.write_window
        # what was seen before the write, be it in the same instant, is no look after it
        observed = replace(observed, at=None)
        from_empty = (
            is_fresh_empty(record, now, rules)
            and doubt_until(record, Operation.WRITE) is None
        )
    restores = record.restores
    if record.disturbed and record.desired is Desired.PRESENT:
        restores = (*restores, now)
    return replace(
        record,
        evidence=Evidence.NONE,
        pending=Pending(
            operation=event.operation,
            revision=record.revision,
            started_at=now,
            deadline=now + timing.job_timeout + window,
            from_empty=from_empty,
            doubled=_is_doubled(record, event.operation),
        ),
        doubts=doubts,
        observed=observed,
        limits=limited_by(record, event.operation),
        restores=restores,
        disturbed=False,
        retry_at=None,
        parked=record.parked if event.operation.is_switch else None,
    )


def _is_doubled(record: SlotRecord, operation: Operation) -> bool:
    """Return whether an operation may show that was not carried out at all."""
    if operation.is_switch:
        # what is parked has no operation in doubt, and was seen as it was
        return False
    was_there = record.observed.occupancy.is_occupied and not record.stale
    if operation is Operation.CLEAR and not was_there:
        return True
    return any(
        doubt.operation is operation
        and (operation is Operation.CLEAR or doubt.revision == record.revision)
        for doubt in record.doubts
    )


def _on_deadline(record: SlotRecord, now: datetime, rules: Rules) -> SlotRecord:
    pending = record.pending
    if pending is None or now < pending.deadline + rules.timing.conclude:
        return record
    # nobody could look in time: what the slot holds is open, so read before all else
    return replace(
        unparked(record),
        pending=None,
        doubts=give_up(record, rules.timing),
        stale=rules.can_read,
    )


def _on_resumed(record: SlotRecord, event: Resumed, rules: Rules) -> SlotRecord:
    resumed = replace(
        record,
        failures=0,
        unheard=0,
        silences=0,
        suspended=None,
        restores=(),
        retry_at=None,
        stale=rules.can_read,
        never_parks=False,
    )
    if record.origin is Origin.MANAGED:
        return decided(resumed, event.choice)
    if event.choice is Choice.REPLACE:
        return replace(resumed, origin=Origin.MANAGED, evidence=Evidence.NONE)
    return replace(resumed, suspended=record.suspended)


def _on_restarted(
    record: SlotRecord, event: Restarted, now: datetime, rules: Rules
) -> SlotRecord:
    latest = now + rules.timing.write_window
    pending = record.pending
    doubts = record.doubts
    if pending is not None and not rules.can_read:
        # nothing will show what became of it, so it is done again
        record = sent(record, pending, rules)
        doubts = give_up(record, rules.timing)
        pending = None
    elif pending is not None:
        # the power may have gone before the radio was used: nobody is to blame
        pending = replace(
            pending,
            returned_at=now,
            deadline=min(pending.deadline, latest),
            reads=0,
            chargeable=False,
        )
    doubts = tuple(replace(doubt, until=min(doubt.until, latest)) for doubt in doubts)
    limits = record.limits
    if event.cut:
        unrecorded = _unrecorded(record, now, rules)
        doubts += unrecorded
        if any(doubt.operation is Operation.WRITE for doubt in unrecorded):
            # its limits go to the lock before the code does
            limits = replace(limits, is_clean=False)
        if not record.is_settled:
            # it may have been switched on or off, and cleared, since that was stored
            record = unparked(record)
    unsettled = record.evidence is Evidence.NONE
    unsure = rules.can_read and (unsettled or bool(doubts))
    return replace(
        record,
        pending=pending,
        doubts=doubts,
        limits=limits,
        stale=record.stale or unsure,
        retry_at=None if unsettled or record.stale else record.retry_at,
        # of what was said in vain nothing is known before it was looked into
        silences=record.silences if record.stale and not unsettled else 0,
    )


def _unrecorded(record: SlotRecord, now: datetime, rules: Rules) -> tuple[Doubt, ...]:
    """Return what may have been sent after the record was last stored.

    The intent is on disk before the radio is used, what became of it is not always: the
    next reading may show our own doing. What is wanted is not waited for on its account.
    """
    present = record.desired is Desired.PRESENT
    pending = record.pending
    # a clear that made room may be over, and the write that it was for on its way
    makes_room = (
        pending is not None and pending.operation is Operation.CLEAR and present
    )
    if (
        record.is_settled
        or (pending is not None and not makes_room)
        or record.suspended is not None
        or record.origin is Origin.UNMANAGED
    ):
        return ()
    latest = now + rules.timing.write_window
    until = {} if makes_room else {Operation.CLEAR: now if present else latest}
    never_seen = rules.can_read and record.observed.occupancy is Occupancy.UNKNOWN
    if present and not never_seen:
        # nothing is written to a slot that has not been seen empty, or ours
        until[Operation.WRITE] = latest
    return tuple(
        Doubt(
            operation=each,
            revision=record.revision,
            started_at=now,
            until=end,
            presumed=True,
        )
        for each, end in until.items()
    )
