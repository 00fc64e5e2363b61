"""Slot reducer, uses: whether the code that was used can have been the one of a slot.

Locks report a keypad operation with the number of a slot. That number is not always the
one of the code that was typed: many report a master code with the number of an empty
slot. So a use is the doing of the slot's owner only where their code is held to be. And
a use is evidence: it contradicts that a slot has no code, and confirms that it has one.
"""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.provider_io import Occupancy
from ..model.slot import DesiredState, Operation, Origin, SlotRecord
from ..model.slot_events import CodeUsed, LockTraits, UseNoted
from .disabled_codes import has_disabled_code, on_disabled_code_used
from .pending_command import abandon_pending, mark_verified
from .slot_schedule import has_required_schedule
from .slot_writes import after_unexpected_use


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


def expects_use(record: SlotRecord) -> bool:
    """Return whether a use of the slot only shows what is proven already."""
    return record.is_verified and record.desired is DesiredState.PRESENT


def on_use_event(
    record: SlotRecord, event: CodeUsed | UseNoted, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record after its slot was used, or the user has noted that it was."""
    if isinstance(event, UseNoted):
        return replace(record, unexpected_use=None)
    return _on_code_used(record, event.at, now, traits)


def _on_code_used(
    record: SlotRecord, at: datetime, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record after a keypad operation with its slot, at that time.

    Where the slot was held to have no code of ours, that was wrong, or the lock has
    reported another code with this number: the slot is read, and cleared again. Where a
    write was to be confirmed, the code that it brought is there.
    """
    if has_disabled_code(record):
        used = on_disabled_code_used(record, at)
        return used if used is record else replace(used, unexpected_use=at)
    if _contradicts(record, at):
        return replace(
            after_unexpected_use(record),
            evidence=Evidence.NONE,
            needs_read=traits.shows_occupancy,
            # a use does not wait for what failed before
            retry=replace(record.retry, at=None),
            unexpected_use=at,
        )
    if _confirms_write(record, at, traits):
        return _with_write_confirmed(record, now, traits)
    return record


def _contradicts(record: SlotRecord, at: datetime) -> bool:
    """Return whether a use contradicts that the slot has no code of ours.

    A report of a use from before that does not: it may come late. Nor does one where a
    change was reported, and the slot is about to be read for it.
    """
    is_held_absent = record.is_verified or not record.needs_read
    if may_open(record) or not is_held_absent or not holds_only_ours(record):
        return False
    since = record.absent_since or record.verified_at
    return since is not None and at >= since


def _confirms_write(record: SlotRecord, at: datetime, traits: LockTraits) -> bool:
    """Return whether the code that was used can only be the one of the pending write.

    The slot was read as empty just before it, so no earlier revision can be there.
    """
    pending = record.pending
    return (
        traits.shows_occupancy
        and pending is not None
        and pending.operation is Operation.WRITE
        and pending.returned_at is not None
        and pending.slot_was_empty
        and pending.revision == record.revision
        and at >= pending.started_at
        and record.desired is DesiredState.PRESENT
        and record.unresolved_until() is None
        and holds_only_ours(record)
        # a read that showed the code disabled contradicts the use: only a read can tell
        and record.observed.enabled is not False
        and has_required_schedule(record)
    )


def _with_write_confirmed(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> SlotRecord:
    """Return the record with its pending write proven by a use.

    A read is to show the same, which may prove more. Where the slot was read as empty
    since the write, the word of the lock is the best there is until a read shows a code.
    """
    seen = record.observed
    shown_empty = seen.occupancy is Occupancy.EMPTY and seen.observed_at is not None
    evidence = Evidence.ACKNOWLEDGED if shown_empty else Evidence.PRESENCE
    return replace(
        mark_verified(record, evidence, now, traits),
        # what the read shows is to be taken for the effect of this write
        unresolved_commands=abandon_pending(record, traits.timing),
        needs_read=True,
    )


def after_event(before: SlotRecord, after: SlotRecord, now: datetime) -> SlotRecord:
    """Return the record after any event, with what follows for uses of its slot.

    That is since when its code opens nothing, and that an unexpected use is explained
    once the lock has shown a code there that is not ours.
    """
    if may_open(after):
        absent_since = None
    elif may_open(before):
        absent_since = now
    else:
        absent_since = after.absent_since
    explained = after.observed.is_unmanaged_code
    unexpected_use = None if explained else after.unexpected_use
    if (absent_since, unexpected_use) == (after.absent_since, after.unexpected_use):
        return after
    return replace(after, absent_since=absent_since, unexpected_use=unexpected_use)
