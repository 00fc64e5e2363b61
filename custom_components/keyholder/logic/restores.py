"""Slot reducer, restores: whether a code that was changed at the lock is put back."""

from dataclasses import replace
from datetime import datetime

from ..model.provider_io import Occupancy
from ..model.slot import DesiredState, Observation, Reason, SlotRecord
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


def suspend_if_forgeable(record: SlotRecord, traits: LockTraits) -> SlotRecord:
    """Return the record after a report of a change that no read may be able to show.

    Where others than the lock can report, our code is not sent again on the word of a
    report: unless a read shows more than that a code is there, the user decides.
    """
    if (
        not traits.reports_can_be_forged
        or record.desired is DesiredState.ABSENT
        or record.blocked is not None
    ):
        return record
    retry = replace(record.retry, suspended_reason=Reason.CHANGE_REPORTED)
    return replace(record, retry=retry)


def suspension_after_read(record: SlotRecord, seen: Observation) -> Reason | None:
    """Return why the slot is still suspended after a read; None if it is not."""
    reason = record.retry.suspended_reason
    if reason is Reason.CHANGE_REPORTED and seen.occupancy is not Occupancy.MASKED:
        return None
    return reason
