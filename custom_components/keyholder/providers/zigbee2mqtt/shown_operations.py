"""Decode what Zigbee2MQTT publishes of the last operation of a lock, as of Onesti's. Pure.

`last_unlock_user`, `last_unlock_source`, and the same for `lock`, stay in every payload
until the next operation. So a change of them is an operation. The same person who unlocks
twice changes nothing: then the bolt was seen to move, and the values were published once
more, alone or in the payload of the move as with this lock before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from ...model.lock_events import Action, LockOperated, Method
from ..last_operation import LastOperation
from .decoder import PublishedState
from .messages import slot_number

SHOWN_AGAIN_SECONDS: Final = 5.0
"""Within this time after the bolt has moved, the values may be published again."""
_NAMES: Final = {Action.LOCK: "lock", Action.UNLOCK: "unlock"}
_POSITIONS: Final = {"locked": Action.LOCK, "unlocked": Action.UNLOCK}
_STATES: Final = {"LOCK": Action.LOCK, "UNLOCK": Action.UNLOCK}
_BY_LOCK: Final = "self"
_METHODS: Final = {"zigbee": Method.REMOTE, "keypad": Method.KEYPAD}

type _Values = tuple[object, object]
"""User and source of the last operation of one kind."""


class ShownOperations:
    """The last operations of one lock, as its payloads show them."""

    def __init__(self) -> None:
        """Begin without a payload: what the first one shows is history."""
        self._last = LastOperation()
        self._values: dict[Action, _Values | None] = {}
        self._position: Action | None = None
        self._moved_at: float | None = None
        self._come_with_move: set[Action] = set()
        """Actions whose values were last published in the payload of the move."""

    def is_new_event(self, event: LockOperated, now: float) -> bool:
        """Return whether an action is an operation that was not shown; record it."""
        return self._last.is_new_event(event, now)

    def decode(
        self,
        payload: Mapping[str, object],
        before: PublishedState | None,
        slots: range | None,
        at: datetime,
        now: float,
    ) -> list[LockOperated]:
        """Return the operations that a payload shows and none before it did.

        `before` is the state of the payload before, None where some may have been missed:
        then all that is shown is history. `slots` are the managed slots, None while they
        are not known; `now` is the time of a monotonic clock, in seconds.
        """
        values = self._values
        self._values = {action: _values(payload, action) for action in Action}
        moved = self._move(payload, now)
        if before is None:
            self._moved_at = None
            now_shown = {
                action: shown
                for action, shown in self._values.items()
                if action is self._position
            }
            self._last.assume(next(iter(_decoded(now_shown, slots, at)), None))
            return []
        changed = {
            action: shown
            for action, shown in self._values.items()
            if shown is not None and shown != values.get(action)
        }
        if changed:
            self._moved_at = None
            self._come_with_move -= changed.keys()
            if moved and self._position in changed:
                self._come_with_move.add(self._position)
        elif self._is_shown_again(payload, before, moved=moved, now=now):
            self._moved_at = None
            position = self._position
            changed = {
                action: shown
                for action, shown in self._values.items()
                if shown is not None and action is position
            }
        return [
            shown
            for shown in _decoded(changed, slots, at)
            if self._last.is_new_value(shown, now)
        ]

    def _move(self, payload: Mapping[str, object], now: float) -> bool:
        """Record the position of the bolt; return whether it has moved."""
        position, before = _position(payload), self._position
        if position is None:
            return False
        self._position = position
        self._last.record_position(locked=position is Action.LOCK)
        if before is None or before is position:
            return False
        self._moved_at = now
        return True

    def _is_shown_again(
        self,
        payload: Mapping[str, object],
        before: PublishedState,
        *,
        moved: bool,
        now: float,
    ) -> bool:
        """Return whether unchanged values were published again after the bolt has moved."""
        if moved:
            return self._position in self._come_with_move
        if self._moved_at is None or now - self._moved_at > SHOWN_AGAIN_SECONDS:
            return False
        return (
            payload.get("action") is None
            and PublishedState.from_payload(payload) == before
        )


def _values(payload: Mapping[str, object], action: Action) -> _Values | None:
    user = payload.get(f"last_{_NAMES[action]}_user")
    source = payload.get(f"last_{_NAMES[action]}_source")
    return None if user is None and source is None else (user, source)


def _decoded(
    shown: Mapping[Action, _Values | None], slots: range | None, at: datetime
) -> list[LockOperated]:
    return [
        _operation(action, *values, slots, at)
        for action, values in shown.items()
        if values is not None
    ]


def _operation(
    action: Action, user: object, source: object, slots: range | None, at: datetime
) -> LockOperated:
    if source is None and action is Action.LOCK:
        # nothing is granted by it, so the user may be named
        method = Method.KEYPAD
    elif source == _BY_LOCK:
        # the lock itself, or by hand: it does not unlock by itself
        method = Method.MANUAL if action is Action.UNLOCK else Method.UNKNOWN
    else:
        known = _METHODS.get(source) if isinstance(source, str) else None
        method = known or Method.UNKNOWN
    number = _number(user) if method is Method.KEYPAD else None
    managed = number is not None and (slots is None or number in slots)
    return LockOperated(action, method, number if managed else None, at)


def _number(user: object) -> int | None:
    """Return the id of a user; Zigbee2MQTT publishes it as text."""
    if isinstance(user, str):
        digits = user.isascii() and user.isdecimal() and len(user) <= 5
        return slot_number(int(user)) if digits else None
    return slot_number(user)


def _position(payload: Mapping[str, object]) -> Action | None:
    position, state = payload.get("lock_state"), payload.get("state")
    if isinstance(position, str) and position in _POSITIONS:
        return _POSITIONS[position]
    return _STATES.get(state) if isinstance(state, str) else None
