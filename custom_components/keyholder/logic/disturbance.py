"""The lifecycle when somebody changes our code at the lock: seen, told, undone."""

from dataclasses import replace
from datetime import datetime

from ..model.lifecycle import LockTraits, SlotNotice
from ..model.reading import Occupancy
from ..model.slot import DesiredState, Observation, Operation, Reason, SlotRecord
from ..model.timing import MAX_RESTORES_PER_WINDOW
from .limiting import is_schedule_changed
from .parking import is_disabled_by_us, is_enabled_externally, shows_disabled_code

type Noticed = tuple[SlotRecord, tuple[SlotNotice, ...]]


def detect_external_change(record: SlotRecord, seen: Observation) -> SlotNotice | None:
    """Return what somebody else did to an occupied slot of ours, if anything."""
    before = record.observed
    if (
        not before.occupancy.is_occupied
        or before.is_unmanaged_code
        or record.changed_externally
    ):
        return None
    if seen.occupancy is Occupancy.EMPTY:
        # a slot that is to be empty is found so: whose doing it was does not matter
        as_wanted = record.desired is DesiredState.ABSENT or _is_cleared_late(record)
        return None if as_wanted else SlotNotice.CODE_REMOVED
    if seen.is_unmanaged_code or is_schedule_changed(record, seen):
        return SlotNotice.CODE_CHANGED
    if shows_disabled_code(record, seen) or is_disabled_by_us(record, seen):
        return None
    if is_enabled_externally(record, seen):
        return SlotNotice.CODE_CHANGED
    if seen.occupancy is Occupancy.MASKED:
        switched_off = seen.enabled is False and before.enabled is not False
        return SlotNotice.CODE_CHANGED if switched_off else None
    return SlotNotice.CODE_CHANGED if _is_reverted(record, seen) else None


def _is_cleared_late(record: SlotRecord) -> bool:
    return any(
        command.operation is Operation.CLEAR for command in record.unresolved_commands
    )


def _is_reverted(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a code of ours that was in place is switched off or a former one.

    On the way to the current revision a former one is no change of anybody's.
    """
    if not (record.is_verified or record.observed.holds_revision(record.revision)):
        return False
    if seen.revision is None or seen.revision > record.revision:
        return False
    return not seen.holds_revision(record.revision) and not any(
        command.operation is Operation.WRITE and command.revision == seen.revision
        for command in record.unresolved_commands
    )


def limit_restores(record: SlotRecord, now: datetime, traits: LockTraits) -> Noticed:
    """Bound how often a change made at the lock is undone."""
    timing = traits.timing
    recent = tuple(at for at in record.restored_at if now - at < timing.restore_window)
    record = replace(record, restored_at=recent)
    if record.suspended_reason is not None:
        return record, ()
    if len(recent) >= MAX_RESTORES_PER_WINDOW:
        suspended = replace(record, suspended_reason=Reason.CHANGED_REPEATEDLY)
        return suspended, (SlotNotice.SUSPENDED,)
    if recent and now < recent[-1] + timing.restore_interval:
        return replace(record, retry_at=recent[-1] + timing.restore_interval), ()
    return record, ()
