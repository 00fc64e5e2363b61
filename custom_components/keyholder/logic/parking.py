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
from ..model.lifecycle import DesiredChanged, LockTraits
from ..model.reading import Occupancy
from ..model.slot import (
    DesiredState,
    DisabledCode,
    Observation,
    Operation,
    Origin,
    SlotRecord,
)
from .limiting import is_schedule_read_due


def disabled_code_for(record: SlotRecord, event: DesiredChanged) -> DisabledCode | None:
    """Return what is parked once the site has said what it wants."""
    wants_it = event.desired is DesiredState.PRESENT or event.temporarily_denied
    if not wants_it or event.revision != record.revision:
        return None
    if record.disabled_code is not None:
        # one that is being woken cannot be put to sleep again for certain
        return None if is_pending(record, Operation.ENABLE) else record.disabled_code
    parks = event.desired is DesiredState.ABSENT and _can_disable(record)
    return DisabledCode(revision=record.revision) if parks else None


def without_disabled_code(record: SlotRecord) -> SlotRecord:
    """Return the record once something casts doubt on what is parked, if anything is.

    What proved that the code opens nothing then proves nothing any more.
    """
    return (
        record if record.disabled_code is None else replace(record, disabled_code=None)
    )


def disabled_code_after_read(
    record: SlotRecord, seen: Observation
) -> DisabledCode | None:
    """Return what is parked after a reading of the slot."""
    disabled_code = record.disabled_code
    if disabled_code is None or not _is_it(disabled_code, seen) or seen.enabled is None:
        return None
    if is_schedule_read_due(record, seen) and seen.schedule is None:
        # of those that it is to come back under the lock says nothing
        return None
    return None if is_enabled_externally(record, seen) else disabled_code


def is_enabled_externally(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a parked code was switched on, and not by us."""
    return (
        record.disabled_code is not None
        and record.observed.enabled is False
        and seen.enabled is True
        and seen.occupancy.is_occupied
        and not is_pending(record, Operation.ENABLE)
    )


def on_disabled_code_used(record: SlotRecord, at: datetime) -> SlotRecord:
    """Return the record after its code has opened the door.

    A lock that lets in a code that it shows as off is not trusted with one again. It may
    tell so late, when the code was looked at once more.
    """
    disabled_code = record.disabled_code
    if disabled_code is None or not is_verified_disabled(record):
        return record
    if disabled_code.disabled_since is None or at <= disabled_code.disabled_since:
        return record
    # a read that brought nothing may have put the next step off: this does not wait
    return replace(
        record,
        disabled_code=None,
        evidence=Evidence.NONE,
        disable_unsupported=True,
        retry_at=None,
    )


def is_disabled_by_us(record: SlotRecord, seen: Observation) -> bool:
    """Return whether it needs nobody else that a code is found switched off.

    One that is to be away may be: whose doing that was does not matter. Else it is a switch
    that was given up, or that no record speaks of after a power cut.
    """
    if seen.enabled is not False:
        return False
    return (
        record.desired is DesiredState.ABSENT
        or is_pending(record, Operation.DISABLE)
        or any(
            command.operation is Operation.DISABLE
            or (
                command.assumed_after_power_loss
                and command.operation is Operation.CLEAR
            )
            for command in record.unresolved_commands
        )
    )


def is_disabled(record: SlotRecord) -> bool:
    """Return whether a parked code was last seen switched off."""
    return record.disabled_code is not None and record.observed.enabled is False


def is_verified_disabled(record: SlotRecord) -> bool:
    """Return whether a code that is away is in its slot, and shown to be switched off."""
    return (
        is_disabled(record)
        and record.desired is DesiredState.ABSENT
        and record.is_verified
    )


def is_enabled(record: SlotRecord) -> bool:
    """Return whether a parked code was last seen switched on."""
    return record.disabled_code is not None and record.observed.enabled is True


def shows_disabled_code(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a reading shows the parked code, switched off."""
    return (
        record.disabled_code is not None
        and _is_it(record.disabled_code, seen)
        and seen.enabled is False
    )


def needs_schedule_check(record: SlotRecord, now: datetime, traits: LockTraits) -> bool:
    """Return whether a parked code is to be looked at before it is switched on.

    While it was off nobody looked at what the lock enforces for it.
    """
    observed = record.observed
    if not record.schedule.is_restricted:
        return False
    fresh = (
        observed.observed_at is not None
        and now <= observed.observed_at + traits.timing.empty_read_max_age
    )
    return observed.schedule is None or not fresh


def is_pending(record: SlotRecord, operation: Operation) -> bool:
    """Return whether that operation is under way."""
    return record.pending is not None and record.pending.operation is operation


def _is_it(disabled_code: DisabledCode, seen: Observation) -> bool:
    if seen.occupancy is Occupancy.MASKED:
        return seen.made_by_us is True
    return seen.is_ours and seen.revision == disabled_code.revision


def _can_disable(record: SlotRecord) -> bool:
    """Return whether the code that is in the slot is known for certain."""
    observed = record.observed
    told = observed.is_ours or observed.made_by_us is True
    return (
        record.desired is DesiredState.PRESENT
        and record.origin is Origin.MANAGED
        and record.is_verified
        and record.evidence.is_read_back
        and told
        and observed.enabled is True
        and record.schedule.matches
        and not record.unresolved_commands
        and not record.needs_read
        and not record.changed_externally
        and not record.moved
        and not record.disable_unsupported
    )
