"""The lifecycle when a lock shows a slot: what it proves, and what it gives away."""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.lifecycle import LockTraits, SlotNotice
from ..model.reading import Occupancy
from ..model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    PendingCommand,
    Reason,
    SlotRecord,
)
from ..model.timing import backoff
from .disturbance import detect_external_change, limit_restores
from .limiting import schedule_after_read
from .next_step import unresolved_until
from .operations import (
    abandon_disable,
    abandon_pending,
    complete_pending,
    fail_pending,
    mark_verified,
)
from .parking import (
    disabled_code_after_read,
    shows_disabled_code,
    without_disabled_code,
)
from .unrecognised import found_unrecognised, is_unrecognised, looked_at

type Noticed = tuple[SlotRecord, tuple[SlotNotice, ...]]


def on_read_failed(record: SlotRecord, now: datetime, traits: LockTraits) -> SlotRecord:
    """Return the record after a read that brought nothing. Memory stays as it is."""
    pending = record.pending
    silences = record.failed_reads + 1
    if pending is not None and now < pending.deadline:
        looked = replace(pending, read_backs=pending.read_backs + 1)
        return replace(record, failed_reads=silences, pending=looked)
    timing = traits.timing
    wait = backoff(timing.failed_read_backoff, timing.slot_backoff_cap, silences)
    if pending is not None:
        record = without_disabled_code(record)
    return replace(
        record,
        failed_reads=silences,
        pending=None,
        unresolved_commands=abandon_pending(record, timing),
        needs_read=record.needs_read or pending is not None,
        retry_at=now + wait,
    )


def on_observed(
    record: SlotRecord, seen: Observation, now: datetime, traits: LockTraits
) -> Noticed:
    """Return the record after the lock showed the slot."""
    record = looked_at(record, seen)
    appeared = _is_unmanaged(record, seen)
    changed = detect_external_change(record, seen)
    pending = record.pending
    answered = replace(
        record,
        observed=seen,
        schedule=schedule_after_read(record, seen),
        # this reading shows how those ended whose time is over
        unresolved_commands=tuple(
            command
            for command in record.unresolved_commands
            if command.may_land_until > now
        ),
        failed_reads=0,
        needs_read=False,
        pending=None
        if pending is None
        else replace(pending, read_backs=pending.read_backs + 1),
        retry_at=None,
        disabled_code=disabled_code_after_read(record, seen),
    )
    if appeared:
        given_up = replace(
            answered,
            pending=None,
            unresolved_commands=abandon_pending(answered, traits.timing),
        )
        return _mark_unmanaged(given_up, changed or SlotNotice.CODE_ADDED, now, traits)
    if is_unrecognised(record, seen):
        return found_unrecognised(answered)
    if pending is None:
        if _is_late_write(record, seen) and unresolved_until(answered) is None:
            return mark_verified(answered, Evidence.PRESENCE, now, traits), ()
        return _without_pending(answered, seen, changed, now, traits)
    if pending.operation.keeps_code:
        if changed is not None:
            answered = replace(answered, changed_externally=True)
        record, notices = _after_switch(answered, pending, seen, now, traits)
        return record, notices if changed is None else (changed, *notices)
    if pending.operation is Operation.CLEAR:
        return _after_clear(answered, pending, seen, now, traits)
    if seen.is_unmanaged_code and changed is not None:
        record = replace(answered, changed_externally=True)
        record, notices = _after_write(record, pending, seen, now, traits)
        return record, (changed, *notices)
    return _after_write(answered, pending, seen, now, traits)


