"""Slot reducer, restores: how often a code that was changed at the lock is put back."""

from dataclasses import replace
from datetime import datetime

from ..model.slot import Reason, SlotRecord
from ..model.slot_events import LockTraits
from ..model.timing import MAX_RESTORES_PER_WINDOW


def limit_restores(record: SlotRecord, now: datetime, traits: LockTraits) -> SlotRecord:
    """Return the record with a limit on how often an external change is undone.

    A restore less than `Timing.restore_interval` after the last one is put off; too
    many of them within `Timing.restore_window` suspend the slot.
    """
    timing = traits.timing
    recent = tuple(at for at in record.restored_at if now - at < timing.restore_window)
    record = replace(record, restored_at=recent)
    if record.blocked is not None:
        return record
    if len(recent) >= MAX_RESTORES_PER_WINDOW:
        retry = replace(record.retry, suspended_reason=Reason.CHANGED_REPEATEDLY)
        return replace(record, retry=retry)
    if recent and now < recent[-1] + timing.restore_interval:
        retry = replace(record.retry, at=recent[-1] + timing.restore_interval)
        return replace(record, retry=retry)
    return record
