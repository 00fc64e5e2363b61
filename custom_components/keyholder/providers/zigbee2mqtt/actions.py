"""What a lock reports, as Zigbee2MQTT's converters name it. Pure but for the clock.

`action_user` is the id of the user, which is the slot. It is null where the lock does
not say who, and where it means everybody.
"""

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Final

from ...model.lifecycle import ChangeKind
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

REPEAT_SECONDS: Final = 2.0
"""Within this time the same report is the same event: Zigbee2MQTT drops no duplicates."""

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
_NOT_NOW: Final = {
    "lock_failure_invalid_schedule": DenialReason.OUTSIDE_SCHEDULE,
    "unlock_failure_invalid_schedule": DenialReason.OUTSIDE_SCHEDULE,
    "non_access_user_operational_event": None,
}
"""The code was somebody's, who may not come in with it, and why."""
_NOBODY: Final = ("lock_failure_invalid_pin_or_id", "unlock_failure_invalid_pin_or_id")
NOT_MANAGED: Final = (
    "unknown",
    "master_code_changed",
    "rfid_code_added",
    "rfid_code_deleted",
)
"""Reports that are about no code of a slot."""
KNOWN: Final = frozenset(
    {*_OPERATIONS, *_MOVES, *_CHANGES, *_NOT_NOW, *_NOBODY, *NOT_MANAGED}
)
_STUCK: Final = "not_fully_locked"


def decode(
    payload: Mapping[str, object], slots: range | None, at: datetime
) -> LockEvent | None:
    """Return the event that a publication is about, None for one that is about none.

    A user who is no managed slot is nobody; a change of such a user's code is none.
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
    if action in _NOT_NOW:
        return AccessDenied(at, slot, _NOT_NOW[action])
    return (
        AccessDenied(at, reason=DenialReason.WRONG_CODE) if action in _NOBODY else None
    )


def _method(payload: Mapping[str, object]) -> Method:
    source = payload.get("action_source_name")
    known = _BY_SOURCE.get(source) if isinstance(source, str) else None
    return known or Method.UNKNOWN


class ActionDeduplicator:
    """Tells a report from the one before. Whatever comes between ends it."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._last: tuple[object, ...] | None = None
        self._at = 0.0

    def is_repeat(self, payload: Mapping[str, object]) -> bool:
        """Return whether this was just reported; takes it for heard."""
        names = ("action", "action_user", "action_source")
        report, now = tuple(payload.get(name) for name in names), monotonic()
        if report == self._last and now - self._at < REPEAT_SECONDS:
            return True
        self._last, self._at = report, now
        return False


class JamDetector:
    """Tells when the bolt gets stuck. Its state is repeated in every publication."""

    def __init__(self) -> None:
        """Begin with nothing known of it."""
        self._state: str | None = None

    def jammed(self, payload: Mapping[str, object], at: datetime) -> Jammed | None:
        """Return the event if the bolt got stuck just now."""
        before, state = self._state, payload.get("lock_state")
        if not isinstance(state, str):
            return None
        self._state = state
        stuck = state == _STUCK and before is not None and before != _STUCK
        return Jammed(at) if stuck else None
