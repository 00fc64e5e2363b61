"""Decode the codes, notifications and alarms of a Z-Wave lock. Pure.

Numbers: Notification CC, type 6 (Access Control), of the Z-Wave notification registry;
for locks from before that, the alarm types that Kwikset, Yale and Schlage shared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ...model.lock_events import (
    AccessDenied,
    Action,
    DenialReason,
    Jammed,
    LockOperated,
    Method,
    SlotChanged,
)
from ...model.pin import Pin
from ...model.provider_io import SlotReading
from ...model.slot_events import ChangeKind

SHORTEST_CODE: Final = 4
"""Digits; neither command class allows a shorter code."""
ACCESS_CONTROL: Final = 6
LOCK_JAMMED: Final = 11
KEYPAD_DISABLED: Final = 16


@dataclass(frozen=True, slots=True)
class DuplicateCode:
    """The lock rejected a code because another slot has it. Nothing has changed."""

    slot: int | None


type DecodedZwaveEvent = (
    LockOperated | SlotChanged | AccessDenied | Jammed | DuplicateCode
)

_OPERATED: Final[Mapping[int, tuple[Action, Method]]] = {
    1: (Action.LOCK, Method.MANUAL),
    2: (Action.UNLOCK, Method.MANUAL),
    3: (Action.LOCK, Method.REMOTE),
    4: (Action.UNLOCK, Method.REMOTE),
    5: (Action.LOCK, Method.KEYPAD),
    6: (Action.UNLOCK, Method.KEYPAD),
    9: (Action.LOCK, Method.AUTO),
    33: (Action.LOCK, Method.KEYPAD),
    34: (Action.UNLOCK, Method.KEYPAD),
    35: (Action.LOCK, Method.KEYPAD),
    36: (Action.UNLOCK, Method.KEYPAD),
}
# 7, 8 and 10 are "not fully locked" after a key, a command or auto-lock: a jam too
_JAMMED: Final = frozenset({7, 8, 10, LOCK_JAMMED})
_ALL_CLEARED: Final = frozenset({12, 37})
_CHANGED: Final[Mapping[int, ChangeKind]] = {
    13: ChangeKind.CLEARED,
    14: ChangeKind.SET,
    41: ChangeKind.CLEARED,
    43: ChangeKind.SET,
    44: ChangeKind.SET,
    45: ChangeKind.CLEARED,
}
_MANY_CHANGED: Final = 38
_DUPLICATE: Final = 15
# Disabled user, outside the schedule, too few credentials: each names the user
_DENIED_USER: Final = frozenset({47, 48, 49})
# Too many attempts, wrong code by radio, invalid credentials
_DENIED: Final = frozenset({KEYPAD_DISABLED, 19, 20, 21, 50}) | _DENIED_USER

_ALARMS: Final[Mapping[int, int]] = {
    9: LOCK_JAMMED,
    17: LOCK_JAMMED,
    18: 5,
    19: 6,
    21: 1,
    22: 2,
    23: LOCK_JAMMED,
    24: 3,
    25: 4,
    26: LOCK_JAMMED,
    27: 9,
    32: 12,
    33: 13,
    112: 14,
    113: _DUPLICATE,
}
"""Alarm type -> the notification of the same meaning; the alarm level is the user."""

_CODE_DENIED: Final[Mapping[int, DenialReason | None]] = {
    38: None,
    131: DenialReason.SWITCHED_OFF,
    132: DenialReason.OUTSIDE_SCHEDULE,
    162: DenialReason.OUTSIDE_SCHEDULE,
}
"""Alarm type -> why the code of a user was denied; the alarm level is the user."""
_TAMPER_ALARM: Final = 161
_TOO_MANY_ATTEMPTS: Final = frozenset({1, 3})
"""Levels of the tamper alarm: wrong codes, wrong master codes. Others are about the
cover, which is nobody's attempt to come in."""
_CARD_UNLOCK: Final = 144
"""The alarm level is the number of the card, and not of a slot."""

_USER_CODE_REPORT: Final = (0x63, 0x03)
_USER_ID_NAMES: Final = ("userId", "user ID", "user_id", "userID")