def _is_late_write(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a masked reading shows that a write in doubt has landed."""
    writes = [
        command
        for command in record.unresolved_commands
        if command.operation is Operation.WRITE
    ]
    return (
        record.desired is DesiredState.PRESENT
        and {command.revision for command in writes} == {record.revision}
        and not any(command.assumed_after_power_loss for command in writes)
        and record.observed.occupancy is Occupancy.EMPTY
        and seen.occupancy is Occupancy.MASKED
        and seen.enabled is not False
        and record.origin is Origin.MANAGED
        and record.schedule.matches
    )


def _after_write(
    record: SlotRecord,
    pending: PendingCommand,
    seen: Observation,
    now: datetime,
    traits: LockTraits,
) -> Noticed:
    masked = seen.occupancy is Occupancy.MASKED
    shown = seen.holds_revision(pending.revision)
    earned = shown or (masked and pending.slot_was_empty and seen.enabled is not False)
    if earned and record.schedule.matches and unresolved_until(record) is None:
        evidence = Evidence.VALUE if shown else Evidence.PRESENCE
        return mark_verified(record, evidence, now, traits), ()
    if now < pending.deadline:
        return record, ()
    if record.changed_externally:
        return limit_restores(replace(record, pending=None), now, traits)
    if earned or (masked and not pending.slot_was_empty):
        # neither success nor failure has shown; the next step looks or makes room
        return complete_pending(record, now, traits), ()
    return fail_pending(record, now, traits)


def _after_clear(
    record: SlotRecord,
    pending: PendingCommand,
    seen: Observation,
    now: datetime,
    traits: LockTraits,
) -> Noticed:
    if seen.occupancy is not Occupancy.EMPTY:
        if now < pending.deadline:
            return record, ()
        return fail_pending(record, now, traits)
    if record.desired is DesiredState.PRESENT:
        return complete_pending(record, now, traits), ()
    if unresolved_until(record) is None:
        return mark_verified(record, traits.best_evidence, now, traits), ()
    # an earlier write may still land: keep looking, then once more after it
    if now < pending.deadline:
        return record, ()
    return complete_pending(record, now, traits), ()


def _after_switch(
    record: SlotRecord,
    pending: PendingCommand,
    seen: Observation,
    now: datetime,
    traits: LockTraits,
) -> Noticed:
    if record.disabled_code is not None:
        on = pending.operation is Operation.ENABLE
        shown = seen.enabled is on
        if shown and on is not (record.desired is DesiredState.PRESENT):
            return complete_pending(record, now, traits), ()
        evidence = _evidence_from(record, seen, traits) if shown else Evidence.NONE
        if evidence is not Evidence.NONE:
            return mark_verified(record, evidence, now, traits), ()
        if now < pending.deadline:
            return record, ()
    # what cannot be proven to be off is cleared, what cannot be woken is written
    record = abandon_disable(record, pending, traits)
    if record.changed_externally and record.desired is DesiredState.PRESENT:
        return limit_restores(record, now, traits)
    return record, ()


def _without_pending(
    record: SlotRecord,
    seen: Observation,
    changed: SlotNotice | None,
    now: datetime,
    traits: LockTraits,
) -> Noticed:
    if record.origin is Origin.UNMANAGED:
        if seen.occupancy.is_occupied and not (seen.is_ours or seen.made_by_us):
            return keep_unmanaged_code(record, now, traits)
        record = mark_managed(record)
    if changed is None:
        return _update_evidence(record, seen, now, traits)
    record, notices = _update_evidence(
        replace(record, changed_externally=True), seen, now, traits
    )
    return record, (changed, *notices)


def _is_unmanaged(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a code turned up in a slot where we had not put one."""
    if record.origin is Origin.UNMANAGED or seen.is_ours or seen.made_by_us:
        return False
    if seen.occupancy is Occupancy.MASKED and seen.is_unmanaged_code:
        # it may have taken the place of ours; a yes to clear it was for what was seen
        return not record.observed.is_unmanaged_code
    if not seen.occupancy.is_occupied or record.observed.occupancy.is_occupied:
        return False
    if seen.is_unmanaged_code:
        return True
    if record.moved:
        return False
    if (
        record.observed.occupancy is Occupancy.UNKNOWN
        and record.evidence is not Evidence.NONE
    ):
        # a lock that has learnt to show what it had only acknowledged
        return False
    operations = {command.operation for command in record.unresolved_commands}
    if record.pending is not None:
        operations.add(record.pending.operation)
    return Operation.WRITE not in operations


def _mark_unmanaged(
    record: SlotRecord, notice: SlotNotice, now: datetime, traits: LockTraits
) -> Noticed:
    found = replace(
        record,
        origin=Origin.UNMANAGED,
        suspended_reason=None,
        disabled_code=None,
        # who puts a code there may put times there as well
        schedule=replace(record.schedule, no_stale_entries=False),
    )
    found, notices = keep_unmanaged_code(found, now, traits)
    return found, (notice, *notices)


def keep_unmanaged_code(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> Noticed:
    """Return the record with somebody else's code in the slot, which stays there."""
    if record.desired is DesiredState.PRESENT:
        told = record.suspended_reason is Reason.OCCUPIED
        record = replace(
            record,
            evidence=Evidence.NONE,
            suspended_reason=Reason.OCCUPIED,
            changed_externally=False,
        )
        return record, () if told else (SlotNotice.SUSPENDED,)
    if unresolved_until(record) is not None:
        return replace(record, evidence=Evidence.NONE), ()
    # ours was seen to be gone; what is there now is not ours to take away
    return mark_verified(record, traits.best_evidence, now, traits), ()


def mark_managed(record: SlotRecord) -> SlotRecord:
    """Return the record once the slot holds nobody else's code any more."""
    suspended = (
        None if record.suspended_reason is Reason.OCCUPIED else record.suspended_reason
    )
    return replace(record, origin=Origin.MANAGED, suspended_reason=suspended)


def _update_evidence(
    record: SlotRecord, seen: Observation, now: datetime, traits: LockTraits
) -> Noticed:
    """Return the record with the evidence that the reading earns."""
    evidence = _evidence_from(record, seen, traits)
    if evidence is not Evidence.NONE:
        return mark_verified(record, evidence, now, traits), ()
    record = replace(record, evidence=Evidence.NONE)
    if not record.changed_externally or record.desired is DesiredState.ABSENT:
        return record, ()
    return limit_restores(record, now, traits)


def _evidence_from(
    record: SlotRecord, seen: Observation, traits: LockTraits
) -> Evidence:
    if unresolved_until(record) is not None:
        return Evidence.NONE
    if record.desired is DesiredState.PRESENT and not record.schedule.matches:
        return Evidence.NONE
    if record.desired is DesiredState.ABSENT:
        away = seen.occupancy is Occupancy.EMPTY or shows_disabled_code(record, seen)
        return traits.best_evidence if away else Evidence.NONE
    if seen.holds_revision(record.revision):
        return Evidence.VALUE
    if record.disabled_code is not None and seen.enabled is True:
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
