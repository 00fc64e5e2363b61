"""Slot reducer, reads: what a read of a slot shows and proves, and what was changed externally."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.pin import Pin
from ..model.provider_io import Occupancy, SlotReading
from ..model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    PendingCommand,
    SlotRecord,
)
from ..model.slot_events import LockTraits, SlotNotice
from ..model.timing import backoff
from .disabled_codes import (
    after_switch,
    disabled_code_after_read,
    is_enabled_again,
    shows_disabled_code,
    without_disabled_code,
)
from .external_changes import detect_external_change
from .on_command_result import fail_pending
from .pending_command import (
    abandon_pending,
    complete_pending,
    confirmed_origin,
    mark_verified,
)
from .restores import limit_restores, suspension_after_read
from .slot_schedule import has_required_schedule, schedule_after_read
from .slot_writes import (
    absence_evidence,
    after_lost_results,
    is_clear_owed,
    writes_after_read,
)


def identify_reading(reading: SlotReading, revisions: Mapping[int, Pin]) -> Observation:
    """Return the reading without its code: which revision it is, if it is one of ours.

    `revisions` are all PINs that the slot's own credential ever had and that a lock may
    still hold, by revision. Where two are equal, the newest one counts.
    """
    revision = None
    if reading.code is not None:
        revision = max(
            (number for number, pin in revisions.items() if pin == reading.code),
            default=None,
        )
    return Observation(
        occupancy=reading.occupancy,
        revision=revision,
        enabled=reading.enabled,
        made_by_us=reading.made_by_us,
    )


def without_proof(record: SlotRecord, traits: LockTraits) -> SlotRecord:
    """Return the record with nothing verified, as after an event that was lost."""
    record = after_lost_results(record, all_lost=True)
    return replace(record, evidence=Evidence.NONE, needs_read=traits.shows_occupancy)


def on_read_failed(
    record: SlotRecord, now: datetime, traits: LockTraits, *, not_usable: bool = False
) -> SlotRecord:
    """Return the record after a failed read. What is known of the slot stays as it is.

    `not_usable`: the lock answered that the slot cannot be used, which says nothing of
    the code in it.
    """
    pending = record.pending
    failed_reads = record.retry.failed_reads + 1
    retry = replace(record.retry, failed_reads=failed_reads, slot_not_usable=not_usable)
    if pending is not None and now < pending.deadline:
        awaiting = replace(pending, read_backs=pending.read_backs + 1)
        return replace(record, retry=retry, pending=awaiting)
    timing = traits.timing
    wait = backoff(timing.failed_read_backoff, timing.slot_backoff_cap, failed_reads)
    if pending is not None:
        record = without_disabled_code(record)
    return replace(
        record,
        pending=None,
        unresolved_commands=abandon_pending(record, timing),
        needs_read=record.needs_read or pending is not None,
        retry=replace(retry, at=now + wait),
    )


def on_observed(
    record: SlotRecord, seen: Observation, now: datetime, traits: LockTraits
) -> tuple[SlotRecord, SlotNotice | None]:
    """Return the record after a read of the slot, and what was changed at the lock."""
    record = _confirm_origin(record, seen)
    appeared = _is_unmanaged(record, seen)
    changed = detect_external_change(record, seen)
    pending = record.pending
    updated = replace(
        record,
        observed=seen,
        schedule=schedule_after_read(record, seen),
        writes=writes_after_read(record, seen, now, traits),
        # this read shows how the commands ended whose time is over
        unresolved_commands=tuple(
            command
            for command in record.unresolved_commands
            if command.may_land_until > now
        ),
        retry=replace(
            record.retry,
            failed_reads=0,
            slot_not_usable=False,
            at=None,
            suspended_reason=suspension_after_read(record, seen),
        ),
        needs_read=False,
        pending=None
        if pending is None
        else replace(pending, read_backs=pending.read_backs + 1),
        disabled_code=disabled_code_after_read(record, seen),
    )
    if appeared:
        abandoned = replace(
            updated,
            pending=None,
            unresolved_commands=abandon_pending(updated, traits.timing),
        )
        found = _mark_unmanaged(abandoned, now, traits)
        return found, changed or SlotNotice.CODE_ADDED
    if pending is None and record.origin is Origin.UNMANAGED:
        if seen.occupancy.is_occupied and not (seen.is_ours or seen.made_by_us):
            return keep_unmanaged_code(updated, now, traits), None
        updated = replace(updated, origin=Origin.MANAGED)
    if pending is not None and not _proves_external_change(pending, seen):
        changed = None
    if changed is not None:
        updated = replace(updated, changed_externally=True)
    if pending is not None:
        return _with_pending(updated, pending, seen, now, traits), changed
    if _is_late_write(record, seen) and updated.unresolved_until() is None:
        return mark_verified(updated, Evidence.PRESENCE, now, traits), changed
    return _update_evidence(updated, seen, now, traits), changed


def _confirm_origin(record: SlotRecord, seen: Observation) -> SlotRecord:
    """Return the record to apply a read to, with what the read shows of an unconfirmed code.

    A masked code is neither overwritten nor called unmanaged, unless the lock shows that
    it was not made by us.
    """
    masked = seen.occupancy is Occupancy.MASKED and not seen.is_unmanaged_code
    if record.origin is not Origin.UNCONFIRMED or masked:
        return record
    # what was seen before is not known to have been a code of ours
    return replace(
        record,
        origin=confirmed_origin(record),
        observed=Observation(),
        changed_externally=False,
    )


def _proves_external_change(pending: PendingCommand, seen: Observation) -> bool:
    """Return whether a difference that a read shows is not the work of the pending command."""
    if pending.operation is Operation.WRITE:
        return seen.is_unmanaged_code
    return pending.operation.keeps_code


def _with_pending(
    record: SlotRecord,
    pending: PendingCommand,
    seen: Observation,
    now: datetime,
    traits: LockTraits,
) -> SlotRecord:
    """Return the record after a read while a command was pending."""
    if pending.operation.keeps_code:
        evidence = _evidence_from(record, seen, traits)
        return after_switch(record, pending, evidence, now, traits)
    if pending.operation is Operation.CLEAR:
        return _after_clear(record, pending, seen, now, traits)
    return _after_write(record, pending, seen, now, traits)


def _is_late_write(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a masked reading shows that an unresolved write has taken effect."""
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
        and has_required_schedule(record)
    )