def occupied(data: object, *, enabled: bool | None) -> SlotReading:
    """Return the reading of an occupied slot, given the code as the lock returned it.

    Only a string of ASCII digits is a code. Everything else is masked: asterisks,
    nothing, bytes, a Buffer in JSON, or a number, which may have lost its leading
    zeros.
    """
    if (
        isinstance(data, str)
        and len(data) >= SHORTEST_CODE
        and data.isascii()
        and data.isdecimal()
    ):
        return SlotReading.present(Pin(data), enabled=enabled)
    return SlotReading.masked(enabled=enabled)


def decode_notification(
    event: int, parameters: object, slots: range | None, at: datetime
) -> DecodedZwaveEvent | None:
    """Decode an Access Control notification; None if it is about nothing we manage.

    `slots` are the managed slots, None while they are not known.
    """
    return _decode(event, _user_id(parameters), slots, at)


def decode_alarm(
    alarm_type: int, alarm_level: int, slots: range | None, at: datetime
) -> DecodedZwaveEvent | None:
    """Decode a report from before Notification CC; None if it is about nothing we manage."""
    if alarm_type in _CODE_DENIED:
        slot = _managed_slot(alarm_level, slots)
        return AccessDenied(at, slot, _CODE_DENIED[alarm_type])
    if alarm_type == _TAMPER_ALARM:
        denied = alarm_level in _TOO_MANY_ATTEMPTS
        return AccessDenied(at, reason=DenialReason.LOCKED_OUT) if denied else None
    if alarm_type == _CARD_UNLOCK:
        return LockOperated(Action.UNLOCK, Method.UNKNOWN, None, at)
    event = _ALARMS.get(alarm_type)
    return None if event is None else _decode(event, alarm_level, slots, at)


def _decode(
    event: int, user: int | None, slots: range | None, at: datetime
) -> DecodedZwaveEvent | None:
    slot = _managed_slot(user, slots)
    if (operated := _OPERATED.get(event)) is not None:
        action, method = operated
        return LockOperated(
            action, method, slot if method is Method.KEYPAD else None, at
        )
    if event in _JAMMED:
        return Jammed(at)
    if event in _DENIED:
        return AccessDenied(at, slot if event in _DENIED_USER else None)
    if event in _ALL_CLEARED:
        return SlotChanged(None, ChangeKind.CLEARED)
    if event == _MANY_CHANGED:
        return SlotChanged(None, ChangeKind.UNKNOWN)
    if event == _DUPLICATE:
        # A slot that is not managed is ignored; some locks send 0 for "no slot"
        return None if user and slot is None else DuplicateCode(slot)
    if (change := _CHANGED.get(event)) is None:
        return None
    if slot is not None:
        return SlotChanged(slot, change)
    # A slot that is not managed, such as the master code, is ignored
    return SlotChanged(None, ChangeKind.UNKNOWN) if user is None else None


def _managed_slot(user: int | None, slots: range | None) -> int | None:
    if user is None:
        return None
    managed = user in slots if slots is not None else user > 0
    return user if managed else None


def _user_id(parameters: object) -> int | None:
    """Return the user id, from any shape in which the driver may pass it."""
    match parameters:
        case bool():
            return None
        case int():
            return parameters
        case str():
            digits = parameters.isascii() and parameters.isdecimal()
            return int(parameters) if digits else None
        case bytes() | bytearray() | list() | tuple():
            return _user_id_in_bytes(parameters)
        case {"type": "Buffer", "data": data}:
            return _user_id(data)
        case Mapping():
            for name in (*_USER_ID_NAMES, "payload"):
                if name in parameters:
                    return _user_id(parameters[name])
    return None


def _user_id_in_bytes(data: Sequence[object]) -> int | None:
    """Return the user id of a raw User Code Report, or of a bare big-endian number."""
    numbers = [byte for byte in data if isinstance(byte, int) and 0 <= byte < 256]
    if len(numbers) != len(data):
        return None
    if tuple(numbers[:2]) == _USER_CODE_REPORT and len(numbers) > 2:
        return numbers[2]
    if len(numbers) in (1, 2):
        return int.from_bytes(bytes(numbers), "big")
    return None
