"""What a slot needs next. A function of the record alone, so a restart loses nothing."""

from datetime import datetime

from ..model.lifecycle import (
    Clear,
    Effect,
    Read,
    Rules,
    Step,
    Switch,
    Wake,
    Write,
)
from ..model.reading import Occupancy
from ..model.slot import Desired, Operation, Origin, Pending, Reason, SlotRecord
from .limiting import is_outside_its_limits, lands_unlimited_until
from .parking import is_off, is_on, needs_its_limits_seen

_KEEPS_ITS_CODE = (
    Reason.CHANGED_REPEATEDLY,
    Reason.OCCUPIED,
    Reason.PIN_MISSING,
    Reason.UNRECOGNISED,
)
"""Suspensions in which what the slot holds waits for the user's word."""


def follow_up(record: SlotRecord, now: datetime, rules: Rules) -> tuple[Effect, ...]:
    """Return the effects that carry the record on: at most one step and one wake-up."""
    step = next_step(record, now, rules)
    effects: tuple[Effect, ...] = () if step is None else (step,)
    if record.pending is not None:
        effects += (Wake(record.pending.deadline + rules.timing.conclude),)
    elif record.is_gone and record.doubts:
        # until then the slot is nobody else's: what may still land would be done to them
        effects += (Wake(max(doubt.until for doubt in record.doubts)),)
    return effects


def next_step(record: SlotRecord, now: datetime, rules: Rules) -> Step | None:
    """Return what is to be done with the slot and when, or None if nothing is."""
    if record.pending is not None:
        return _read_back(record, record.pending, rules)
    if not rules.can_read:
        return _unseen(record, now)
    if (record.stale or record.silences) and not _clears_unseen(record, now):
        return Read(_earliest(record, now))
    if record.is_settled:
        return None
    if record.origin is Origin.UNMANAGED:
        return _beside_unmanaged(record, now)
    if record.desired is Desired.ABSENT:
        return _towards_absent(record, now)
    return _towards_present(record, now, rules)


def _read_back(record: SlotRecord, pending: Pending, rules: Rules) -> Step | None:
    """Return the next look for the effect of an operation that has returned."""
    if pending.returned_at is None or not rules.can_read:
        return None
    looks = rules.timing.read_back
    if pending.reads < len(looks):
        return Read(min(pending.returned_at + looks[pending.reads], pending.deadline))
    doubted_until = doubt_until(record)
    if (
        pending.reads == len(looks)
        and doubted_until is not None
        and doubted_until < pending.deadline
    ):
        return Read(doubted_until)
    return Read(pending.deadline)


def _unseen(record: SlotRecord, now: datetime) -> Step | None:
    """Return the next step on a lock that shows nothing."""
    if record.is_settled or record.origin is Origin.UNMANAGED:
        return None
    if record.desired is Desired.ABSENT:
        return Clear(_earliest(record, now))
    if record.suspended is None:
        return Write(_earliest(record, now))
    superseded = record.unseen_revision not in (None, record.revision)
    if superseded and record.suspended not in _KEEPS_ITS_CODE:
        return Clear(_earliest(record, now))
    return None


def _clears_unseen(record: SlotRecord, now: datetime) -> bool:
    """Return whether a code is taken away although the lock did not answer."""
    return (
        record.silences > 0
        and record.is_revocation
        and record.origin is Origin.MANAGED
        and (record.observed.occupancy.is_occupied or _may_land(record, now))
    )


def _beside_unmanaged(record: SlotRecord, now: datetime) -> Step | None:
    """Return the next look at a slot that holds what is not ours to touch."""
    if record.doubts:
        return Read(_not_before(record, now, max(each.until for each in record.doubts)))
    if record.desired is Desired.ABSENT:
        return Read(_earliest(record, now))
    return None


def _towards_absent(record: SlotRecord, now: datetime) -> Step:
    if is_off(record):
        return Read(_earliest(record, now))
    if is_on(record):
        return Switch(_earliest(record, now), on=False)
    if record.observed.occupancy.is_occupied or _may_land(record, now):
        return Clear(_earliest(record, now))
    if record.observed.occupancy is Occupancy.EMPTY:
        return Read(_not_before(record, now, doubt_until(record)))
    return Read(_earliest(record, now))


def _may_land(record: SlotRecord, now: datetime) -> bool:
    """Return whether a late write is on its way that no clear has gone after.

    The lock works its commands off in order: a clear now meets the late write.
    """
    return any(
        doubt.operation is Operation.WRITE and not doubt.countered and doubt.until > now
        for doubt in record.doubts
    )


