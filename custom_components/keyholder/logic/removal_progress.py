"""How far a removal is: which locks are proven to be cleared, and which give no answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..model.slot import SlotRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class LockToClear:
    """A lock with the records of the codes that are being removed from it.

    `has_duplicate`: another code there has the same digits, and is not ours to clear.
    """

    name: str
    reachable: bool
    records: Collection[SlotRecord]
    has_duplicate: bool = False


@dataclass(frozen=True, slots=True)
class RemovalProgress:
    """The names of locks: proven to be cleared, being cleared, without an answer.

    `is_stuck`: every lock that is left is unreachable, so watching shows nothing more.
    """

    cleared: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    is_stuck: bool = False


def removal_progress(
    locks: Iterable[LockToClear], now: datetime, patience: timedelta
) -> RemovalProgress:
    """Return how far a removal is.

    A lock gives no answer if it is unreachable, or after `patience` without the result
    of a command.
    """
    cleared: list[str] = []
    waiting: list[str] = []
    unanswered: list[str] = []
    is_stuck = True
    for lock in locks:
        left = [record for record in lock.records if not record.is_cleared]
        if not left:
            (waiting if lock.has_duplicate else cleared).append(lock.name)
            is_stuck = is_stuck and not lock.has_duplicate
            continue
        is_stuck = is_stuck and not lock.reachable
        if not lock.reachable or any(
            _is_unanswered(record, now - patience) for record in left
        ):
            unanswered.append(lock.name)
        else:
            waiting.append(lock.name)
    return RemovalProgress(
        tuple(sorted(cleared)),
        tuple(sorted(waiting)),
        tuple(sorted(unanswered)),
        is_stuck=is_stuck and bool(unanswered),
    )


def _is_unanswered(record: SlotRecord, since: datetime) -> bool:
    pending = record.pending
    return (
        pending is not None
        and pending.returned_at is None
        and pending.started_at <= since
    )
