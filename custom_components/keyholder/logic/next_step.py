"""What a slot needs next. A function of the record alone, so a restart loses nothing."""

from datetime import datetime

from ..model.lifecycle import (
    Clear,
    Effect,
    LockTraits,
    Read,
    Step,
    Switch,
    WakeAt,
    Write,
)
from ..model.reading import Occupancy
from ..model.slot import (
    DesiredState,
    Operation,
    Origin,
    PendingCommand,
    Reason,
    SlotRecord,
)
from .limiting import has_wrong_schedule, unscheduled_write_until
from .parking import is_disabled, is_enabled, needs_schedule_check

_SUSPENSIONS_KEEPING_CODE = (
    Reason.CHANGED_REPEATEDLY,
    Reason.OCCUPIED,
    Reason.PIN_MISSING,
    Reason.UNRECOGNISED,
)
"""Suspensions in which what the slot holds waits for the user's word."""


def effects_of(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> tuple[Effect, ...]:
    """Return the effects that carry the record on: at most one step and one wake-up."""
    step = next_step(record, now, traits)
    effects: tuple[Effect, ...] = () if step is None else (step,)
    if record.pending is not None:
        effects += (WakeAt(record.pending.deadline + traits.timing.final_read_grace),)
    elif record.is_cleared and record.unresolved_commands:
        # until then the slot is nobody else's: what may still land would be done to them
        effects += (
            WakeAt(
                max(command.may_land_until for command in record.unresolved_commands)
            ),
        )
    return effects


def next_step(record: SlotRecord, now: datetime, traits: LockTraits) -> Step | None:
    """Return what is to be done with the slot and when, or None if nothing is."""
    if record.pending is not None:
        return _read_back(record, record.pending, traits)
    if not traits.shows_occupancy:
        return _on_unreadable_lock(record, now)
    if (record.needs_read or record.failed_reads) and not _clears_without_answer(
        record, now
    ):
        return Read(_earliest(record, now))
    if record.is_verified:
        return None
    if record.origin is Origin.UNMANAGED:
        return _with_unmanaged_code(record, now)
    if record.desired is DesiredState.ABSENT:
        return _towards_absent(record, now)
    return _towards_present(record, now, traits)


def _read_back(
    record: SlotRecord, pending: PendingCommand, traits: LockTraits
) -> Step | None:
    """Return the next look for the effect of an operation that has returned."""
    if pending.returned_at is None or not traits.shows_occupancy:
        return None
    looks = traits.timing.read_back_delays
    if pending.read_backs < len(looks):
        return Read(
            min(pending.returned_at + looks[pending.read_backs], pending.deadline)
        )
    doubted_until = unresolved_until(record)
    if (
        pending.read_backs == len(looks)
        and doubted_until is not None
        and doubted_until < pending.deadline
    ):
        return Read(doubted_until)
    return Read(pending.deadline)


def _on_unreadable_lock(record: SlotRecord, now: datetime) -> Step | None:
    """Return the next step on a lock that shows nothing."""
    if record.is_verified or record.origin is Origin.UNMANAGED:
        return None
    if record.desired is DesiredState.ABSENT:
        return Clear(_earliest(record, now))
    if record.suspended_reason is None:
        return Write(_earliest(record, now))
    superseded = record.last_written_revision not in (None, record.revision)
    if superseded and record.suspended_reason not in _SUSPENSIONS_KEEPING_CODE:
        return Clear(_earliest(record, now))
    return None


def _clears_without_answer(record: SlotRecord, now: datetime) -> bool:
    """Return whether a code is taken away although the lock did not answer."""
    return (
        record.failed_reads > 0
        and record.is_revocation
        and record.origin is Origin.MANAGED
        and (record.observed.occupancy.is_occupied or _late_write_possible(record, now))
    )


def _with_unmanaged_code(record: SlotRecord, now: datetime) -> Step | None:
    """Return the next look at a slot that holds what is not ours to touch."""
    if record.unresolved_commands:
        return Read(
            _not_before(
                record,
                now,
                max(each.may_land_until for each in record.unresolved_commands),
            )
        )
    if record.desired is DesiredState.ABSENT:
        return Read(_earliest(record, now))
    return None


def _towards_absent(record: SlotRecord, now: datetime) -> Step:
    if is_disabled(record):
        return Read(_earliest(record, now))
    if is_enabled(record):
        return Switch(_earliest(record, now), on=False)
    if record.observed.occupancy.is_occupied or _late_write_possible(record, now):
        return Clear(_earliest(record, now))
    if record.observed.occupancy is Occupancy.EMPTY:
        return Read(_not_before(record, now, unresolved_until(record)))
    return Read(_earliest(record, now))


def _late_write_possible(record: SlotRecord, now: datetime) -> bool:
    """Return whether a late write is on its way that no clear has gone after.

    The lock works its commands off in order: a clear now meets the late write.
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
        # what was changed at the lock is undone by and by; this does not wait for it
        return Clear(now if record.changed_externally else at)
    if record.suspended_reason is not None:
        return _while_suspended(record, now)
    if is_disabled(record) and not needs_schedule_check(record, now, traits):
        return Switch(at, on=True)
    if record.disabled_code is not None:
        return Read(at)
    if record.changed_externally and record.retry_at is not None:
        # what was changed at the lock may have been changed back by then
        return Read(at)
    match observed.occupancy:
        case Occupancy.UNKNOWN:
            return Read(at)
        case Occupancy.MASKED:
            # a masked reading cannot tell the old code from the new: make room first
            return Clear(at)
        case Occupancy.EMPTY:
            return _write_into_empty(record, now, traits)
        case Occupancy.PRESENT:
            if observed.holds_revision(record.revision):
                return Read(_not_before(record, now, unresolved_until(record)))
            if _was_written_since(record):
                return Read(at)
            # other limits come only with a write into an empty slot
            return Clear(at) if record.schedule.is_restricted else Write(at)


def _while_suspended(record: SlotRecord, now: datetime) -> Step | None:
    """Return what goes on while nothing is written.

    A code that was taken back still has to go, one that may land late has to be seen.
    """
    if (
        holds_old_revision(record)
        and record.suspended_reason not in _SUSPENSIONS_KEEPING_CODE
    ):
        return Clear(_earliest(record, now))
    doubted_until = unresolved_until(record)
    if doubted_until is not None:
        return Read(_not_before(record, now, doubted_until))
    return None


def _write_into_empty(record: SlotRecord, now: datetime, traits: LockTraits) -> Step:
    unlimited_until = unscheduled_write_until(record)
    if unlimited_until is not None and unlimited_until > now:
        return Read(_not_before(record, now, unlimited_until))
    written_until = unresolved_until(record, Operation.WRITE)
    if written_until is not None and not traits.best_evidence.shows_code:
        return Read(_not_before(record, now, written_until))
    at = _earliest(record, now)
    if (
        at > now
        or _was_written_since(record)
        or not is_fresh_empty(record, now, traits)
    ):
        return Read(at)
    return Write(at)


def _was_written_since(record: SlotRecord) -> bool:
    """Return whether what is wanted was sent already after the slot was looked at."""
    seen_at = record.observed.observed_at
    return any(
        command.operation is Operation.WRITE
        and command.revision == record.revision
        and (seen_at is None or command.started_at > seen_at)
        for command in record.unresolved_commands
    )


def is_fresh_empty(record: SlotRecord, now: datetime, traits: LockTraits) -> bool:
    """Return whether the slot was seen empty so lately that a write may rely on it."""
    seen_at = record.observed.observed_at
    return (
        record.observed.occupancy is Occupancy.EMPTY
        and seen_at is not None
        and seen_at <= now <= seen_at + traits.timing.empty_read_max_age
    )


def is_preflight_read(record: SlotRecord) -> bool:
    """Return whether a read of the slot now would only be there for the write after it."""
    return (
        record.desired is DesiredState.PRESENT
        and record.origin is Origin.MANAGED
        and record.observed.occupancy is Occupancy.EMPTY
        and record.suspended_reason is None
        and record.pending is None
        and not record.needs_read
        and not record.failed_reads
        and not record.unresolved_commands
    )


def _earliest(record: SlotRecord, now: datetime) -> datetime:
    return now if record.retry_at is None else max(now, record.retry_at)


def _not_before(record: SlotRecord, now: datetime, moment: datetime | None) -> datetime:
    earliest = _earliest(record, now)
    return earliest if moment is None else max(earliest, moment)


def unresolved_until(
    record: SlotRecord, operation: Operation | None = None
) -> datetime | None:
    """Return until when an operation that was given up may undo what is desired.

    Only operations of the given kind count, if one is given. None once a reading after
    that time has shown how it ended.
    """
    return max(
        (
            command.may_land_until
            for command in record.unresolved_commands
            if command.would_undo(record.desired, record.revision)
            and operation in (None, command.operation)
        ),
        default=None,
    )


def holds_old_revision(record: SlotRecord) -> bool:
    """Return whether the slot holds a code of ours that is no longer wanted there."""
    observed = record.observed
    if record.origin is Origin.UNMANAGED or record.changed_externally:
        return False
    if observed.occupancy is Occupancy.MASKED:
        return True
    return observed.is_ours and observed.revision != record.revision
