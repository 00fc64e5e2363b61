"""The lifecycle when somebody changes our code at the lock: seen, told, undone."""

from dataclasses import replace
from datetime import datetime

from ..model.lifecycle import Notice, Rules
from ..model.reading import Occupancy
from ..model.slot import Desired, Observation, Operation, Reason, SlotRecord
from ..model.timing import MAX_RESTORES
from .limiting import are_limits_changed
from .parking import is_off_by_us, is_woken, shows_parked

type Noticed = tuple[SlotRecord, tuple[Notice, ...]]


def outside_change(record: SlotRecord, seen: Observation) -> Notice | None:
    """Return what somebody else did to an occupied slot of ours, if anything."""
    before = record.observed
    if not before.occupancy.is_occupied or before.is_foreign or record.disturbed:
        return None
    if seen.occupancy is Occupancy.EMPTY:
        # a slot that is to be empty is found so: whose doing it was does not matter
        as_wanted = record.desired is Desired.ABSENT or _is_cleared_late(record)
        return None if as_wanted else Notice.CODE_REMOVED
    if seen.is_foreign or are_limits_changed(record, seen):
        return Notice.CODE_CHANGED
    if shows_parked(record, seen) or is_off_by_us(record, seen):
        return None
    if is_woken(record, seen):
        return Notice.CODE_CHANGED
    if seen.occupancy is Occupancy.MASKED:
        switched_off = seen.enabled is False and before.enabled is not False
        return Notice.CODE_CHANGED if switched_off else None
    return Notice.CODE_CHANGED if _is_set_back(record, seen) else None


def _is_cleared_late(record: SlotRecord) -> bool:
    return any(doubt.operation is Operation.CLEAR for doubt in record.doubts)


def _is_set_back(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a code of ours that was in place is switched off or a former one.

    On the way to the current revision a former one is no change of anybody's.
    """
    if not (record.is_settled or record.observed.shows(record.revision)):
        return False
    if seen.revision is None or seen.revision > record.revision:
        return False
    return not seen.shows(record.revision) and not any(
        doubt.operation is Operation.WRITE and doubt.revision == seen.revision
        for doubt in record.doubts
    )


def before_restoring(record: SlotRecord, now: datetime, rules: Rules) -> Noticed:
    """Bound how often a change made at the lock is undone."""
    timing = rules.timing
    recent = tuple(at for at in record.restores if now - at < timing.restore_memory)
    record = replace(record, restores=recent)
    if record.suspended is not None:
        return record, ()
    if len(recent) >= MAX_RESTORES:
        suspended = replace(record, suspended=Reason.CHANGED_REPEATEDLY)
        return suspended, (Notice.SUSPENDED,)
    if recent and now < recent[-1] + timing.restore_interval:
        return replace(record, retry_at=recent[-1] + timing.restore_interval), ()
    return record, ()
