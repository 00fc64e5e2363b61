"""The time since which every code of a lock is known to be verified."""

from datetime import datetime

from ..model.slot import SlotState
from ..model.snapshot import LockSnapshot, SlotView

_UNDER_WAY = (SlotState.SYNCING, SlotState.PENDING_CONFIRMATION)


def all_verified_since(
    now: LockSnapshot, before: LockSnapshot | None, *, busy: bool
) -> datetime | None:
    """Return a time since which every code of the lock was verified, None if one was not.

    It may be earlier than the oldest verification, never later: while the lock is being
    worked on, and after a code was changed, it stays as it was in `before` until the
    verified codes are next read. So a change of one code does not change it.
    """
    previous = None if before is None else before.all_verified_since
    if any(now.unassigned.values()):
        return None
    if now.unassigned or not now.counts.keys().isdisjoint(_UNDER_WAY):
        return previous
    proofs = [_proven_at(view) for view in now.slots.values()]
    proven = [proof for proof in proofs if proof is not None]
    if not proven or len(proven) < len(proofs):
        return None
    oldest = min(proven)
    if before is None or previous is None:
        return oldest
    is_idle = not busy and all(_proven_at(view) for view in before.slots.values())
    return oldest if is_idle else min(previous, oldest)


def _proven_at(view: SlotView) -> datetime | None:
    return view.verified_at if view.evidence.is_read_back else None
