"""Slot reducer, uses: whether the code that was used can have been the one of a slot.

Locks report a keypad operation with the number of a slot. That number is not always the
one of the code that was typed: many report a master code with the number of an empty
slot. So a use is the doing of the slot's owner only where their code is held to be.
"""

from dataclasses import replace
from datetime import datetime

from ..model.provider_io import Occupancy
from ..model.slot import DesiredState, Operation, Origin, SlotRecord


def may_open(record: SlotRecord) -> bool:
    """Return whether the slot is held to have a code of ours that opens the door.

    That is so until it is known to have none: the lock has proven that the code is gone,
    or was last read as empty without a write that may have taken effect since.
    """
    if record.is_verified:
        return record.desired is DesiredState.PRESENT
    pending = record.pending
    if pending is not None and pending.operation.grants_access:
        return True
    if any(
        command.operation is Operation.WRITE and not command.followed_by_clear
        for command in record.unresolved_commands
    ):
        return True
    return record.observed.occupancy is not Occupancy.EMPTY


def could_open_at(record: SlotRecord, at: datetime) -> bool:
    """Return whether a code that was used at that time can have been ours in the slot.

    A report may come long after the use, and the code may have been cleared since.
    """
    if not holds_only_ours(record):
        return False
    ended = record.absent_since
    return may_open(record) or (ended is not None and at < ended)


def holds_only_ours(record: SlotRecord) -> bool:
    """Return whether whatever is in the slot is known to be our code."""
    return (
        record.origin is Origin.MANAGED
        and not record.changed_externally
        and not record.observed.is_unmanaged_code
    )


def with_absence(before: SlotRecord, after: SlotRecord, now: datetime) -> SlotRecord:
    """Return the record after an event, with the time since when its code opens nothing."""
    if may_open(after):
        absent_since = None
    elif may_open(before):
        absent_since = now
    else:
        absent_since = after.absent_since
    if absent_since == after.absent_since:
        return after
    return replace(after, absent_since=absent_since)
