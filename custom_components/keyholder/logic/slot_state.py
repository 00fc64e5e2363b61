"""The state of a slot and its reason as users see them, derived from its record."""

from ..model.provider_io import Occupancy
from ..model.slot import DesiredState, Operation, Reason, SlotRecord, SlotState
from ..model.slot_events import LockTraits
from ..model.timing import MAX_FAILURES


def slot_state(
    record: SlotRecord, traits: LockTraits, *, reachable: bool
) -> SlotState | None:
    """Return the state of a slot, or None where it is not known.

    `in_sync` is only returned for what a read of the lock has proven.
    """
    if (pending := record.pending) is not None:
        # the code is what has to be confirmed, not the clear that makes room for it
        revokes = pending.operation in (Operation.CLEAR, Operation.DISABLE)
        makes_room = revokes and record.desired is DesiredState.PRESENT
        if makes_room and record.blocked is not None:
            # a revoked code is still being cleared; nothing is written
            return SlotState.SUSPENDED
        if pending.returned_at is None or makes_room:
            return SlotState.SYNCING
        return SlotState.PENDING_CONFIRMATION
    if record.is_verified:
        if (
            record.needs_read
            and traits.shows_occupancy
            and (record.retry.failed_reads or not reachable)
        ):
            # a report about this slot could not be checked by a read yet
            return None
        return SlotState.IN_SYNC if record.evidence.is_read_back else SlotState.ACCEPTED
    if record.blocked is not None:
        return SlotState.SUSPENDED
    if traits.shows_occupancy and (
        record.needs_read or record.observed.occupancy is Occupancy.UNKNOWN
    ):
        return None
    if record.retry.at is not None or not reachable:
        return SlotState.OUT_OF_SYNC
    return SlotState.SYNCING


def slot_reason(record: SlotRecord, *, reachable: bool) -> Reason | None:
    """Return why a slot is not in its desired state, or None if it is or is being worked on."""
    if record.is_verified:
        return None
    if record.blocked is not None:
        return record.blocked
    if not reachable:
        return Reason.LOCK_UNREACHABLE
    if (
        record.desired is DesiredState.ABSENT
        and record.retry.failed_attempts >= MAX_FAILURES
    ):
        return Reason.NOT_CLEARED
    if record.changed_externally:
        return Reason.CHANGED_AT_LOCK
    if record.retry.failed_reads:
        return Reason.NO_ANSWER
    return None
