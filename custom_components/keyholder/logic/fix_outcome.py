"""Whether a fix that the user has asked for is done: only when the lock has shown it."""

from collections.abc import Iterable
from enum import Enum, auto

from ..model.slot import DesiredState, SlotRecord


class FixOutcome(Enum):
    """The outcome of a fix so far."""

    DONE = auto()
    FAILED = auto()
    """It was tried, and the user is needed again."""
    UNDER_WAY = auto()


def slot_outcome(record: SlotRecord | None) -> FixOutcome:
    """Return the outcome of a fix of one slot; without a record nothing is left to do."""
    if record is None or (record.is_verified and not record.needs_read):
        return FixOutcome.DONE
    if record.desired is DesiredState.PRESENT and record.blocked is not None:
        return FixOutcome.FAILED
    return FixOutcome.UNDER_WAY


def outcome_of_all(outcomes: Iterable[FixOutcome]) -> FixOutcome:
    """Return the outcome of a fix with several parts."""
    found = set(outcomes)
    for outcome in (FixOutcome.FAILED, FixOutcome.UNDER_WAY):
        if outcome in found:
            return outcome
    return FixOutcome.DONE