def _towards_present(record: SlotRecord, now: datetime, rules: Rules) -> Step | None:
    observed = record.observed
    at = _earliest(record, now)
    if is_outside_its_limits(record):
        # what was changed at the lock is undone by and by; this does not wait for it
        return Clear(now if record.disturbed else at)
    if record.suspended is not None:
        return _while_suspended(record, now)
    if is_off(record) and not needs_its_limits_seen(record, now, rules):
        return Switch(at, on=True)
    if record.parked is not None:
        return Read(at)
    if record.disturbed and record.retry_at is not None:
        # what was changed at the lock may have been changed back by then
        return Read(at)
    match observed.occupancy:
        case Occupancy.UNKNOWN:
            return Read(at)
        case Occupancy.MASKED:
            # a masked reading cannot tell the old code from the new: make room first
            return Clear(at)
        case Occupancy.EMPTY:
            return _into_empty(record, now, rules)
        case Occupancy.PRESENT:
            if observed.shows(record.revision):
                return Read(_not_before(record, now, doubt_until(record)))
            if _was_written_since(record):
                return Read(at)
            # other limits come only with a write into an empty slot
            return Clear(at) if record.limits.is_restricted else Write(at)


def _while_suspended(record: SlotRecord, now: datetime) -> Step | None:
    """Return what goes on while nothing is written.

    A code that was taken back still has to go, one that may land late has to be seen.
    """
    if holds_superseded(record) and record.suspended not in _KEEPS_ITS_CODE:
        return Clear(_earliest(record, now))
    doubted_until = doubt_until(record)
    if doubted_until is not None:
        return Read(_not_before(record, now, doubted_until))
    return None


def _into_empty(record: SlotRecord, now: datetime, rules: Rules) -> Step:
    unlimited_until = lands_unlimited_until(record)
    if unlimited_until is not None and unlimited_until > now:
        return Read(_not_before(record, now, unlimited_until))
    written_until = doubt_until(record, Operation.WRITE)
    if written_until is not None and not rules.best_evidence.can_tell_codes_apart:
        return Read(_not_before(record, now, written_until))
    at = _earliest(record, now)
    if at > now or _was_written_since(record) or not is_fresh_empty(record, now, rules):
        return Read(at)
    return Write(at)


def _was_written_since(record: SlotRecord) -> bool:
    """Return whether what is wanted was sent already after the slot was looked at."""
    seen_at = record.observed.at
    return any(
        doubt.operation is Operation.WRITE
        and doubt.revision == record.revision
        and (seen_at is None or doubt.started_at > seen_at)
        for doubt in record.doubts
    )


def is_fresh_empty(record: SlotRecord, now: datetime, rules: Rules) -> bool:
    """Return whether the slot was seen empty so lately that a write may rely on it."""
    seen_at = record.observed.at
    return (
        record.observed.occupancy is Occupancy.EMPTY
        and seen_at is not None
        and seen_at <= now <= seen_at + rules.timing.fresh
    )


def looks_before_write(record: SlotRecord) -> bool:
    """Return whether a read of the slot now would only be there for the write after it."""
    return (
        record.desired is Desired.PRESENT
        and record.origin is Origin.MANAGED
        and record.observed.occupancy is Occupancy.EMPTY
        and record.suspended is None
        and record.pending is None
        and not record.stale
        and not record.silences
        and not record.doubts
    )


def _earliest(record: SlotRecord, now: datetime) -> datetime:
    return now if record.retry_at is None else max(now, record.retry_at)


def _not_before(record: SlotRecord, now: datetime, moment: datetime | None) -> datetime:
    earliest = _earliest(record, now)
    return earliest if moment is None else max(earliest, moment)


def doubt_until(
    record: SlotRecord, operation: Operation | None = None
) -> datetime | None:
    """Return until when an operation that was given up may undo what is desired.

    Only operations of the given kind count, if one is given. None once a reading after
    that time has shown how it ended.
    """
    return max(
        (
            doubt.until
            for doubt in record.doubts
            if doubt.contradicts(record.desired, record.revision)
            and operation in (None, doubt.operation)
        ),
        default=None,
    )


def holds_superseded(record: SlotRecord) -> bool:
    """Return whether the slot holds a code of ours that is no longer wanted there."""
    observed = record.observed
    if record.origin is Origin.UNMANAGED or record.disturbed:
        return False
    if observed.occupancy is Occupancy.MASKED:
        return True
    return observed.is_ours and observed.revision != record.revision
