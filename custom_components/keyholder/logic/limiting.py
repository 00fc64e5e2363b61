"""The lifecycle of a code that the lock itself is to turn away at times.

A code of ours is live only under the limits that it should have. So they come with the
write of the code into an empty slot, and a code whose limits are others, or not known,
is cleared before anything else is done with it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from ..model.lifecycle import DesiredChanged
from ..model.limits import LockSchedule
from ..model.reading import Occupancy
from ..model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    Reason,
    SlotRecord,
    SlotSchedule,
)

_NOT_OURS_TO_CLEAR: Final = (Reason.OCCUPIED, Reason.UNRECOGNISED, Reason.PIN_MISSING)


def requested_schedule(record: SlotRecord, event: DesiredChanged) -> SlotSchedule:
    """Return the limits of a slot after the site has said what it wants."""
    if (
        event.desired is DesiredState.ABSENT
        or event.schedule == record.schedule.requested
    ):
        return record.schedule
    wanted = replace(record.schedule, requested=event.schedule, rejected=None)
    schedule = record.schedule
    if (
        schedule.in_force is None
        and schedule.is_restricted
        and not schedule.no_stale_entries
    ):
        # a code that came unseen may be under what was wanted until now
        return replace(wanted, in_force=schedule.target)
    if wanted.is_restricted and not record.is_verified:
        return replace(wanted, in_force=None)
    return wanted


def schedule_to_write(record: SlotRecord) -> LockSchedule | None:
    """Return what a write into the slot has to bring along: None leaves all as it is."""
    schedule = record.schedule
    if record.observed.occupancy is not Occupancy.EMPTY:
        return None
    if schedule.no_stale_entries and not schedule.is_restricted:
        return None
    return schedule.target


def schedule_after_start(record: SlotRecord, operation: Operation) -> SlotSchedule:
    """Return the limits of a slot from the moment that an operation is sent."""
    if operation is not Operation.WRITE:
        # should the clear get lost, the code stays under what it was under
        return record.schedule
    sent = schedule_to_write(record)
    if sent is None:
        if record.observed.occupancy is not Occupancy.EMPTY:
            return record.schedule
        # nothing is left in the slot, and nothing comes with the code
        return replace(record.schedule, in_force=record.schedule.target)
    return replace(record.schedule, in_force=sent, no_stale_entries=False)


def schedule_after_write(record: SlotRecord) -> SlotSchedule:
    """Return the limits of a slot after the write of its code has come back as done."""
    held = record.schedule.in_force
    if held is None or not held.is_empty:
        return record.schedule
    return replace(record.schedule, no_stale_entries=True)


def schedule_after_read(record: SlotRecord, seen: Observation) -> SlotSchedule:
    """Return the limits of a slot after a reading of it."""
    operations = {command.operation for command in record.unresolved_commands}
    if record.pending is not None:
        operations.add(record.pending.operation)
    if seen.occupancy is Occupancy.EMPTY and Operation.WRITE not in operations:
        return replace(record.schedule, in_force=None)
    if seen.schedule is not None:
        return replace(record.schedule, in_force=seen.schedule, no_stale_entries=False)
    return record.schedule


def is_schedule_changed(record: SlotRecord, seen: Observation) -> bool:
    """Return whether somebody changed at the lock what was in force."""
    return (
        record.is_verified
        and record.schedule.is_restricted
        and seen.schedule is not None
        and seen.schedule != record.schedule.in_force
    )


def has_wrong_schedule(record: SlotRecord) -> bool:
    """Return whether a code of ours has to go because its limits are not as wanted."""
    observed = record.observed
    ours = observed.is_ours or observed.occupancy is Occupancy.MASKED
    return (
        record.desired is DesiredState.PRESENT
        and record.origin is Origin.MANAGED
        and record.suspended_reason not in _NOT_OURS_TO_CLEAR
        and ours
        and not record.schedule.matches
    )


def unscheduled_write_until(record: SlotRecord) -> datetime | None:
    """Return until when an earlier write may land on a slot that is being limited."""
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
    """Return whether a reading is worth a look at the limits of the slot as well.

    Those of a write that is awaited were read back before its code was live.
    """
    return (
        record.schedule.is_restricted
        and record.desired is DesiredState.PRESENT
        and record.pending is None
        and (seen.is_ours or seen.occupancy is Occupancy.MASKED)
    )


def active_schedule(record: SlotRecord) -> LockSchedule | None:
    """Return what the lock has shown to enforce, or None.

    Of a code that is away for now it is what comes back with it.
    """
    schedule = record.schedule
    if not record.is_verified or not schedule.is_restricted:
        return None
    return (
        schedule.target if record.desired is DesiredState.ABSENT else schedule.in_force
    )
