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

    def assume(self, shown: LockOperated | None) -> None:
        """Take what the lock shows now for an operation of earlier."""
        self._last = None if shown is None else _Operation.of(shown)
        self._is_reversed = False
        self._shown_at = None

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
        self._last, self._is_reversed, self._shown_at = operation, False, now
        return True

    def is_new_event(self, event: LockOperated, now: float) -> bool:
        """Return whether an event is an operation that no value has shown; record it."""
        operation, shown_at = _Operation.of(event), self._shown_at
        is_same = not self._is_reversed and _is_same(operation, self._last)
        if is_same and shown_at is not None and now - shown_at < SAME_OPERATION_SECONDS:
            return False
        if not is_same:
            self._last = operation
        self._is_reversed, self._shown_at = False, None
        return True


def _is_same(event: _Operation, last: _Operation | None) -> bool:
    """Return whether an event may be of the last operation; it need not name the slot."""
    return (
        last is not None
        and (event.action, event.method) == (last.action, last.method)
        and event.slot in (None, last.slot)
    )
