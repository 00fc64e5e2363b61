"""Slot records after an exception of our own: what is still known, and what is still owed."""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.slot import (
    DesiredState,
    Operation,
    Origin,
    Retry,
    SlotRecord,
    SlotSchedule,
    Target,
    UnresolvedCommand,
)
from ..model.slot_events import LockTraits
from .on_read import without_proof
from .slot_writes import after_lost_results, is_clear_owed


def record_after_defect(
    record: SlotRecord,
    target: Target,
    now: datetime,
    traits: LockTraits,
    *,
    is_repeated: bool,
) -> SlotRecord:
    """Return the record after an event that raised, with nothing proven.

    `target` is what is desired now: a wish must not be lost with its event. Where it is
    another one, or exceptions are repeated, everything is dropped that they may be due
    to: times, commands and schedules. What the slot holds is then read anew.
    """
    if target == record.target and not is_repeated:
        return without_proof(record, traits)
    return replace(
        record,
        target=target,
        observed=replace(record.observed, observed_at=None, schedule=None),
        evidence=Evidence.NONE,
        verified_at=None,
        pending=None,
        unresolved_commands=_assumed_write(record, now, traits),
        retry=Retry(suspended_reason=record.retry.suspended_reason),
        restored_at=(),
        needs_read=traits.shows_occupancy,
        changed_externally=False,
        writes=after_lost_results(record, all_lost=True).writes,
        reread_at=None,
        schedule=SlotSchedule(),
        disabled_code=None,
        absent_since=None,
    )


def owes_clear(record: SlotRecord, target: Target) -> bool:
    """Return whether a code of ours may open the door although it is not desired.

    It is cleared without asking the record: the reducer may go on raising.
    """
    is_revoked = target.desired is DesiredState.ABSENT and (
        record.desired is DesiredState.PRESENT or not record.is_verified
    )
    return (
        is_revoked
        and record.origin is not Origin.UNMANAGED
        and not record.observed.is_unmanaged_code
        and (
            record.observed.occupancy.is_occupied
            or is_clear_owed(record)
            or _may_be_written(record)
        )
    )


def _may_be_written(record: SlotRecord) -> bool:
    """Return whether a command that grants access may still take effect."""
    pending = record.pending
    return (pending is not None and pending.operation.grants_access) or any(
        command.operation.grants_access for command in record.unresolved_commands
    )


def _assumed_write(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> tuple[UnresolvedCommand, ...]:
    """Return one write in the place of all commands that may still grant access."""
    if not _may_be_written(record):
        return ()
    write = UnresolvedCommand(
        operation=Operation.WRITE,
        revision=record.revision,
        started_at=now,
        may_land_until=now + traits.timing.write_window,
        assumed_after_power_loss=True,
    )
    return (write,)
