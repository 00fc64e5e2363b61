"""The lifecycle when a lock reports a change by itself: a hint, not the truth."""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.lifecycle import ChangeKind, ChangeReported, LockTraits, SlotNotice
from ..model.reading import Occupancy
from ..model.slot import DesiredState, Operation, Origin, SlotRecord
from .disturbance import limit_restores
from .observing import mark_managed
from .parking import without_disabled_code

type Noticed = tuple[SlotRecord, tuple[SlotNotice, ...]]


def on_change_reported(
    record: SlotRecord, event: ChangeReported, now: datetime, traits: LockTraits
) -> Noticed:
    """Return the record after the lock reported a change of the slot."""
    if _explains_report(record, event.change):
        if record.pending is not None or not _read_would_tell(record, event, traits):
            return record, ()
        # it may be somebody else's change all the same, and here a read can tell
        return replace(record, needs_read=True), ()
    if not traits.shows_occupancy:
        return _on_report_of_unreadable_lock(record, event.change, now, traits)
    pending = record.pending
    if pending is not None and pending.operation is Operation.WRITE:
        # somebody else was at it, so a masked reading no longer tells who
        pending = replace(pending, slot_was_empty=False)
    hinted = replace(
        without_disabled_code(record),
        evidence=Evidence.NONE,
        pending=pending,
        needs_read=True,
        retry_at=None,
    )
    if (
        record.observed.occupancy is Occupancy.MASKED
        and record.origin is Origin.MANAGED
        and not record.changed_externally
    ):
        # no read of a masking lock will show it, so the hint has to be believed
        return replace(hinted, changed_externally=True), (_notice(event.change),)
    return hinted, ()


def _read_would_tell(
    record: SlotRecord, event: ChangeReported, traits: LockTraits
) -> bool:
    """Return whether a read would show that the change was not ours."""
    if not traits.shows_occupancy:
        return False
    if record.disabled_code is not None:
        # that it is off is what proves that it opens nothing, and a read shows that
        return True
    occupancy = record.observed.occupancy
    if occupancy is Occupancy.EMPTY and event.change is not ChangeKind.CLEARED:
        # ours is proven to be out: what is there now would be somebody else's
        return True
    masked = occupancy is Occupancy.MASKED
    return traits.best_evidence.shows_code and not masked


def _explains_report(record: SlotRecord, change: ChangeKind) -> bool:
    """Return whether an operation of ours explains what the lock reports."""
    operations = {command.operation for command in record.unresolved_commands}
    operations |= {expected.operation for expected in record.expected_reports}
    if record.pending is not None:
        operations.add(record.pending.operation)
    match change:
        case ChangeKind.SET:
            return Operation.WRITE in operations
        case ChangeKind.CLEARED:
            return Operation.CLEAR in operations
        case ChangeKind.UNKNOWN:
            return bool(operations)


def _on_report_of_unreadable_lock(
    record: SlotRecord, change: ChangeKind, now: datetime, traits: LockTraits
) -> Noticed:
    """Return the record of a lock that shows nothing: its word is all there is."""
    if record.origin is Origin.UNMANAGED:
        gone = change is ChangeKind.CLEARED
        return (mark_managed(record) if gone else record), ()
    if not record.is_verified:
        return record, ()
    if record.desired is DesiredState.PRESENT:
        hinted = replace(record, evidence=Evidence.NONE, changed_externally=True)
        hinted, notices = limit_restores(hinted, now, traits)
        return hinted, (_notice(change), *notices)
    if change is ChangeKind.SET:
        # ours was taken out; what is there now is not ours to take away
        return replace(record, origin=Origin.UNMANAGED), (SlotNotice.CODE_ADDED,)
    return record, ()


def _notice(change: ChangeKind) -> SlotNotice:
    return (
        SlotNotice.CODE_REMOVED
        if change is ChangeKind.CLEARED
        else SlotNotice.CODE_CHANGED
    )
