"""Decode the actions that Zigbee2MQTT publishes for a lock. Pure except for the clock.

`action_user` is the id of the user, which is the slot. It is null where the lock does
not name a user, and where it means all users.
"""

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Final

from ...model.lock_events import (
    AccessDenied,
    Action,
    DenialReason,
    Jammed,
    LockEvent,
    LockOperated,
    Method,
    SlotChanged,
)
from ...model.slot_events import ChangeKind

REPEAT_SECONDS: Final = 2.0
"""Within this time the same action is the same event: Zigbee2MQTT drops no
duplicates."""

_BY_SOURCE: Final = {
    "keypad": Method.KEYPAD,
    "rf": Method.REMOTE,
    "manual": Method.MANUAL,
}
_OPERATIONS: Final = {
    "one_touch_lock": (Action.LOCK, Method.MANUAL),
    "key_lock": (Action.LOCK, Method.MANUAL),
    "key_unlock": (Action.UNLOCK, Method.MANUAL),
    "manual_lock": (Action.LOCK, Method.MANUAL),
    "manual_unlock": (Action.UNLOCK, Method.MANUAL),
    "auto_lock": (Action.LOCK, Method.AUTO),
    "schedule_lock": (Action.LOCK, Method.AUTO),
    "schedule_unlock": (Action.UNLOCK, Method.AUTO),
}
_MOVES: Final = {"lock": Action.LOCK, "unlock": Action.UNLOCK}
_CHANGES: Final = {
    "pin_code_added": ChangeKind.SET,
    "pin_code_changed": ChangeKind.SET,
    "pin_code_deleted": ChangeKind.CLEARED,
}
_DENIED: Final = {
    "lock_failure_invalid_schedule": DenialReason.OUTSIDE_SCHEDULE,
    "unlock_failure_invalid_schedule": DenialReason.OUTSIDE_SCHEDULE,
    "non_access_user_operational_event": None,
}
"""The code of a user was denied, and the reason."""
_WRONG_CODE: Final = (
    "lock_failure_invalid_pin_or_id",
    "unlock_failure_invalid_pin_or_id",
)
NOT_MANAGED: Final = (
    "unknown",
    "master_code_changed",
    "rfid_code_added",
    "rfid_code_deleted",
)
"""Actions that are not about the code of a slot."""
KNOWN: Final = frozenset(
    {*_OPERATIONS, *_MOVES, *_CHANGES, *_DENIED, *_WRONG_CODE, *NOT_MANAGED}
)
_JAMMED: Final = "not_fully_locked"


def decode(
    payload: Mapping[str, object], slots: range | None, at: datetime
) -> LockEvent | None:
    """Decode the action of a payload; None if it is about nothing we manage.

    A user who is not a managed slot is not named in the event; a change of such a
    user's code is no event.
    """
    action, user = payload.get("action"), payload.get("action_user")
    if not isinstance(action, str):
        return None
    slot = user if isinstance(user, int) and (slots is None or user in slots) else None
    if action in _CHANGES:
        return SlotChanged(slot, _CHANGES[action]) if slot == user else None
    if action in _MOVES:
        method = _method(payload)
        named = slot if method is Method.KEYPAD else None
        return LockOperated(_MOVES[action], method, named, at)
    if action in _OPERATIONS:
        return LockOperated(*_OPERATIONS[action], None, at)
    if action in _DENIED:
        return AccessDenied(at, slot, _DENIED[action])
    return (
        AccessDenied(at, reason=DenialReason.WRONG_CODE)
        if action in _WRONG_CODE
        else None
    )


def _method(payload: Mapping[str, object]) -> Method:
    source = payload.get("action_source_name")
    known = _BY_SOURCE.get(source) if isinstance(source, str) else None
    return known or Method.UNKNOWN


class ActionDeduplicator:
    """Detects an action that repeats the one before. Any other action in between ends it."""

    def __init__(self) -> None:
        """Begin without received actions."""
        self._last: tuple[object, ...] | None = None
        self._at = 0.0

    def is_repeat(self, payload: Mapping[str, object]) -> bool:
        """Return whether this action was just received, and record it."""
        names = ("action", "action_user", "action_source")
        action, now = tuple(payload.get(name) for name in names), monotonic()
        if action == self._last and now - self._at < REPEAT_SECONDS:
            return True
        self._last, self._at = action, now
        return False


class JamDetector:
    """Detects that the bolt gets stuck: its state is repeated in every payload."""

    def __init__(self) -> None:
        """Begin with an unknown state."""
        self._state: str | None = None

    def jammed(self, payload: Mapping[str, object], at: datetime) -> Jammed | None:
        """Return the event if the bolt has just got stuck."""
        before, state = self._state, payload.get("lock_state")
        if not isinstance(state, str):
            return None
        self._state = state
        stuck = state == _JAMMED and before is not None and before != _JAMMED
        return Jammed(at) if stuck else None