def _after_write(
    record: SlotRecord,
    pending: PendingCommand,
    seen: Observation,
    now: datetime,
    traits: LockTraits,
) -> SlotRecord:
    masked = seen.occupancy is Occupancy.MASKED
    holds_code = seen.holds_revision(pending.revision)
    took_effect = holds_code or (
        masked and pending.slot_was_empty and seen.enabled is not False
    )
    if (
        took_effect
        and has_required_schedule(record)
        and record.unresolved_until() is None
    ):
        evidence = Evidence.VALUE if holds_code else Evidence.PRESENCE
        return mark_verified(record, evidence, now, traits)
    if now < pending.deadline:
        return record
    if record.changed_externally:
        return limit_restores(replace(record, pending=None), now, traits)
    if took_effect or (masked and not pending.slot_was_empty):
        # neither success nor failure is proven; the next step reads or clears
        return complete_pending(record, traits)
    return fail_pending(record, now, traits)


def _after_clear(
    record: SlotRecord,
    pending: PendingCommand,
    seen: Observation,
    now: datetime,
    traits: LockTraits,
) -> SlotRecord:
    if seen.occupancy is not Occupancy.EMPTY or is_clear_owed(record):
        if now < pending.deadline:
            return record
        return fail_pending(record, now, traits)
    if record.desired is DesiredState.PRESENT:
        return complete_pending(record, traits)
    if record.unresolved_until() is None:
        return mark_verified(record, absence_evidence(record, traits), now, traits)
    # an earlier write may still take effect: keep reading, then once more after it
    if now < pending.deadline:
        return record
    return complete_pending(record, traits)


def _is_unmanaged(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a code appeared in a slot into which we had not written one."""
    if record.origin is not Origin.MANAGED or seen.is_ours or seen.made_by_us:
        return False
    if seen.occupancy is Occupancy.MASKED and seen.is_unmanaged_code:
        # it may have replaced ours; a consent to clear was for the code seen before
        return not record.observed.is_unmanaged_code
    if not seen.occupancy.is_occupied or record.observed.occupancy.is_occupied:
        return False
    if seen.is_unmanaged_code:
        return True
    if (
        record.observed.occupancy is Occupancy.UNKNOWN
        and record.evidence is not Evidence.NONE
    ):
        # a lock that can now be read, and had only acknowledged our code before
        return False
    return not record.may_explain(Operation.WRITE)


def _mark_unmanaged(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> SlotRecord:
    found = replace(
        without_disabled_code(record),
        origin=Origin.UNMANAGED,
        retry=replace(record.retry, suspended_reason=None),
        # an external write may have left schedule entries as well
        schedule=replace(record.schedule, no_stale_entries=False),
    )
    return keep_unmanaged_code(found, now, traits)


def keep_unmanaged_code(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record with an unmanaged code in the slot, which stays there."""
    if record.desired is DesiredState.PRESENT:
        return replace(
            record,
            evidence=Evidence.NONE,
            changed_externally=False,
        )
    if record.unresolved_until() is not None or is_clear_owed(record):
        return replace(record, evidence=Evidence.NONE)
    # ours is proven to be cleared; the unmanaged code is not cleared
    return mark_verified(record, absence_evidence(record, traits), now, traits)


def _update_evidence(
    record: SlotRecord, seen: Observation, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record with the evidence that the read gives."""
    evidence = _evidence_from(record, seen, traits)
    if evidence is not Evidence.NONE:
        return mark_verified(record, evidence, now, traits)
    record = replace(record, evidence=Evidence.NONE)
    if not record.changed_externally or record.desired is DesiredState.ABSENT:
        return record
    return limit_restores(record, now, traits)


def _evidence_from(
    record: SlotRecord, seen: Observation, traits: LockTraits
) -> Evidence:
    if record.unresolved_until() is not None:
        return Evidence.NONE
    if record.desired is DesiredState.PRESENT and not has_required_schedule(record):
        return Evidence.NONE
    if record.desired is DesiredState.ABSENT:
        if seen.occupancy is Occupancy.EMPTY:
            return absence_evidence(record, traits)
        is_disabled = shows_disabled_code(record, seen)
        return traits.best_evidence if is_disabled else Evidence.NONE
    if seen.holds_revision(record.revision):
        return Evidence.VALUE
    if (
        seen.occupancy is Occupancy.EMPTY
        and record.writes.reads_empty
        and record.evidence is Evidence.ACKNOWLEDGED
    ):
        # the code was used, and this lock shows the slot as empty all the same
        return Evidence.ACKNOWLEDGED
    if is_enabled_again(record):
        # it was verified when it was disabled, and nothing has changed it since
        return Evidence.PRESENCE
    if (
        seen.occupancy is Occupancy.MASKED
        and seen.enabled is not False
        and record.evidence.is_read_back
    ):
        # still occupied, and nothing has changed the code that was verified before
        return Evidence.PRESENCE
    return Evidence.NONE
