"""Slot reducer, schedules: a code that the lock itself is to deny at times.

A code of ours must be active only under the schedule that it should have. So the
schedule comes with the write of the code into an empty slot, and a code whose schedule
differs, or is not known, is cleared before anything else is done with it.
"""

from dataclasses import replace
from datetime import datetime

from ..model.limits import LockSchedule
from ..model.provider_io import Occupancy
from ..model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    Reason,
    SlotRecord,
    SlotSchedule,
)
from ..model.slot_events import DesiredChanged


def requested_schedule(record: SlotRecord, event: DesiredChanged) -> SlotSchedule:
    """Return the slot's schedule after the desired state has changed."""
    if (
        event.desired is DesiredState.ABSENT
        or event.schedule == record.schedule.requested
    ):
        return record.schedule
    updated = replace(record.schedule, requested=event.schedule, rejected=None)
    schedule = record.schedule
    if (
        schedule.in_force is None
        and schedule.is_restricted
        and not schedule.no_stale_entries
    ):
        # a code that was written unseen may be under the schedule requested until now
        return replace(updated, in_force=schedule.target)
    if updated.is_restricted and not record.is_verified:
        return replace(updated, in_force=None)
    return updated


def schedule_to_write(record: SlotRecord) -> LockSchedule | None:
    """Return the schedule to pass with a write into the slot: None leaves all as it is."""
    schedule = record.schedule
    if record.observed.occupancy is not Occupancy.EMPTY:
        return None
    if schedule.no_stale_entries and not schedule.is_restricted:
        return None
    return schedule.target


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
        return replace(record.schedule, in_force=record.schedule.target)
    return replace(record.schedule, in_force=sent, no_stale_entries=False)


def schedule_after_write(record: SlotRecord) -> SlotSchedule:
    """Return the slot's schedule after the write of its code has returned as done."""
    in_force = record.schedule.in_force
    if in_force is None or not in_force.is_empty:
        return record.schedule
    return replace(record.schedule, no_stale_entries=True)


def schedule_after_read(record: SlotRecord, seen: Observation) -> SlotSchedule:
    """Return the slot's schedule after a read of it."""
    operations = {command.operation for command in record.unresolved_commands}
    if record.pending is not None:
        operations.add(record.pending.operation)
    if seen.occupancy is Occupancy.EMPTY and Operation.WRITE not in operations:
        return replace(record.schedule, in_force=None)
    if seen.schedule is not None:
        return replace(record.schedule, in_force=seen.schedule, no_stale_entries=False)
    return record.schedule


def is_schedule_changed(record: SlotRecord, seen: Observation) -> bool:
    """Return whether the schedule in force was changed externally."""
    return (
        record.is_verified
        and record.schedule.is_restricted
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
        and record.suspended_reason is not Reason.PIN_MISSING
        and ours
        and not record.schedule.matches
    )


def unscheduled_write_until(record: SlotRecord) -> datetime | None:
    """Return until when an earlier write may take effect in a slot that needs a schedule."""
    if not record.schedule.is_restricted:
        return None
    return max(
        (
            command.may_land_until
            for command in record.unresolved_commands
            if command.operation in (Operation.WRITE, Operation.ENABLE)
        ),
        default=None,
    )


def is_schedule_read_due(record: SlotRecord, seen: Observation) -> bool:
    """Return whether the schedule of the slot should be read along with the slot.

    The schedule of a pending write was read back before its code was active.
    """
    return (
        record.schedule.is_restricted
        and record.desired is DesiredState.PRESENT
        and record.pending is None
        and (seen.is_ours or seen.occupancy is Occupancy.MASKED)
    )


def active_schedule(record: SlotRecord) -> LockSchedule | None:
    """Return the schedule that the lock has shown to enforce, or None.

    For a disabled code it is the one that applies once the code is enabled again.
    """
    schedule = record.schedule
    if not record.is_verified or not schedule.is_restricted:
        return None
    return (
        schedule.target if record.desired is DesiredState.ABSENT else schedule.in_force
    )
