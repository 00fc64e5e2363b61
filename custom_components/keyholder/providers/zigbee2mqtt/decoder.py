"""Decode the users and actions in the payloads of Zigbee2MQTT for a lock. Pure.

Each payload repeats everything that was ever published, unless the cache is disabled:
also a code that the lock does not send any more. So the status is read before the code.

`action_user` is the id of the user, which is the slot. It is null where the lock does
not name a user, and where it means all users.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
import json
from typing import Final, Self

from ...model.lock_events import (
    AccessDenied,
    Action,
    DenialReason,
    LockEvent,
    LockOperated,
    Method,
    SlotChanged,
)
from ...model.pin import Pin
from ...model.provider_io import SlotReading
from ...model.slot_events import ChangeKind
from .description import USERS
from .messages import slot_number

_EVENT: Final = "action"
_USED_PIN: Final = "last_used_pin_code"
"""The digits that somebody typed: Onesti's locks send them, and nothing keeps them."""
_IGNORED: Final = (USERS, _USED_PIN, "elapsed", "last_seen", "linkquality")
_AVAILABLE: Final = "available"
_NOT_SUPPORTED: Final = "not_supported_"
"""Followed by the number of a status of the lock for which there is no name."""
_ENABLED: Final = {"enabled": True, "disabled": False}
_BY_SOURCE: Final = {
    "keypad": Method.KEYPAD,
    "rf": Method.REMOTE,
    "manual": Method.MANUAL,
}
_OPERATIONS: Final = {
    # of Onesti's locks, which name the user in another way
    "keypad_lock": (Action.LOCK, Method.KEYPAD),
    "keypad_unlock": (Action.UNLOCK, Method.KEYPAD),
    "fingerprint_lock": (Action.LOCK, Method.UNKNOWN),
    "fingerprint_unlock": (Action.UNLOCK, Method.UNKNOWN),
    "rfid_lock": (Action.LOCK, Method.UNKNOWN),
    "rfid_unlock": (Action.UNLOCK, Method.UNKNOWN),
    "zigbee_unlock": (Action.UNLOCK, Method.REMOTE),
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


@dataclass(frozen=True, slots=True)
class PublishedState:
    """The content of a payload, to find out what is new in the next one.

    `other_values` are its values other than users and other than those that differ in
    every payload. `users` are only fingerprints of the users: they may contain codes.
    """

    other_values: Mapping[str, object]
    users: Mapping[str, int]

    @classmethod
    def from_payload(cls, payload: Mapping[str, object]) -> Self:
        """Return what is kept of a payload."""
        other_values = {
            key: value
            for key, value in payload.items()
            if key not in _IGNORED and not key.startswith(_EVENT)
        }
        return cls(
            other_values,
            {name: _fingerprint(user) for name, user in _users(payload).items()},
        )


def is_unrelated(payload: object, before: PublishedState | None) -> bool:
    """Return whether a payload was published for an action or for a change other than users.

    `before` is the state of the payload before, None without one. The answer to a read
    of a user changes nothing but the users.
    """
    if not isinstance(payload, Mapping) or payload.get(_EVENT) is not None:
        return True
    return before is not None and any(
        key not in before.other_values or before.other_values[key] != value
        for key, value in PublishedState.from_payload(payload).other_values.items()
    )


def is_new_for_user(
    payload: object, slot: int, before: PublishedState | None, *, users_cached: bool
) -> bool:
    """Return whether a payload has values of a user that cannot come from the cache.

    `users_cached`: cached users are published with every payload. After that was
    disabled they are published once more: then there are other users in the payload,
    too.
    """
    users = _users(payload)
    user = str(slot)
    if user not in users:
        return False
    if not users_cached and len(users) == 1:
        return True
    return before is not None and before.users.get(user) != _fingerprint(users[user])


def has_position(payload: object) -> bool:
    """Return whether a payload has the position of the bolt."""
    return isinstance(payload, Mapping) and any(
        isinstance(payload.get(name), str) for name in ("state", "lock_state")
    )


def user_in(payload: object, slot: int) -> Mapping[str, object] | None:
    """Return the values of a user in a payload, None if it does not have the user."""
    user = _users(payload).get(str(slot))
    return user if isinstance(user, Mapping) else None


def read_user(user: Mapping[str, object]) -> SlotReading:
    """Return the reading of a user's slot; unknown for a status without a meaning."""
    status = user.get("status")
    if not isinstance(status, str):
        return SlotReading.unknown()
    if status == _AVAILABLE:
        return SlotReading.empty()
    if status.startswith(_NOT_SUPPORTED):
        return SlotReading.not_usable()
    enabled = _ENABLED.get(status)
    if enabled is None:
        return SlotReading.unknown()
    code = user.get("pin_code")
    # A lock that does not send codes sends bytes that are not text, or nothing
    if isinstance(code, str) and code.isascii() and code.isdigit():
        return SlotReading.present(Pin(code), enabled=enabled)
    return SlotReading.masked(enabled=enabled)


def _users(payload: object) -> Mapping[str, object]:
    users = payload.get(USERS) if isinstance(payload, Mapping) else None
    return users if isinstance(users, Mapping) else {}


def _fingerprint(user: object) -> int:
    return hash(json.dumps(user, sort_keys=True))


def decode_action(
    payload: Mapping[str, object], slots: range | None, at: datetime
) -> LockEvent | None:
    """Decode the action of a payload; None if it is about nothing we manage.

    A user who is not a managed slot is not named in the event; a change of such a
    user's code is no event.
    """
    action, user = payload.get("action"), payload.get("action_user")
    if not isinstance(action, str):
        return None
    slot = slot_number(user)
    if slot is not None and slots is not None and slot not in slots:
        slot = None
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
