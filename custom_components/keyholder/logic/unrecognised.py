"""A code that may be ours or somebody else's: on a lock that masks, after a move.

What was on the old lock is known, what is on the new one is not: it may be the same lock,
included again with its codes. So the code is neither written over nor called somebody
else's, until the lock shows more or somebody decides. Access that is to be taken away is
taken away all the same: nobody could prove otherwise that it is gone.
"""

from dataclasses import replace

from ..model.lifecycle import ResumeChoice, SlotNotice
from ..model.reading import Occupancy
from ..model.slot import DesiredState, Observation, Reason, SlotRecord

type Noticed = tuple[SlotRecord, tuple[SlotNotice, ...]]


def looked_at(record: SlotRecord, seen: Observation) -> SlotRecord:
    """Return the record before a reading is judged: what is not masked tells all.

    So does a masked code that somebody else made.
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
    """Return whether nobody can tell whose code a slot holds that ours is wanted in."""
    return (
        record.moved
        and record.pending is None
        and record.desired is DesiredState.PRESENT
        and seen.occupancy is Occupancy.MASKED
        and record.observed.occupancy is Occupancy.UNKNOWN
    )


def found_unrecognised(record: SlotRecord) -> Noticed:
    """Return the record with such a code in its slot, which stays there."""
    return replace(record, suspended_reason=Reason.UNRECOGNISED), (
        SlotNotice.SUSPENDED,
    )


def decided(record: SlotRecord, choice: ResumeChoice) -> SlotRecord:
    """Return the record after somebody's word; the slot is read before it is used."""
    if not record.moved:
        return record
    if choice is ResumeChoice.REPLACE:
        return replace(record, moved=False)
    return replace(record, observed=Observation())
