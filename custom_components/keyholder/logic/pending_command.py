"""Slot reducer, pending commands: what a record is once a command is done or abandoned."""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.slot import (
    DesiredState,
    Operation,
    Origin,
    PendingCommand,
    SlotRecord,
    UnresolvedCommand,
)
from ..model.slot_events import LockTraits
from ..model.timing import Timing
from .slot_writes import reread_after_proof, writes_when_verified


def abandon_pending(
    record: SlotRecord, timing: Timing
) -> tuple[UnresolvedCommand, ...]:
    """Return the record's unresolved commands with its pending command among them."""
    pending = record.pending
    if pending is None:
        return record.unresolved_commands
    command = UnresolvedCommand(
        operation=pending.operation,
        revision=pending.revision,
        started_at=pending.started_at,
        may_land_until=effect_possible_until(pending, timing),
    )
    return (*record.unresolved_commands, command)


def effect_possible_until(pending: PendingCommand, timing: Timing) -> datetime:
    """Return until when the pending command may take effect."""
    returned_at = pending.returned_at or pending.started_at + timing.job_timeout
    return max(pending.deadline, returned_at + timing.write_window)


def is_effect_ambiguous(record: SlotRecord, operation: Operation) -> bool:
    """Return whether a read may show the effect of a command that was not carried out."""
    if operation.keeps_code:
        # a disabled code has no unresolved command, and a read showed its state
        return False
    was_there = record.observed.occupancy.is_occupied and not record.needs_read
    if operation is Operation.CLEAR and not was_there:
        return True
    return any(
        command.operation is operation
        if operation is Operation.CLEAR  # an enable shows the code as a write does
        else command.operation.grants_access and command.revision == record.revision
        for command in record.unresolved_commands
    )


def complete_pending(record: SlotRecord, traits: LockTraits) -> SlotRecord:
    """Return the record after a read showed the effect of its pending command, if it has one."""
    pending = record.pending
    if pending is None:
        return record
    unresolved = record.unresolved_commands
    if pending.ambiguous_effect or not traits.shows_occupancy:
        unresolved = abandon_pending(record, traits.timing)
    elif pending.operation is Operation.ENABLE:
        # the code may have been enabled externally just before, and this be still to come
        *earlier, enable = abandon_pending(record, traits.timing)
        unresolved = (*earlier, replace(enable, effect_seen=True))
    return replace(
        record,
        pending=None,
        retry=replace(record.retry, unanswered_commands=0),
        unresolved_commands=unresolved,
    )


def mark_verified(
    record: SlotRecord, evidence: Evidence, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record with the desired state proven just now."""
    is_absent = record.desired is DesiredState.ABSENT
    disabled_code = record.disabled_code if is_absent else None
    return replace(
        complete_pending(record, traits),
        evidence=evidence,
        verified_at=now,
        retry=record.retry.after_command(),
        changed_externally=False,
        origin=confirmed_origin(record),
        disabled_code=disabled_code and disabled_code.seen(now),
        writes=writes_when_verified(record, evidence),
        reread_at=reread_after_proof(record, evidence, now, traits),
    )


def confirmed_origin(record: SlotRecord) -> Origin:
    """Return whose the code is once the lock has shown what the slot holds."""
    unconfirmed = record.origin is Origin.UNCONFIRMED
    return Origin.MANAGED if unconfirmed else record.origin
