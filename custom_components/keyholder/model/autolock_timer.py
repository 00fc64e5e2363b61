"""The timer entry of autolock, what `logic.autolock_reducer` sees of the timer, and outcomes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .autolock import TimerReason
from .credential import LockId


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerEntry:
    """One timer: the request to lock one door at its deadline.

    `deadline` is absolute, `duration` the time that the timer was started with.
    `attempt` counts the failed attempts. `operated_at` is the time of the unlock that
    started it, if reported. Raises ValueError if a value is invalid.
    """

    lock: LockId
    deadline: datetime
    duration: timedelta
    reason: TimerReason
    attempt: int = 0
    operated_at: datetime | None = None

    def __post_init__(self) -> None:
        """Validate; the values may come from a damaged file."""
        if self.deadline.tzinfo is None:
            raise ValueError("a deadline needs a time zone")
        if self.operated_at is not None and self.operated_at.tzinfo is None:
            raise ValueError("a time of operation needs a time zone")
        if self.duration < timedelta(0):
            raise ValueError("a duration cannot be negative")
        if self.attempt < 0:
            raise ValueError("attempts cannot be negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStatus:
    """The timer of a lock at one moment.

    `pending_entry` is the entry that remains once all queued commands have run.
    `overdue_by` is the time since the entry elapsed, negative while it counts down.
    """

    entry: TimerEntry | None = None
    pending_entry: TimerEntry | None = None
    overdue_by: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Finished:
    """The entry is completed or no longer wanted."""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Try again after a delay; `failed` means that an attempt has failed."""

    after: timedelta
    failed: bool


@dataclass(frozen=True, slots=True)
class WaitForChange:
    """Keep the entry until something changes; `failed` as in `RetryAfter`."""

    failed: bool = False


type TimerOutcome = Finished | RetryAfter | WaitForChange
"""What becomes of an entry whose time has elapsed."""
