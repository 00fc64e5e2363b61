"""Slot reducer, writes: what was written to a slot, and what an empty reading proves then.

Some locks store a code and go on showing its slot as empty. So every write is owed a
clear before its code counts as gone, whatever a read shows. Where the lock acknowledged
a write and shows the slot empty without having been sent a clear, no read proves that
slot empty: that the lock acknowledged the clear is all the evidence there is, until a
read shows a code there.

Other modules change `SlotRecord.writes` by these functions alone.
"""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.provider_io import Occupancy
from ..model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    SlotRecord,
    UnresolvedCommand,
)
from ..model.slot_events import LockTraits
from ..model.slot_writes import SlotWrites


def is_clear_owed(record: SlotRecord) -> bool:
    """Return whether the slot may hold a code of ours until a clear is acknowledged."""
    return bool(record.writes.uncleared)


def is_clear_of_other_owed(record: SlotRecord) -> bool:
    """Return whether a slot that is shown empty may hold a revision not desired there.

    A write into it need not replace that one, should the lock drop the write.
    """
    writes = record.writes
    others = any(revision != record.revision for revision in writes.uncleared)
    return (
        others
        and writes.reads_empty
        and record.observed.occupancy is Occupancy.EMPTY
        and record.unresolved_until(Operation.WRITE) is None
    )


def absence_evidence(record: SlotRecord, traits: LockTraits) -> Evidence:
    """Return what a reading of the slot as empty proves: that no code of ours is there."""
    if is_clear_owed(record):
        return Evidence.NONE
    if _is_distrusted(record, traits):
        return Evidence.ACKNOWLEDGED
    return traits.best_evidence


def writes_after_start(record: SlotRecord, operation: Operation) -> SlotWrites:
    """Return the slot's writes from the moment that a command is sent."""
    if operation.keeps_code:
        return record.writes
    return replace(record.writes, clear_sent=operation is Operation.CLEAR)


def without_clear(record: SlotRecord) -> SlotRecord:
    """Return the record after a clear that the lock rejected, or that was not sent."""
    return replace(record, writes=replace(record.writes, clear_sent=False))


def after_write(
    record: SlotRecord, revision: int, *, acknowledged: bool = False
) -> SlotRecord:
    """Return the record after a write that the lock did not reject."""
    writes = record.writes
    uncleared = tuple(each for each in writes.uncleared if each != revision)
    return replace(
        record,
        writes=replace(
            writes,
            uncleared=(*uncleared, revision),
            acknowledged=writes.acknowledged or acknowledged,
            unproven=True,
        ),
    )


def after_assumed_write(record: SlotRecord) -> SlotRecord:
    """Return the record after a power cut that may hide a write of its revision.

    A lock that was last read to hold a code shows this one as well, if it was sent.
    """
    if record.observed.occupancy.is_occupied:
        return replace(record, writes=replace(record.writes, unproven=True))
    return after_write(record, record.revision, acknowledged=True)


def after_lost_results(record: SlotRecord, *, all_lost: bool) -> SlotRecord:
    """Return the record after the results of commands may have got lost.

    The lock may have acknowledged a write without that having been recorded. Unless
    `all_lost`, every write that returned is on record already.
    """
    for command in (*record.unresolved_commands, record.pending):
        if (
            command is None
            or command.operation is not Operation.WRITE
            or (
                isinstance(command, UnresolvedCommand)
                and (command.followed_by_clear or command.effect_seen)
            )
        ):
            continue
        if all_lost or command.revision not in record.writes.uncleared:
            record = after_write(record, command.revision, acknowledged=True)
    return record


def after_unexpected_use(record: SlotRecord) -> SlotRecord:
    """Return the record after the slot was used although it was held to have no such code.

    A clear that was sent before does not explain an empty reading any more.
    """
    used = replace(after_write(record, record.revision).writes, clear_sent=False)
    return replace(
        record, writes=replace(used, used=True, unproven=record.writes.unproven)
    )


def is_clear_after_use_owed(record: SlotRecord) -> bool:
    """Return whether a slot that is shown empty was used, and not cleared since."""
    return record.writes.used and record.observed.occupancy is Occupancy.EMPTY


