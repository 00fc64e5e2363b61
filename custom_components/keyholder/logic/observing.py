"""The lifecycle when a lock shows a slot: what it proves, and what it gives away."""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.lifecycle import Notice, Rules
from ..model.reading import Occupancy
from ..model.slot import (
    Desired,
    Observation,
    Operation,
    Origin,
    Pending,
    Reason,
    SlotRecord,
)
from ..model.timing import backoff
from .disturbance import before_restoring, outside_change
from .limiting import seen_limits
from .next_step import doubt_until
from .operations import charge, give_up, landed, not_switched, verified
from .parking import seen_parked, shows_parked, unparked
from .unrecognised import found_unrecognised, is_unrecognised, looked_at

type Noticed = tuple[SlotRecord, tuple[Notice, ...]]


def on_silence(record: SlotRecord, now: datetime, rules: Rules) -> SlotRecord:
    """Return the record after a read that brought nothing. Memory stays as it is."""
    pending = record.pending
    silences = record.silences + 1
    if pending is not None and now < pending.deadline:
        looked = replace(pending, reads=pending.reads + 1)
        return replace(record, silences=silences, pending=looked)
    timing = rules.timing
    wait = backoff(timing.silence_backoff, timing.slot_backoff_cap, silences)
    if pending is not None:
        record = unparked(record)
    return replace(
        record,
        silences=silences,
        pending=None,
        doubts=give_up(record, timing),
        stale=record.stale or pending is not None,
        retry_at=now + wait,
    )


def on_observed(
    record: SlotRecord, seen: Observation, now: datetime, rules: Rules
) -> Noticed:
    """Return the record after the lock showed the slot."""
    record = looked_at(record, seen)
    appeared = _is_unmanaged(record, seen)
    changed = outside_change(record, seen)
    pending = record.pending
    answered = replace(
        record,
        observed=seen,
        limits=seen_limits(record, seen),
        # this reading shows how those ended whose time is over
        doubts=tuple(doubt for doubt in record.doubts if doubt.until > now),
        silences=0,
        stale=False,
        pending=None if pending is None else replace(pending, reads=pending.reads + 1),
        retry_at=None,
        parked=seen_parked(record, seen),
    )
    if appeared:
        given_up = replace(
            answered,
            pending=None,
            doubts=give_up(answered, rules.timing),
        )
        return _found_unmanaged(given_up, changed or Notice.CODE_ADDED, now, rules)
    if is_unrecognised(record, seen):
        return found_unrecognised(answered)
    if pending is None:
        if _is_late_write(record, seen) and doubt_until(answered) is None:
            return verified(answered, Evidence.PRESENCE, now, rules), ()
        return _at_rest(answered, seen, changed, now, rules)
    if pending.operation.is_switch:
        if changed is not None:
            answered = replace(answered, disturbed=True)
        record, notices = _after_switch(answered, pending, seen, now, rules)
        return record, notices if changed is None else (changed, *notices)
    if pending.operation is Operation.CLEAR:
        return _after_clear(answered, pending, seen, now, rules)
    if seen.is_foreign and changed is not None:
        record = replace(answered, disturbed=True)
        record, notices = _after_write(record, pending, seen, now, rules)
        return record, (changed, *notices)
    return _after_write(answered, pending, seen, now, rules)


