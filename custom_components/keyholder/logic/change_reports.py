"""Slot reducer, change reports: a lock reports a change, which only a read can prove."""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.provider_io import Occupancy
from ..model.slot import (
    Observation,
    Operation,
    Origin,
    PendingCommand,
    SlotRecord,
)
from ..model.slot_events import ChangeKind, ChangeReported, LockTraits, SlotNotice
from .disabled_codes import has_disabled_code, shows_switch, without_disabled_code
from .external_changes import notice_of
from .restores import suspend_if_forgeable
from .unreadable_lock import on_reported_unreadable


def on_change_reported(
    record: SlotRecord, event: ChangeReported, now: datetime, traits: LockTraits
) -> tuple[SlotRecord, SlotNotice | None]:
    """Return the record after the lock reported a change of the slot."""
    if event.expected or _explains_report(record, event.change):
        if record.pending is not None or not _read_would_tell(record, event, traits):
            return record, None
        # it may be an external change all the same, and here a read can tell
        return replace(record, needs_read=True), None
    if not traits.shows_occupancy:
        return on_reported_unreadable(record, event.change, now, traits)
    if event.perhaps_ours and traits.reports_can_be_forged:
        return replace(record, needs_read=True), None
    pending = record.pending
    if pending is not None and pending.operation is Operation.WRITE:
        # the slot was changed externally, so a masked reading may not be our write
        pending = replace(pending, slot_was_empty=False)
        record = suspend_if_forgeable(record, traits)
    reported = replace(
        without_disabled_code(record),
        evidence=Evidence.NONE,
        pending=pending,
        needs_read=True,
        retry=replace(record.retry, at=None),
    )
    if (
        record.observed.occupancy is Occupancy.MASKED
        and record.origin is not Origin.UNMANAGED
        and not record.changed_externally
        and not event.perhaps_ours
    ):
        # no read of a masking lock will show the change, so the report has to be taken
        changed = replace(reported, changed_externally=True)
        return suspend_if_forgeable(changed, traits), notice_of(event.change)
    return reported, None


def _read_would_tell(
    record: SlotRecord, event: ChangeReported, traits: LockTraits
) -> bool:
    """Return whether a read would show that the change was not ours."""
    if not traits.shows_occupancy:
        return False
    if has_disabled_code(record):
        # a disabled code is proven to open nothing by being disabled: a read shows that
        return True
    occupancy = record.observed.occupancy
    if occupancy is Occupancy.EMPTY and event.change is not ChangeKind.CLEARED:
        # ours is proven to be cleared: a code that is there now would be unmanaged
        return True
    masked = occupancy is Occupancy.MASKED
    return traits.best_evidence.shows_code and not masked


def _explains_report(record: SlotRecord, change: ChangeKind) -> bool:
    """Return whether a command of ours explains the reported change."""
    return any(
        may_cause(operation, change) and record.may_explain(operation)
        for operation in Operation
    )


def may_cause(operation: Operation, change: ChangeKind) -> bool:
    """Return whether a lock may report the operation as this change."""
    match change:
        case ChangeKind.SET:
            return operation is Operation.WRITE
        case ChangeKind.CLEARED:
            return operation is Operation.CLEAR
        case ChangeKind.UNKNOWN:
            return True


def operation_shown(before: SlotRecord, after: SlotRecord) -> Operation | None:
    """Return the pending operation whose effect was seen between two records, or None.

    The lock may still report it for a short time.
    """
    pending, seen = before.pending, after.observed
    if pending is None or after.pending is not None or seen is before.observed:
        return None
    return pending.operation if _shows_effect(seen, pending) else None


def _shows_effect(seen: Observation, pending: PendingCommand) -> bool:
    match pending.operation:
        case Operation.WRITE:
            masked = seen.occupancy is Occupancy.MASKED and not seen.is_unmanaged_code
            return masked or seen.holds_revision(pending.revision)
        case Operation.CLEAR:
            return seen.occupancy is Occupancy.EMPTY
        case Operation.ENABLE | Operation.DISABLE:
            return shows_switch(seen, pending.operation)