def after_acknowledged_clear(record: SlotRecord) -> SlotRecord:
    """Return the record after a clear that the lock acknowledged."""
    writes = replace(record.writes, uncleared=(), acknowledged=False, used=False)
    return replace(record, writes=writes)


def writes_after_read(
    record: SlotRecord, seen: Observation, now: datetime, traits: LockTraits
) -> SlotWrites:
    """Return the slot's writes after a read of it; `record` is the one before the read."""
    writes = record.writes
    if seen.occupancy is Occupancy.EMPTY:
        return _after_empty_reading(record, traits)
    is_resolved = record.pending is None and all(
        command.may_land_until <= now for command in record.unresolved_commands
    )
    if seen.is_unmanaged_code:
        # the code that is there has replaced ours, unless ours is still to come
        displaced = SlotWrites() if is_resolved else writes
        return replace(displaced, reads_empty=False)
    if not (seen.is_ours or seen.made_by_us) and not _is_known_behind_mask(record):
        # after a clear that was acknowledged, the code that was used is that one
        return SlotWrites() if writes.used and not writes.acknowledged else writes
    revision = record.revision if seen.revision is None else seen.revision
    uncleared = writes.uncleared
    if is_resolved and seen.is_ours:
        uncleared = (revision,)
    return replace(
        writes,
        uncleared=uncleared or (revision,),
        acknowledged=False,
        reads_empty=False,
        used=False,
    )


def _is_known_behind_mask(record: SlotRecord) -> bool:
    """Return whether a masked code is ours, as far as reads and commands can tell."""
    was_there = record.observed.occupancy.is_occupied
    return record.origin is Origin.MANAGED and (
        was_there or record.may_explain(Operation.WRITE)
    )


def _after_empty_reading(record: SlotRecord, traits: LockTraits) -> SlotWrites:
    writes = record.writes
    if writes.clear_sent:
        if _is_distrusted(record, traits):
            return writes
        # its answer may be lost: its effect is what the read shows
        return replace(writes, uncleared=(), acknowledged=False, used=False)
    was_sent_a_clear = any(
        command.operation is Operation.CLEAR
        # a power cut may hide a clear only where there was something to clear
        and (
            not command.assumed_after_power_loss
            or record.observed.occupancy.is_occupied
        )
        for command in record.unresolved_commands
    )
    contradicts = (
        bool(writes.uncleared) and writes.acknowledged and not was_sent_a_clear
    )
    return replace(writes, reads_empty=writes.reads_empty or contradicts)


def writes_when_verified(record: SlotRecord, evidence: Evidence) -> SlotWrites:
    """Return the slot's writes once the desired state is proven at that grade."""
    writes = record.writes
    if record.desired is DesiredState.ABSENT:
        return writes
    return SlotWrites(
        uncleared=(record.revision,),
        reads_empty=writes.reads_empty and not evidence.is_read_back,
    )


def reread_after_proof(
    record: SlotRecord, evidence: Evidence, now: datetime, traits: LockTraits
) -> datetime | None:
    """Return when the slot is read once more, its desired state being proven now."""
    if record.desired is DesiredState.ABSENT or not evidence.is_read_back:
        return None
    if record.writes.unproven:
        return now + traits.timing.reread_delay
    is_over = record.reread_at is not None and record.reread_at <= now
    return None if is_over else record.reread_at


def lock_reads_empty(known: bool, before: SlotRecord, after: SlotRecord) -> bool:
    """Return whether a lock shows slots as empty that hold codes, after an event.

    `known` is what was known before. It is so once the time of an acknowledged write
    ends and the slot is shown empty, until a read of any slot shows a code of ours.
    """
    seen = after.observed
    if seen is before.observed:
        return known
    if seen.occupancy.is_occupied:
        return known and after.writes.reads_empty
    return known or (after.writes.reads_empty and after.pending is None)


def _is_distrusted(record: SlotRecord, traits: LockTraits) -> bool:
    """Return whether the lock may show the slot as empty although it holds a code."""
    return record.writes.used or record.writes.reads_empty or traits.reads_empty
