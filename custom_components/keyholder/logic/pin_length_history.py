"""PIN lengths that a lock drops: found by what it did with codes of each length."""

from dataclasses import replace

from ..model.pin_lengths import MAX_DROPS, PinLengthHistory
from ..model.slot import DesiredState, Operation, SlotRecord


def after_read(
    history: PinLengthHistory, before: SlotRecord, after: SlotRecord, length: int
) -> PinLengthHistory:
    """Return the history after a read of a slot whose PIN has so many digits."""
    if after.desired is DesiredState.PRESENT and after.evidence.is_read_back:
        if length in history.kept and length not in history.dropped:
            return history
        return PinLengthHistory(
            dropped={
                each: count for each, count in history.dropped.items() if each != length
            },
            kept=tuple(sorted({*history.kept, length})),
        )
    if not _is_dropped_write(before, after):
        return history
    count = min(history.dropped.get(length, 0) + 1, MAX_DROPS)
    return replace(history, dropped={**history.dropped, length: count})


def accepted_instead(history: PinLengthHistory, length: int) -> tuple[int, ...]:
    """Return the lengths that the lock takes instead of one that it seems to drop.

    Empty where nothing points at the length: codes of it were not dropped often enough,
    or the lock has not stored any other.
    """
    if history.dropped.get(length, 0) < MAX_DROPS:
        return ()
    return tuple(each for each in history.kept if each != length)


def _is_dropped_write(before: SlotRecord, after: SlotRecord) -> bool:
    pending = before.pending
    return (
        pending is not None
        and pending.operation is Operation.WRITE
        and pending.revision == after.revision
        and after.retry.failed_attempts > before.retry.failed_attempts
    )
