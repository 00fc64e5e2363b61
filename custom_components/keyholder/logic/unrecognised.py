"""Slot reducer, lock replacement: whose code a slot of a masking lock holds after it.

The codes of the replaced lock are known, those of the new one are not: it may be the
same lock, included again with its codes. So a masked code is neither overwritten nor
called unmanaged, until the lock shows more or the user decides. A code that is to be
absent is cleared all the same: there is no other way to prove that it is off the lock.
"""

from dataclasses import replace

from ..model.provider_io import Occupancy
from ..model.slot import DesiredState, Observation, Reason, SlotRecord
from ..model.slot_events import ResumeChoice


def looked_at(record: SlotRecord, seen: Observation) -> SlotRecord:
    """Return the record to apply a reading to: `moved` ends with one that is not masked.

    It also ends with a masked code that is shown not to be made by us.
    """
    if not record.moved or (
        seen.occupancy is Occupancy.MASKED and not seen.is_unmanaged_code
    ):
        return record
    if record.suspended_reason is not Reason.UNRECOGNISED:
        return replace(record, moved=False)
    return replace(
        record,
        moved=False,
        suspended_reason=None,
        changed_externally=False,
        observed=Observation(),
    )


def is_unrecognised(record: SlotRecord, seen: Observation) -> bool:
    """Return whether it is unknown whose code a slot holds that ours is desired in."""
    return (
        record.moved
        and record.pending is None
        and record.desired is DesiredState.PRESENT
        and seen.occupancy is Occupancy.MASKED
        and record.observed.occupancy is Occupancy.UNKNOWN
    )


def found_unrecognised(record: SlotRecord) -> SlotRecord:
    """Return the record suspended with such a code in its slot, which stays there."""
    return replace(record, suspended_reason=Reason.UNRECOGNISED)


def decided(record: SlotRecord, choice: ResumeChoice) -> SlotRecord:
    """Return the record after the user's decision; the slot is read before it is used."""
    if not record.moved:
        return record
    if choice is ResumeChoice.REPLACE:
        return replace(record, moved=False)
    return replace(record, observed=Observation())
