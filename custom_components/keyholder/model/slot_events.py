"""Events and effects of the slot reducer in `logic.lifecycle`.

An event says what happened to a slot: a report, a read, the result of a command, or a
decision. An effect is what has to be done next.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .evidence import Evidence
from .provider_io import WriteResult
from .slot import Observation, Operation, Reason, Target
from .timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class LockTraits:
    """What the reducer must know besides the record: the lock's best evidence, and durations.

    `reports_can_be_forged`: others than the lock can report a change of a slot.
    `reads_empty`: the lock shows slots as empty that hold codes.
    """

    best_evidence: Evidence
    timing: Timing
    reports_can_be_forged: bool = False
    reads_empty: bool = False

    @property
    def shows_occupancy(self) -> bool:
        """Return whether a read can tell an empty slot from an occupied one."""
        return self.best_evidence.is_read_back


# Events


@dataclass(frozen=True, slots=True)
class DesiredChanged:
    """What is desired of the slot has changed."""

    target: Target


@dataclass(frozen=True, slots=True)
class CommandStarted:
    """A command is about to be sent; the record is stored after this event, before the radio."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class Rejected:
    """The lock rejected the command, for this reason."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The command may or may not have reached the lock.

    `counts_as_failure` is false where the connection to the lock failed, not the lock.
    `reason` is why the lock says that it did not carry the command out, None where it
    does not say so.
    """

    counts_as_failure: bool
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """The command was not sent: what it needs on disk before could not be stored."""


type CommandOutcome = WriteResult | Rejected | OutcomeUnknown | NotSent


@dataclass(frozen=True, slots=True)
class CommandReturned:
    """The provider's call for the command started at `started_at` has returned."""

    started_at: datetime
    outcome: CommandOutcome


@dataclass(frozen=True, slots=True)
class Observed:
    """A live read of the slot. One that shows no occupancy counts as a failed read."""

    observation: Observation


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """A read of the slot failed."""


class ChangeKind(StrEnum):
    """The change of a slot that a lock reports."""

    SET = "set"
    CLEARED = "cleared"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ChangeReported:
    """The lock reports a change of this slot, ours or external. Only a read proves it.

    `expected`: a command of ours, whose effect was seen a short time ago, explains it.
    `perhaps_ours`: it may be of such a command from before a restart, which is not
    remembered.
    """

    change: ChangeKind
    expected: bool = False
    perhaps_ours: bool = False


@dataclass(frozen=True, slots=True)
class RejectionReported:
    """The lock reports that it did not keep what was written to this slot, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class CodeUsed:
    """The lock reports a keypad operation with the code of this slot."""

    at: datetime


@dataclass(frozen=True, slots=True)
class UseNoted:
    """The user has noted that the slot was used although it was held to have no code."""


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """A moment requested with `WakeAt` has come."""


class ResumeChoice(StrEnum):
    """The user's decision about a suspended slot."""

    RETRY = "retry"
    REPLACE = "replace"
    """Replace the unmanaged code with ours."""


@dataclass(frozen=True, slots=True)
class UserResumed:
    """The user resumed the slot: earlier failures no longer count."""

    choice: ResumeChoice


@dataclass(frozen=True, slots=True)
class Restarted:
    """Home Assistant has restarted, or the lock is connected again.

    `unclean_shutdown`: the engine was not stopped properly, so commands that had been
    sent may be missing in the record.
    """

    unclean_shutdown: bool = False


type SlotEvent = (
    DesiredChanged
    | CommandStarted
    | CommandReturned
    | Observed
    | ReadFailed
    | ChangeReported
    | RejectionReported
    | CodeUsed
    | UseNoted
    | DeadlinePassed
    | UserResumed
    | Restarted
)


# Effects


@dataclass(frozen=True, slots=True)
class Step:
    """Send this command to the slot, or read it if there is none, not before `after`."""

    operation: Operation | None
    after: datetime


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send `DeadlinePassed` at that moment."""

    at: datetime


class SlotNotice(StrEnum):
    """An external change of a slot, published as soon as it is found."""

    CODE_ADDED = "code_added"
    CODE_CHANGED = "code_changed"
    CODE_REMOVED = "code_removed"


@dataclass(frozen=True, slots=True)
class Notify:
    """Publish the notice once."""

    notice: SlotNotice


type Effect = Step | WakeAt | Notify
