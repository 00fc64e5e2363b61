"""What can happen to a slot, and what follows: the vocabulary of `logic.lifecycle`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .evidence import Evidence
from .limits import LockSchedule
from .reading import WriteResult
from .slot import DesiredState, Observation, Operation, Reason
from .timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class LockTraits:
    """What the reducer must know beyond the record: the lock's grade, and durations."""

    best_evidence: Evidence
    timing: Timing

    @property
    def shows_occupancy(self) -> bool:
        """Return whether a read can tell anything on this lock."""
        return self.best_evidence.is_read_back


# Events


@dataclass(frozen=True, slots=True)
class DesiredChanged:
    """The site wants something else of this slot.

    `limits` are those of a code that is wanted; None where the lock enforces nothing.
    `for_now`: a code that is not wanted will be again, and the lock can switch it off.
    """

    desired: DesiredState
    revision: int
    schedule: LockSchedule | None = None
    temporarily_denied: bool = False


@dataclass(frozen=True, slots=True)
class CommandStarted:
    """The engine is about to use the radio; the intent is stored after this event."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class Rejected:
    """The lock said no, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The command may or may not have reached the lock.

    `chargeable` is false where the way to the lock failed, not the lock. `reason` is why
    the lock says that it did not do it, None where it says nothing of that.
    """

    chargeable: bool
    reason: Reason | None = None


type Outcome = WriteResult | Rejected | OutcomeUnknown


@dataclass(frozen=True, slots=True)
class CommandReturned:
    """The operation that was started came back."""

    started_at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Observed:
    """A live read of the slot. An occupancy of unknown says as little as no answer."""

    observation: Observation


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """A read brought nothing."""


class ChangeKind(StrEnum):
    """What a lock says happened to a slot."""

    SET = "set"
    CLEARED = "cleared"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ChangeReported:
    """The lock reports a change of this slot, ours or not. A hint, not the truth."""

    change: ChangeKind


@dataclass(frozen=True, slots=True)
class RejectionReported:
    """The lock reports that it did not keep what was written to this slot, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class CodeUsed:
    """The lock reports that the code of this slot has opened the door."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """A moment that was asked for with `Wake` has come."""


class ResumeChoice(StrEnum):
    """What a user decided about a slot that waits for them."""

    RETRY = "retry"
    REPLACE = "replace"
    """Put ours over what somebody else put there."""


@dataclass(frozen=True, slots=True)
class UserResumed:
    """A user gave the word to go on: what the lock failed at is forgotten."""

    choice: ResumeChoice


@dataclass(frozen=True, slots=True)
class Restarted:
    """Home Assistant, or the way to the lock, was away and is back.

    `cut`: the engine was not stopped in good order, so operations that were under way
    may be missing in the record.
    """

    unclean_shutdown: bool = False


type Event = (
    DesiredChanged
    | CommandStarted
    | CommandReturned
    | Observed
    | ReadFailed
    | ChangeReported
    | RejectionReported
    | CodeUsed
    | DeadlinePassed
    | UserResumed
    | Restarted
)


# Effects


@dataclass(frozen=True, slots=True)
class Write:
    """Write the desired code, not before `after`."""

    after: datetime


@dataclass(frozen=True, slots=True)
class Clear:
    """Clear the slot, not before `after`."""

    after: datetime


@dataclass(frozen=True, slots=True)
class Switch:
    """Switch the code in the slot on or off, not before `after`."""

    after: datetime
    on: bool

    @property
    def operation(self) -> Operation:
        """Return what is done to the slot."""
        return Operation.ENABLE if self.on else Operation.DISABLE


@dataclass(frozen=True, slots=True)
class Read:
    """Read the slot, not before `after`."""

    after: datetime


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send `DeadlinePassed` at that moment."""

    at: datetime


class SlotNotice(StrEnum):
    """What people are told the moment it is found."""

    SUSPENDED = "suspended"
    NOT_CLEARED = "not_cleared"
    CODE_ADDED = "code_added"
    CODE_CHANGED = "code_changed"
    CODE_REMOVED = "code_removed"


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell it once."""

    notice: SlotNotice


type Step = Write | Clear | Switch | Read
type Effect = Step | WakeAt | Notify
