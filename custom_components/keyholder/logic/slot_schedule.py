"""Slot reducer, schedules: a code that the lock itself is to deny at times.

A code of ours must be active only under the schedule that it should have. So the
schedule comes with the write of the code into an empty slot, and a code whose schedule
differs, or is not known, is cleared before anything else is done with it.
"""

from dataclasses import replace
from datetime import datetime

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


def required_schedule(record: SlotRecord) -> LockSchedule | None:
    """Return the schedule that has to be on the lock before the code is active."""
    requested = record.target.schedule
    if requested is not None and requested == record.schedule.rejected:
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
