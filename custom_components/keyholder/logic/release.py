"""Whether a slot can be given up without leaving anything of ours behind."""

from ..model.slot import Origin, SlotRecord


def can_release(record: SlotRecord) -> bool:
    """Return whether somebody else's code fills the slot, and none of ours can land.

    Only then may a record be forgotten while its owner stays: nothing is left on the
    lock that nobody would remember.
    """
    return (
        record.origin is Origin.UNMANAGED
        and record.observed.occupancy.is_occupied
        and not record.observed.is_ours
        and record.pending is None
        and not record.unresolved_commands
        and not record.needs_read
    )
