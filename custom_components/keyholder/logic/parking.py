"""A code that is switched off instead of cleared, as long as time alone keeps it away.

It saves the lock a clear and a write, and the PIN its way. What is in the slot is then
proven like a code at rest: by the evidence that there was when it was switched off, and
by the lock showing that it is ours and off. Whatever casts doubt on one of them unparks
the code, and one that is not parked is cleared, and written when it is wanted again.

Parked is only what has no operation in doubt, and a switch that does not show unparks: so
there is never an old switch on its way that could wake a parked code.
"""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.lifecycle import DesiredChanged, Rules
from ..model.reading import Occupancy
from ..model.slot import Desired, Observation, Operation, Origin, Parked, SlotRecord
from .limiting import shows_limits


def parked_for(record: SlotRecord, event: DesiredChanged) -> Parked | None:
    """Return what is parked once the site has said what it wants."""
    wants_it = event.desired is Desired.PRESENT or event.for_now
    if not wants_it or event.revision != record.revision:
        return None
    if record.parked is not None:
        # one that is being woken cannot be put to sleep again for certain
        return None if is_pending(record, Operation.SWITCH_ON) else record.parked
    parks = event.desired is Desired.ABSENT and _may_park(record)
    return Parked(revision=record.revision) if parks else None


def unparked(record: SlotRecord) -> SlotRecord:
    """Return the record once something casts doubt on what is parked, if anything is.

    What proved that the code opens nothing then proves nothing any more.
    """
    return record if record.parked is None else replace(record, parked=None)


def seen_parked(record: SlotRecord, seen: Observation) -> Parked | None:
    """Return what is parked after a reading of the slot."""
    parked = record.parked
    if parked is None or not _is_it(parked, seen) or seen.enabled is None:
        return None
    if shows_limits(record, seen) and seen.limits is None:
        # of those that it is to come back under the lock says nothing
        return None
    return None if is_woken(record, seen) else parked


def is_woken(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a parked code was switched on, and not by us."""
    return (
        record.parked is not None
        and record.observed.enabled is False
        and seen.enabled is True
        and seen.occupancy.is_occupied
        and not is_pending(record, Operation.SWITCH_ON)
    )


def on_use(record: SlotRecord, at: datetime) -> SlotRecord:
    """Return the record after its code has opened the door.

    A lock that lets in a code that it shows as off is not trusted with one again. It may
    tell so late, when the code was looked at once more.
    """
    parked = record.parked
    if parked is None or not is_proven_off(record):
        return record
    if parked.off_since is None or at <= parked.off_since:
        return record
    # a read that brought nothing may have put the next step off: this does not wait
    return replace(
        record, parked=None, evidence=Evidence.NONE, never_parks=True, retry_at=None
    )


def is_off_by_us(record: SlotRecord, seen: Observation) -> bool:
    """Return whether it needs nobody else that a code is found switched off.

    One that is to be away may be: whose doing that was does not matter. Else it is a switch
    that was given up, or that no record speaks of after a power cut.
    """
    if seen.enabled is not False:
        return False
    return (
        record.desired is Desired.ABSENT
        or is_pending(record, Operation.SWITCH_OFF)
        or any(
            doubt.operation is Operation.SWITCH_OFF
            or (doubt.presumed and doubt.operation is Operation.CLEAR)
            for doubt in record.doubts
        )
    )


def is_off(record: SlotRecord) -> bool:
    """Return whether a parked code was last seen switched off."""
    return record.parked is not None and record.observed.enabled is False


def is_proven_off(record: SlotRecord) -> bool:
    """Return whether a code that is away is in its slot, and shown to be switched off."""
    return is_off(record) and record.desired is Desired.ABSENT and record.is_settled


def is_on(record: SlotRecord) -> bool:
    """Return whether a parked code was last seen switched on."""
    return record.parked is not None and record.observed.enabled is True


def shows_parked(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a reading shows the parked code, switched off."""
    return (
        record.parked is not None
        and _is_it(record.parked, seen)
        and seen.enabled is False
    )


def needs_its_limits_seen(record: SlotRecord, now: datetime, rules: Rules) -> bool:
    """Return whether a parked code is to be looked at before it is switched on.

    While it was off nobody looked at what the lock enforces for it.
    """
    observed = record.observed
    if not record.limits.is_restricted:
        return False
    fresh = observed.at is not None and now <= observed.at + rules.timing.fresh
    return observed.limits is None or not fresh


def is_pending(record: SlotRecord, operation: Operation) -> bool:
    """Return whether that operation is under way."""
    return record.pending is not None and record.pending.operation is operation


def _is_it(parked: Parked, seen: Observation) -> bool:
    if seen.occupancy is Occupancy.MASKED:
        return seen.ours is True
    return seen.is_ours and seen.revision == parked.revision


def _may_park(record: SlotRecord) -> bool:
    """Return whether the code that is in the slot is known for certain."""
    observed = record.observed
    told = observed.is_ours or observed.ours is True
    return (
        record.desired is Desired.PRESENT
        and record.origin is Origin.MANAGED
        and record.is_settled
        and record.evidence.is_read_back
        and told
        and observed.enabled is True
        and record.limits.fit
        and not record.doubts
        and not record.stale
        and not record.disturbed
        and not record.moved
        and not record.never_parks
    )
