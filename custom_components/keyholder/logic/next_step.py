"""The next step of a slot, derived from its record alone, so that a restart loses nothing."""

from datetime import datetime

from ..model.provider_io import Occupancy
from ..model.slot import (
    DesiredState,
    Operation,
    Origin,
    PendingCommand,
    SlotRecord,
)
from ..model.slot_events import Effect, LockTraits, Step, WakeAt
from .disabled_codes import next_disabled_step
from .slot_schedule import has_wrong_schedule, is_restricted, unscheduled_write_until
from .slot_writes import (
    is_clear_after_use_owed,
    is_clear_of_other_owed,
    is_clear_owed,
)
from .unreadable_lock import next_step_unreadable


def effects_of(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> tuple[Effect, ...]:
    """Return the effects that the record needs: at most one step and one `WakeAt`."""
    step = next_step(record, now, traits)
    effects: tuple[Effect, ...] = () if step is None else (step,)
    if record.pending is not None:
        effects += (WakeAt(record.pending.deadline + traits.timing.final_read_grace),)
    elif record.is_cleared and record.unresolved_commands:
        # until then no other credential gets the slot: a late effect would hit its code
        effects += (
            WakeAt(
                max(command.may_land_until for command in record.unresolved_commands)
            ),
        )
    return effects


def next_step(record: SlotRecord, now: datetime, traits: LockTraits) -> Step | None:
    """Return what is to be done with the slot and when, or None for nothing."""
    if not traits.shows_occupancy:
        return next_step_unreadable(record, _earliest(record, now))
    if record.pending is not None:
        return _read_back(record, record.pending, traits)
    if (record.needs_read or record.retry.failed_reads) and not _clears_without_answer(
        record, now
    ):
        return Step(None, _earliest(record, now))
    if record.is_verified:
        return _reread(record, now)
    if record.origin is Origin.UNMANAGED:
        return _with_unmanaged_code(record, now)
    if record.desired is DesiredState.ABSENT:
        return _towards_absent(record, now, traits)
    return _towards_present(record, now, traits)


def _reread(record: SlotRecord, now: datetime) -> Step | None:
    """Return the second read of a code that was proven a short time ago."""
    if record.reread_at is None or record.desired is DesiredState.ABSENT:
        return None
    return Step(None, _not_before(record, now, record.reread_at))


def _read_back(
    record: SlotRecord, pending: PendingCommand, traits: LockTraits
) -> Step | None:
    """Return the next read for the effect of a command that has returned."""
    if pending.returned_at is None:
        return None
    delays = traits.timing.read_back_delays
    if pending.read_backs < len(delays):
        return Step(
            None,
            min(pending.returned_at + delays[pending.read_backs], pending.deadline),
        )
    undone_until = record.unresolved_until()
    if (
        pending.read_backs == len(delays)
        and undone_until is not None
        and undone_until < pending.deadline
    ):
        return Step(None, undone_until)
    return Step(None, pending.deadline)


def _clears_without_answer(record: SlotRecord, now: datetime) -> bool:
    """Return whether a code is cleared although reads of the slot fail."""
    return (
        record.retry.failed_reads > 0
        and record.is_revocation
        and record.origin is not Origin.UNMANAGED
        and _clear_is_due(record, now)
    )


def _with_unmanaged_code(record: SlotRecord, now: datetime) -> Step | None:
    """Return the next read of a slot that holds an unmanaged code."""
    if record.unresolved_commands:
        return Step(
            None,
            _not_before(
                record,
                now,
                max(each.may_land_until for each in record.unresolved_commands),
            ),
        )
    if record.desired is DesiredState.ABSENT and record.blocked is None:
        return Step(None, _earliest(record, now))
    return None


def _towards_absent(record: SlotRecord, now: datetime, traits: LockTraits) -> Step:
    disabled_step = next_disabled_step(record, _earliest(record, now), now, traits)
    if disabled_step is not None:
        return disabled_step
    if _clear_is_due(record, now):
        return Step(Operation.CLEAR, _earliest(record, now))
    if record.observed.occupancy is Occupancy.EMPTY:
        return Step(None, _not_before(record, now, record.unresolved_until()))
    return Step(None, _earliest(record, now))


def _clear_is_due(record: SlotRecord, now: datetime) -> bool:
    """Return whether a code of ours may be in the slot, or may yet come, without a clear."""
    return (
        record.observed.occupancy.is_occupied
        or is_clear_owed(record)
        or _late_write_possible(record, now)
    )


def _late_write_possible(record: SlotRecord, now: datetime) -> bool:
    """Return whether a write may still take effect and no clear was sent after it.

    The lock carries its commands out in order: a clear sent now comes after the late
    write.
    """
    return any(
        command.operation is Operation.WRITE
        and not command.followed_by_clear
        and command.may_land_until > now
        for command in record.unresolved_commands
    )


def _towards_present(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> Step | None:
    observed = record.observed
    at = _earliest(record, now)
    if has_wrong_schedule(record):
        # external changes are undone at intervals; a wrong schedule does not wait
        return Step(Operation.CLEAR, now if record.changed_externally else at)
    if record.blocked is not None:
        return _while_suspended(record, now)
    disabled_step = next_disabled_step(record, at, now, traits)
    if disabled_step is not None:
        return disabled_step
    if record.changed_externally and record.retry.at is not None:
        # an external change may have been reversed by then
        return Step(None, at)
    match observed.occupancy:
        case Occupancy.UNKNOWN | Occupancy.NOT_USABLE:
            return Step(None, at)
        case Occupancy.MASKED:
            # a masked reading cannot tell the old code from the new: clear first
            return Step(Operation.CLEAR, at)
        case Occupancy.EMPTY:
            return _write_into_empty(record, now, traits)
        case Occupancy.PRESENT:
            return _write_over_code(record, now)


def _write_over_code(record: SlotRecord, now: datetime) -> Step:
    """Return the next step for a slot that holds a readable code."""
    if record.observed.holds_revision(record.revision):
        return Step(None, _not_before(record, now, record.unresolved_until()))
    at = _earliest(record, now)
    if _was_written_since(record):
        return Step(None, at)
    # a schedule comes only with a write into an empty slot
    clears = is_restricted(record)
    return Step(Operation.CLEAR if clears else Operation.WRITE, at)


def _while_suspended(record: SlotRecord, now: datetime) -> Step | None:
    """Return the next step while nothing is written.

    A revoked code still has to be cleared, and a late effect has to be read.
    """
    keeps_code = record.blocked is not None and record.blocked.keeps_code
    holds_other = (
        holds_old_revision(record)
        or is_clear_of_other_owed(record)
        or is_clear_after_use_owed(record)
    )
    if holds_other and not keeps_code:
        return Step(Operation.CLEAR, _earliest(record, now))
    undone_until = record.unresolved_until()
    if undone_until is not None:
        return Step(None, _not_before(record, now, undone_until))
    return None


def _write_into_empty(record: SlotRecord, now: datetime, traits: LockTraits) -> Step:
    if is_clear_of_other_owed(record) or is_clear_after_use_owed(record):
        return Step(Operation.CLEAR, _earliest(record, now))
    unscheduled_until = unscheduled_write_until(record)
    if unscheduled_until is not None and unscheduled_until > now:
        return Step(None, _not_before(record, now, unscheduled_until))
    written_until = record.unresolved_until(Operation.WRITE)
    if written_until is not None and not traits.best_evidence.shows_code:
        return Step(None, _not_before(record, now, written_until))
    at = _earliest(record, now)
    if (
        at > now
        or _was_written_since(record)
        or not is_fresh_empty(record, now, traits)
    ):
        return Step(None, at)
    return Step(Operation.WRITE, at)


def _was_written_since(record: SlotRecord) -> bool:
    """Return whether the desired revision was already sent after the slot was last read."""
    seen_at = record.observed.observed_at
    return any(
        command.operation is Operation.WRITE
        and command.revision == record.revision
        and (seen_at is None or command.started_at > seen_at)
        for command in record.unresolved_commands
    )


def is_fresh_empty(record: SlotRecord, now: datetime, traits: LockTraits) -> bool:
    """Return whether the slot was read as empty recently enough for a write to rely on it."""
    seen_at = record.observed.observed_at
    return (
        record.observed.occupancy is Occupancy.EMPTY
        and seen_at is not None
        and seen_at <= now <= seen_at + traits.timing.empty_read_max_age
    )


def is_preflight_read(record: SlotRecord) -> bool:
    """Return whether a read of the slot now would only prepare the write after it."""
    return (
        record.desired is DesiredState.PRESENT
        and record.origin is Origin.MANAGED
        and record.observed.occupancy is Occupancy.EMPTY
        and record.blocked is None
        and record.pending is None
        and not record.needs_read
        and not record.retry.failed_reads
        and not record.unresolved_commands
    )


def needs_disk(record: SlotRecord, operation: Operation | None) -> bool:
    """Return whether the step waits until the intent is on disk; None is a read.

    That is a write, and what only prepares one: the read before it, and a clear that
    makes room. A clear that revokes a code, or one that works at wrong times, is for
    its own sake.
    """
    if operation is None:
        return is_preflight_read(record)
    if operation is not Operation.CLEAR:
        return operation.grants_access
    return (
        record.desired is DesiredState.PRESENT
        and record.blocked is None
        and not has_wrong_schedule(record)
    )


def _earliest(record: SlotRecord, now: datetime) -> datetime:
    return now if record.retry.at is None else max(now, record.retry.at)


def _not_before(record: SlotRecord, now: datetime, moment: datetime | None) -> datetime:
    earliest = _earliest(record, now)
    return earliest if moment is None else max(earliest, moment)


def holds_old_revision(record: SlotRecord) -> bool:
    """Return whether the slot holds a code of ours that is no longer desired there."""
    observed = record.observed
    if record.origin is Origin.UNMANAGED or record.changed_externally:
        return False
    if observed.occupancy is Occupancy.MASKED:
        return True
    return observed.is_ours and observed.revision != record.revision


def can_release(record: SlotRecord) -> bool:
    """Return whether the slot holds an unmanaged code and no command of ours is unresolved.

    Only then may a record be dropped while its owner stays: no code of ours is left on
    the lock without a record.
    """
    return (
        record.origin is Origin.UNMANAGED
        and record.observed.occupancy.is_occupied
        and not record.observed.is_ours
        and record.pending is None
        and not record.unresolved_commands
        and not record.needs_read
        and not is_clear_owed(record)
    )
