"""The lifecycle of a code that the lock itself is to turn away at times.

A code of ours is live only under the limits that it should have. So they come with the
write of the code into an empty slot, and a code whose limits are others, or not known,
is cleared before anything else is done with it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from ..model.lifecycle import DesiredChanged
from ..model.limits import Limits
from ..model.reading import Occupancy
from ..model.slot import (
    Desired,
    Observation,
    Operation,
    Origin,
    Reason,
    SlotLimits,
    SlotRecord,
)

_NOT_OURS_TO_CLEAR: Final = (Reason.OCCUPIED, Reason.UNRECOGNISED, Reason.PIN_MISSING)


def wanted_limits(record: SlotRecord, event: DesiredChanged) -> SlotLimits:
    """Return the limits of a slot after the site has said what it wants."""
    if event.desired is Desired.ABSENT or event.limits == record.limits.wanted:
        return record.limits
    wanted = replace(record.limits, wanted=event.limits, refused=None)
    limits = record.limits
    if limits.held is None and limits.is_restricted and not limits.is_clean:
        # a code that came unseen may be under what was wanted until now
        return replace(wanted, held=limits.target)
    if wanted.is_restricted and not record.is_settled:
        return replace(wanted, held=None)
    return wanted


def limits_to_write(record: SlotRecord) -> Limits | None:
    """Return what a write into the slot has to bring along: None leaves all as it is."""
    limits = record.limits
    if record.observed.occupancy is not Occupancy.EMPTY:
        return None
    if limits.is_clean and not limits.is_restricted:
        return None
    return limits.target


def limited_by(record: SlotRecord, operation: Operation) -> SlotLimits:
    """Return the limits of a slot from the moment that an operation is sent."""
    if operation is not Operation.WRITE:
        # should the clear get lost, the code stays under what it was under
        return record.limits
    sent = limits_to_write(record)
    if sent is None:
        if record.observed.occupancy is not Occupancy.EMPTY:
            return record.limits
        # nothing is left in the slot, and nothing comes with the code
        return replace(record.limits, held=record.limits.target)
    return replace(record.limits, held=sent, is_clean=False)


def limits_after_write(record: SlotRecord) -> SlotLimits:
    """Return the limits of a slot after the write of its code has come back as done."""
    held = record.limits.held
    if held is None or not held.is_unrestricted:
        return record.limits
    return replace(record.limits, is_clean=True)


def seen_limits(record: SlotRecord, seen: Observation) -> SlotLimits:
    """Return the limits of a slot after a reading of it."""
    operations = {doubt.operation for doubt in record.doubts}
    if record.pending is not None:
        operations.add(record.pending.operation)
    if seen.occupancy is Occupancy.EMPTY and Operation.WRITE not in operations:
        return replace(record.limits, held=None)
    if seen.limits is not None:
        return replace(record.limits, held=seen.limits, is_clean=False)
    return record.limits


def are_limits_changed(record: SlotRecord, seen: Observation) -> bool:
    """Return whether somebody changed at the lock what was in force."""
    return (
        record.is_settled
        and record.limits.is_restricted
        and seen.limits is not None
        and seen.limits != record.limits.held
    )


def is_outside_its_limits(record: SlotRecord) -> bool:
    """Return whether a code of ours has to go because its limits are not as wanted."""
    observed = record.observed
    ours = observed.is_ours or observed.occupancy is Occupancy.MASKED
    return (
        record.desired is Desired.PRESENT
        and record.origin is Origin.MANAGED
        and record.suspended not in _NOT_OURS_TO_CLEAR
        and ours
        and not record.limits.fit
    )


def lands_unlimited_until(record: SlotRecord) -> datetime | None:
    """Return until when an earlier write may land on a slot that is being limited."""
    if not record.limits.is_restricted:
        return None
    return max(
        (
            doubt.until
            for doubt in record.doubts
            if doubt.operation in (Operation.WRITE, Operation.SWITCH_ON)
        ),
        default=None,
    )


def shows_limits(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a reading is worth a look at the limits of the slot as well.

    Those of a write that is awaited were read back before its code was live.
    """
    return (
        record.limits.is_restricted
        and record.desired is Desired.PRESENT
        and record.pending is None
        and (seen.is_ours or seen.occupancy is Occupancy.MASKED)
    )


def limits_in_force(record: SlotRecord) -> Limits | None:
    """Return what the lock has shown to enforce, or None.

    Of a code that is away for now it is what comes back with it.
    """
    limits = record.limits
    if not record.is_settled or not limits.is_restricted:
        return None
    return limits.target if record.desired is Desired.ABSENT else limits.held
