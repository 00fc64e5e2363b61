"""Whether the record of a slot can be dropped without leaving a code of ours behind."""

from ..model.slot import Origin, SlotRecord


def can_release(record: SlotRecord) -> bool:
    """Return whether the slot holds an unmanaged code and no command of ours is unresolved.

    Only then may a record be dropped while its owner stays: no code of ours is left on
    the lock without a record.
    """
    return (
        record.origin is Origin.UNMANAGED
        and record.observed.occupancy.is_occupied
        and not record.observed.is_ours
        and record.pending is None
        and not record.unresolved_commands
        and not record.needs_read
    )
