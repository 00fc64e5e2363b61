"""Slot reducer, schedules: a code that the lock itself is to deny at times.

A code of ours must be active only under the schedule that it should have. So the
schedule comes with the write of the code into an empty slot, and a code whose schedule
differs, or is not known, is cleared before anything else is done with it.
"""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.lock_schedule import NO_SCHEDULE, LockSchedule
from ..model.provider_io import Occupancy
from ..model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    Reason,
    SlotRecord,
    SlotSchedule,
    Target,
)
from ..model.slot_events import LockTraits


def required_schedule(record: SlotRecord) -> LockSchedule | None:
    """Return the schedule that has to be on the lock before the code is active."""
    requested = record.target.schedule
    is_rejected = requested is not None and requested == record.schedule.rejected
    if is_rejected and not record.target.only_scheduled:
        return NO_SCHEDULE
    return requested


def is_restricted(record: SlotRecord) -> bool:
    """Return whether the lock is to deny the code at times."""
    required = required_schedule(record)
    return required is not None and not required.is_empty


def has_required_schedule(record: SlotRecord) -> bool:
    """Return whether the schedule of a code of ours in the slot is the one it should have."""
    required, in_force = required_schedule(record), record.schedule.in_force
    if required is None or required == in_force:
        return True
    return required.is_empty and in_force is None


def with_target(record: SlotRecord, target: Target) -> SlotRecord:
    """Return the record with a new target, and what is known of its schedule then."""
    if target.desired is DesiredState.ABSENT:
        target = replace(target, schedule=record.target.schedule)
    else:
        target = replace(target, temporarily_denied=False)
    changed = replace(record, target=target)
    schedule = record.schedule
    if target.schedule == record.target.schedule:
        return changed
    schedule = replace(schedule, rejected=None)
    changed = replace(changed, schedule=schedule)
    if (
        schedule.in_force is None
        and is_restricted(record)
        and not schedule.no_stale_entries
    ):
        # a code that was written unseen may be under the schedule requested until now
        schedule = replace(schedule, in_force=required_schedule(record))
    elif is_restricted(changed) and not record.is_verified:
        schedule = replace(schedule, in_force=None)
    return replace(changed, schedule=schedule)


def schedule_to_write(record: SlotRecord) -> LockSchedule | None:
    """Return the schedule to pass with a write into the slot: None leaves all as it is."""
    if record.observed.occupancy is not Occupancy.EMPTY:
        return None
    if record.schedule.no_stale_entries and not is_restricted(record):
        return None
    return required_schedule(record)


def schedule_after_start(record: SlotRecord, operation: Operation) -> SlotSchedule:
    """Return the slot's schedule from the moment that a command is sent."""
    if operation is not Operation.WRITE:
        # should the clear get lost, the code keeps the schedule that it had
        return record.schedule
    sent = schedule_to_write(record)
    if sent is None:
        if record.observed.occupancy is not Occupancy.EMPTY:
            return record.schedule
        # no entries are left in the slot, and none come with the code
        return replace(record.schedule, in_force=required_schedule(record))
    return replace(record.schedule, in_force=sent, no_stale_entries=False)


def schedule_after_write(record: SlotRecord) -> SlotSchedule:
    """Return the slot's schedule after the write of its code has returned as done."""
    in_force = record.schedule.in_force
    if in_force is None or not in_force.is_empty:
        return record.schedule
    return replace(record.schedule, no_stale_entries=True)


def schedule_after_read(record: SlotRecord, seen: Observation) -> SlotSchedule:
    """Return the slot's schedule after a read of it."""
    if seen.occupancy is Occupancy.EMPTY and not record.may_explain(Operation.WRITE):
        return replace(record.schedule, in_force=None)
    if seen.schedule is not None:
        return replace(record.schedule, in_force=seen.schedule, no_stale_entries=False)
    return record.schedule


def is_schedule_changed(record: SlotRecord, seen: Observation) -> bool:
    """Return whether the schedule in force was changed externally."""
    return (
        record.is_verified
        and is_restricted(record)
        and seen.schedule is not None
        and seen.schedule != record.schedule.in_force
    )


def has_wrong_schedule(record: SlotRecord) -> bool:
    """Return whether a code of ours has to be cleared because its schedule does not match."""
    observed = record.observed
    ours = observed.is_ours or observed.occupancy is Occupancy.MASKED
    return (
        record.desired is DesiredState.PRESENT
        and record.origin is Origin.MANAGED
        and record.retry.suspended_reason is not Reason.PIN_MISSING
        and ours
        and not has_required_schedule(record)
    )


def unscheduled_write_until(record: SlotRecord) -> datetime | None:
    """Return until when an earlier write may take effect in a slot that needs a schedule."""
    if not is_restricted(record):
        return None
    return max(
        (
            command.may_land_until
            for command in record.unresolved_commands
            if command.operation.grants_access
        ),
        default=None,
    )


def is_schedule_read_due(record: SlotRecord, seen: Observation) -> bool:
    """Return whether the schedule of the slot should be read along with the slot.

    The schedule of a pending write was read back before its code was active.
    """
    return (
        is_restricted(record)
        and record.desired is DesiredState.PRESENT
        and record.pending is None
        and (seen.is_ours or seen.occupancy is Occupancy.MASKED)
    )


def active_schedule(record: SlotRecord) -> LockSchedule | None:
    """Return the schedule that the lock has shown to enforce, or None.

    For a disabled code it is the one that applies once the code is enabled again.
    """
    if not record.is_verified or not is_restricted(record):
        return None
    if record.desired is DesiredState.ABSENT:
        return required_schedule(record)
    return record.schedule.in_force


def without_early_code(record: SlotRecord) -> SlotRecord:
    """Return the record of a code ahead of its time whose schedule the lock does not enforce.

    The code is not wanted before its time then, and never again under this schedule.
    """
    if not record.target.only_scheduled:
        return record
    return replace(
        record,
        target=replace(
            record.target, desired=DesiredState.ABSENT, only_scheduled=False
        ),
        schedule=replace(record.schedule, rejected=record.target.schedule),
    )


def on_early_use(record: SlotRecord, at: datetime) -> SlotRecord:
    """Return the record after its code opened the door at `at`.

    Ahead of its time it must not have: the lock does not enforce the schedule, whatever
    it shows of it. So the code is taken off at once.
    """
    is_early = record.target.only_scheduled
    if not is_early or (record.verified_at is not None and at < record.verified_at):
        return record
    return replace(
        without_early_code(record),
        evidence=Evidence.NONE,
        verified_at=None,
        retry=record.retry.after_command(),
        unexpected_use=at,
    )


def when_its_time_has_come(
    before: SlotRecord, after: SlotRecord, traits: LockTraits
) -> SlotRecord:
    """Return the record with its new target; a code that was ahead of it is read once more.

    The lock has had it for days: it may have lost the schedule, or the time.
    """
    has_come = before.target.only_scheduled and not after.target.only_scheduled
    if has_come and traits.shows_occupancy:
        return replace(after, needs_read=True)
    return after