def _is_late_write(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a masked reading shows that a write in doubt has landed."""
    writes = [doubt for doubt in record.doubts if doubt.operation is Operation.WRITE]
    return (
        record.desired is Desired.PRESENT
        and {doubt.revision for doubt in writes} == {record.revision}
        and not any(doubt.presumed for doubt in writes)
        and record.observed.occupancy is Occupancy.EMPTY
        and seen.occupancy is Occupancy.MASKED
        and seen.enabled is not False
        and record.origin is Origin.MANAGED
        and record.limits.fit
    )


def _after_write(
    record: SlotRecord, pending: Pending, seen: Observation, now: datetime, rules: Rules
) -> Noticed:
    masked = seen.occupancy is Occupancy.MASKED
    shown = seen.shows(pending.revision)
    earned = shown or (masked and pending.from_empty and seen.enabled is not False)
    if earned and record.limits.fit and doubt_until(record) is None:
        evidence = Evidence.VALUE if shown else Evidence.PRESENCE
        return verified(record, evidence, now, rules), ()
    if now < pending.deadline:
        return record, ()
    if record.disturbed:
        return before_restoring(replace(record, pending=None), now, rules)
    if earned or (masked and not pending.from_empty):
        # neither success nor failure has shown; the next step looks or makes room
        return landed(record, now, rules), ()
    return charge(record, now, rules)


def _after_clear(
    record: SlotRecord, pending: Pending, seen: Observation, now: datetime, rules: Rules
) -> Noticed:
    if seen.occupancy is not Occupancy.EMPTY:
        if now < pending.deadline:
            return record, ()
        return charge(record, now, rules)
    if record.desired is Desired.PRESENT:
        return landed(record, now, rules), ()
    if doubt_until(record) is None:
        return verified(record, rules.best_evidence, now, rules), ()
    # an earlier write may still land: keep looking, then once more after it
    if now < pending.deadline:
        return record, ()
    return landed(record, now, rules), ()


def _after_switch(
    record: SlotRecord, pending: Pending, seen: Observation, now: datetime, rules: Rules
) -> Noticed:
    if record.parked is not None:
        on = pending.operation is Operation.SWITCH_ON
        shown = seen.enabled is on
        if shown and on is not (record.desired is Desired.PRESENT):
            return landed(record, now, rules), ()
        evidence = _earned(record, seen, rules) if shown else Evidence.NONE
        if evidence is not Evidence.NONE:
            return verified(record, evidence, now, rules), ()
        if now < pending.deadline:
            return record, ()
    # what cannot be proven to be off is cleared, what cannot be woken is written
    record = not_switched(record, pending, rules)
    if record.disturbed and record.desired is Desired.PRESENT:
        return before_restoring(record, now, rules)
    return record, ()


def _at_rest(
    record: SlotRecord,
    seen: Observation,
    changed: Notice | None,
    now: datetime,
    rules: Rules,
) -> Noticed:
    if record.origin is Origin.UNMANAGED:
        if seen.occupancy.is_occupied and not (seen.is_ours or seen.ours):
            return beside_unmanaged(record, now, rules)
        record = managed_again(record)
    if changed is None:
        return _judge(record, seen, now, rules)
    record, notices = _judge(replace(record, disturbed=True), seen, now, rules)
    return record, (changed, *notices)


def _is_unmanaged(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a code turned up in a slot where we had not put one."""
    if record.origin is Origin.UNMANAGED or seen.is_ours or seen.ours:
        return False
    if seen.occupancy is Occupancy.MASKED and seen.is_foreign:
        # it may have taken the place of ours; a yes to clear it was for what was seen
        return not record.observed.is_foreign
    if not seen.occupancy.is_occupied or record.observed.occupancy.is_occupied:
        return False
    if seen.is_foreign:
        return True
    if record.moved:
        return False
    if (
        record.observed.occupancy is Occupancy.UNKNOWN
        and record.evidence is not Evidence.NONE
    ):
        # a lock that has learnt to show what it had only acknowledged
        return False
    operations = {doubt.operation for doubt in record.doubts}
    if record.pending is not None:
        operations.add(record.pending.operation)
    return Operation.WRITE not in operations


def _found_unmanaged(
    record: SlotRecord, notice: Notice, now: datetime, rules: Rules
) -> Noticed:
    found = replace(
        record,
        origin=Origin.UNMANAGED,
        suspended=None,
        parked=None,
        # who puts a code there may put times there as well
        limits=replace(record.limits, is_clean=False),
    )
    found, notices = beside_unmanaged(found, now, rules)
    return found, (notice, *notices)


def beside_unmanaged(record: SlotRecord, now: datetime, rules: Rules) -> Noticed:
    """Return the record with somebody else's code in the slot, which stays there."""
    if record.desired is Desired.PRESENT:
        told = record.suspended is Reason.OCCUPIED
        record = replace(
            record, evidence=Evidence.NONE, suspended=Reason.OCCUPIED, disturbed=False
        )
        return record, () if told else (Notice.SUSPENDED,)
    if doubt_until(record) is not None:
        return replace(record, evidence=Evidence.NONE), ()
    # ours was seen to be gone; what is there now is not ours to take away
    return verified(record, rules.best_evidence, now, rules), ()


def managed_again(record: SlotRecord) -> SlotRecord:
    """Return the record once the slot holds nobody else's code any more."""
    suspended = None if record.suspended is Reason.OCCUPIED else record.suspended
    return replace(record, origin=Origin.MANAGED, suspended=suspended)


def _judge(
    record: SlotRecord, seen: Observation, now: datetime, rules: Rules
) -> Noticed:
    """Return the record with the evidence that the reading earns."""
    evidence = _earned(record, seen, rules)
    if evidence is not Evidence.NONE:
        return verified(record, evidence, now, rules), ()
    record = replace(record, evidence=Evidence.NONE)
    if not record.disturbed or record.desired is Desired.ABSENT:
        return record, ()
    return before_restoring(record, now, rules)


def _earned(record: SlotRecord, seen: Observation, rules: Rules) -> Evidence:
    if doubt_until(record) is not None:
        return Evidence.NONE
    if record.desired is Desired.PRESENT and not record.limits.fit:
        return Evidence.NONE
    if record.desired is Desired.ABSENT:
        away = seen.occupancy is Occupancy.EMPTY or shows_parked(record, seen)
        return rules.best_evidence if away else Evidence.NONE
    if seen.shows(record.revision):
        return Evidence.VALUE
    if record.parked is not None and seen.enabled is True:
        # it was in place when it was switched off, and nothing has happened to it
        return Evidence.PRESENCE
    if (
        seen.occupancy is Occupancy.MASKED
        and seen.enabled is not False
        and record.evidence.is_read_back
    ):
        # still occupied, and nothing has happened to what was proven before
        return Evidence.PRESENCE
    return Evidence.NONE
