"""Detect operations of locks that show the last one in a value which stays. Pure.

The value may be reported again without a new operation, and the lock may report the same
operation as an event too: each is passed on once. A person who unlocks twice leaves the
same value twice, so a value also counts if the bolt was moved the other way in between.
"""

from dataclasses import dataclass
from typing import Final, Self

from ..model.lock_events import Action, LockOperated, Method

SAME_OPERATION_SECONDS: Final = 10.0
"""Within this time an event repeats what the value has shown."""


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation without its time."""

    action: Action
    method: Method
    slot: int | None

    @classmethod
    def of(cls, event: LockOperated) -> Self:
        """Return what was done, by what and with which slot."""
        return cls(event.action, event.method, event.slot)


class LastOperation:
    """The last operation of one lock, in whichever way it was reported."""

    def __init__(self) -> None:
        """Begin with an operation that is not known."""
        self._last: _Operation | None = None
        self._is_reversed = False
        self._shown_at: float | None = None
        """When a value showed it first, None if an event reported it."""
        self._reported_at: float | None = None
        """When an event reported it, None if a value showed it first."""

    def assume(self, shown: LockOperated | None) -> None:
        """Take what the lock shows now for an operation of earlier."""
        self._last = None if shown is None else _Operation.of(shown)
        self._is_reversed = False
        self._shown_at = self._reported_at = None

    def record_position(self, *, locked: bool) -> None:
        """Record where the bolt is."""
        done = Action.LOCK if locked else Action.UNLOCK
        if self._last is not None and done is not self._last.action:
            self._is_reversed = True

    def is_new_value(self, shown: LockOperated, now: float) -> bool:
        """Return whether a value that was just reported is a new operation; record it.

        `now` is the time of a monotonic clock, in seconds.
        """
        operation = _Operation.of(shown)
        if operation == self._last and not self._is_reversed:
            return False
        if operation.slot is None and self._repeats(operation, self._reported_at, now):
            return False
        self._last, self._is_reversed = operation, False
        self._shown_at, self._reported_at = now, None
        return True

    def is_new_event(self, event: LockOperated, now: float) -> bool:
        """Return whether an event is an operation that no value has shown; record it."""
        operation = _Operation.of(event)
        if self._repeats(operation, self._shown_at, now):
            return False
        self._last, self._is_reversed = operation, False
        self._shown_at, self._reported_at = None, now
        return True

    def _repeats(
        self, operation: _Operation, reported_at: float | None, now: float
    ) -> bool:
        """Return whether an operation is the last one, reported the other way then.

        One of them need not say as much as the other of who did it, and how.
        """
        last = self._last
        if last is None or self._is_reversed or reported_at is None:
            return False
        is_same = operation.action is last.action and operation.slot in (
            None,
            last.slot,
        )
        return is_same and now - reported_at < SAME_OPERATION_SECONDS
