"""Slot reducer, unreadable locks: all that is different where no read shows a slot.

What such a lock acknowledges counts as done, at the grade `ACKNOWLEDGED`, and a change
that it reports is the only information. Elsewhere `shows_occupancy` only says whether
a read is still to come.
"""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.provider_io import WriteResult
from ..model.slot import DesiredState, Operation, Origin, SlotRecord
from ..model.slot_events import (
    ChangeKind,
    CommandReturned,
    LockTraits,
    NotSent,
    OutcomeUnknown,
    Rejected,
    SlotNotice,
    Step,
)
from .external_changes import notice_of
from .on_command_result import fail_pending, on_returned
from .pending_command import abandon_pending, complete_pending, mark_verified
from .restores import limit_restores, suspend_if_forgeable
from .slot_writes import after_lost_results


def next_step_unreadable(record: SlotRecord, at: datetime) -> Step | None:
    """Return what is to be done with the slot, not before `at`, or None for nothing."""
    is_done = record.pending is not None or record.is_verified
    if is_done or record.origin is Origin.UNMANAGED:
        return None
    if record.desired is DesiredState.ABSENT:
        return Step(Operation.CLEAR, at)
    if record.blocked is None:
        return Step(Operation.WRITE, at)
    superseded = any(each != record.revision for each in record.writes.uncleared)
    if superseded and not record.blocked.keeps_code:
        return Step(Operation.CLEAR, at)
    return None


def on_returned_unreadable(
    record: SlotRecord, event: CommandReturned, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record after its command returned."""
    pending = record.pending
    is_late = pending is None or pending.started_at != event.started_at
    if pending is None or is_late or isinstance(event.outcome, Rejected | NotSent):
        return on_returned(record, event, now, traits)
    if isinstance(event.outcome, WriteResult):
        # the provider cannot have read it back either
        event = replace(event, outcome=WriteResult.OPTIMISTIC)
    awaiting = on_returned(record, event, now, traits)
    if isinstance(event.outcome, OutcomeUnknown):
        return fail_pending(awaiting, now, traits)
    if pending.operation.keeps_code:
        return awaiting
    return _on_acknowledged(awaiting, pending.operation, now, traits)


def _on_acknowledged(
    record: SlotRecord, operation: Operation, now: datetime, traits: LockTraits
) -> SlotRecord:
    record = replace(record, needs_read=False)
    writes = operation is Operation.WRITE
    if writes != (record.desired is DesiredState.PRESENT):
        return complete_pending(record, traits)
    undone_until = record.unresolved_until()
    if undone_until is not None:
        # no read will ever show how that ended, so this is sent once more after it
        done = complete_pending(record, traits)
        return replace(done, retry=replace(done.retry, at=undone_until))
    return mark_verified(record, traits.best_evidence, now, traits)


def on_reported_unreadable(
    record: SlotRecord, change: ChangeKind, now: datetime, traits: LockTraits
) -> tuple[SlotRecord, SlotNotice | None]:
    """Return the record after the lock reported a change, and what users are notified of."""
    if record.origin is Origin.UNMANAGED:
        is_cleared = change is ChangeKind.CLEARED
        return replace(record, origin=Origin.MANAGED) if is_cleared else record, None
    if not record.is_verified:
        return record, None
    if record.desired is DesiredState.PRESENT:
        reported = replace(record, evidence=Evidence.NONE, changed_externally=True)
        reported = suspend_if_forgeable(reported, traits)
        return limit_restores(reported, now, traits), notice_of(change)
    if change is ChangeKind.SET:
        # ours was cleared; the code that is there now is unmanaged, and not cleared
        return replace(record, origin=Origin.UNMANAGED), SlotNotice.CODE_ADDED
    return record, None


def abandon_unreadable(record: SlotRecord, traits: LockTraits) -> SlotRecord:
    """Return the record with its command given up, so that it is sent again."""
    return replace(
        after_lost_results(record, all_lost=False),
        pending=None,
        unresolved_commands=abandon_pending(record, traits.timing),
    )
