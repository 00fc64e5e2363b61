"""The lifecycle when a lock reports a change by itself: a hint, not the truth."""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.lifecycle import Change, LockSaidChanged, Notice, Rules
from ..model.reading import Occupancy
from ..model.slot import Desired, Operation, Origin, SlotRecord
from .disturbance import before_restoring
from .observing import managed_again
from .parking import unparked

type Noticed = tuple[SlotRecord, tuple[Notice, ...]]


def on_hint(
    record: SlotRecord, event: LockSaidChanged, now: datetime, rules: Rules
) -> Noticed:
    """Return the record after the lock reported a change of the slot."""
    if _is_our_echo(record, event.change):
        if record.pending is not None or not _read_can_tell(record, event, rules):
            return record, ()
        # it may be somebody else's change all the same, and here a read can tell
        return replace(record, stale=True), ()
    if not rules.can_read:
        return _on_blind_hint(record, event.change, now, rules)
    pending = record.pending
    if pending is not None and pending.operation is Operation.WRITE:
        # somebody else was at it, so a masked reading no longer tells who
        pending = replace(pending, from_empty=False)
    hinted = replace(
        unparked(record),
        evidence=Evidence.NONE,
        pending=pending,
        stale=True,
        retry_at=None,
    )
    if (
        record.observed.occupancy is Occupancy.MASKED
        and record.origin is Origin.MANAGED
        and not record.disturbed
    ):
        # no read of a masking lock will show it, so the hint has to be believed
        return replace(hinted, disturbed=True), (_notice(event.change),)
    return hinted, ()


def _read_can_tell(record: SlotRecord, event: LockSaidChanged, rules: Rules) -> bool:
    """Return whether a read would show that the change was not ours."""
    if not rules.can_read:
        return False
    if record.parked is not None:
        # that it is off is what proves that it opens nothing, and a read shows that
        return True
    occupancy = record.observed.occupancy
    if occupancy is Occupancy.EMPTY and event.change is not Change.CLEARED:
        # ours is proven to be out: what is there now would be somebody else's
        return True
    masked = occupancy is Occupancy.MASKED
    return rules.best_evidence.can_tell_codes_apart and not masked


def _is_our_echo(record: SlotRecord, change: Change) -> bool:
    """Return whether an operation of ours explains what the lock reports."""
    operations = {doubt.operation for doubt in record.doubts}
    operations |= {echo.operation for echo in record.echoes}
    if record.pending is not None:
        operations.add(record.pending.operation)
    match change:
        case Change.SET:
            return Operation.WRITE in operations
        case Change.CLEARED:
            return Operation.CLEAR in operations
        case Change.UNKNOWN:
            return bool(operations)


def _on_blind_hint(
    record: SlotRecord, change: Change, now: datetime, rules: Rules
) -> Noticed:
    """Return the record of a lock that shows nothing: its word is all there is."""
    if record.origin is Origin.UNMANAGED:
        gone = change is Change.CLEARED
        return (managed_again(record) if gone else record), ()
    if not record.is_settled:
        return record, ()
    if record.desired is Desired.PRESENT:
        hinted = replace(record, evidence=Evidence.NONE, disturbed=True)
        hinted, notices = before_restoring(hinted, now, rules)
        return hinted, (_notice(change), *notices)
    if change is Change.SET:
        # ours was taken out; what is there now is not ours to take away
        return replace(record, origin=Origin.UNMANAGED), (Notice.CODE_ADDED,)
    return record, ()


def _notice(change: Change) -> Notice:
    return Notice.CODE_REMOVED if change is Change.CLEARED else Notice.CODE_CHANGED
