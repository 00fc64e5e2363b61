"""Slot reducer, external changes: detect that our code was changed at the lock."""

from ..model.provider_io import Occupancy
from ..model.slot import DesiredState, Observation, Operation, SlotRecord
from ..model.slot_events import ChangeKind, SlotNotice
from .disabled_codes import is_switched_by_us, is_switched_externally
from .slot_schedule import is_schedule_changed


def detect_external_change(record: SlotRecord, seen: Observation) -> SlotNotice | None:
    """Return the notice for an external change of a code of ours, or None if there was none."""
    before = record.observed
    if (
        not before.occupancy.is_occupied
        or before.is_unmanaged_code
        or record.changed_externally
    ):
        return None
    if seen.occupancy is Occupancy.EMPTY:
        # the slot is to be empty: who cleared it does not matter
        is_desired = record.desired is DesiredState.ABSENT or _is_cleared_late(record)
        return None if is_desired else SlotNotice.CODE_REMOVED
    if seen.is_unmanaged_code or is_schedule_changed(record, seen):
        return SlotNotice.CODE_CHANGED
    if is_switched_by_us(record, seen):
        return None
    if is_switched_externally(record, seen):
        return SlotNotice.CODE_CHANGED
    if seen.occupancy is Occupancy.MASKED:
        return None
    return SlotNotice.CODE_CHANGED if _is_reverted(record, seen) else None


def _is_cleared_late(record: SlotRecord) -> bool:
    return any(
        command.operation is Operation.CLEAR for command in record.unresolved_commands
    )


def _is_reverted(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a code of ours that was in place is disabled or an earlier revision.

    While the current revision is still being written, an earlier one is no external
    change.
    """
    if not (record.is_verified or record.observed.holds_revision(record.revision)):
        return False
    if seen.revision is None or seen.revision > record.revision:
        return False
    return not seen.holds_revision(record.revision) and not any(
        command.operation is Operation.WRITE and command.revision == seen.revision
        for command in record.unresolved_commands
    )


def notice_of(change: ChangeKind) -> SlotNotice:
    """Return the notice for a reported change of a slot that holds a code of ours."""
    is_cleared = change is ChangeKind.CLEARED
    return SlotNotice.CODE_REMOVED if is_cleared else SlotNotice.CODE_CHANGED
