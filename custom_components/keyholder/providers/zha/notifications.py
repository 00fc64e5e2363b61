"""Decode the notifications of a Zigbee lock into events. Pure.

Numbers: Door Lock cluster, Operation Event Notification and Programming Event
Notification, of the Zigbee Cluster Library.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from ...model.lock_events import AccessDenied, Action, LockOperated, Method, SlotChanged
from ...model.slot_events import ChangeKind

OPERATION: Final = 0x20
PROGRAMMING: Final = 0x21

_ALL: Final = 0xFFFF

_METHODS: Final[Mapping[int | None, Method]] = {
    0: Method.KEYPAD,
    1: Method.REMOTE,
    2: Method.MANUAL,
}
_BY_A_CODE: Final = frozenset({0, 1})
"""Keypad and radio: their user is the one whose PIN was used. Other sources send any
number where there is no user, and the owner of a card need not be the one who has the
PIN of that user."""
_BY_SOURCE: Final[Mapping[int | None, Action]] = {1: Action.LOCK, 2: Action.UNLOCK}
_OPERATED: Final[Mapping[int | None, tuple[Action, Method]]] = {
    # One-touch locking: at the keypad, but without a code
    7: (Action.LOCK, Method.MANUAL),
    8: (Action.LOCK, Method.MANUAL),
    9: (Action.UNLOCK, Method.MANUAL),
    10: (Action.LOCK, Method.AUTO),
    11: (Action.LOCK, Method.AUTO),
    12: (Action.UNLOCK, Method.AUTO),
    13: (Action.LOCK, Method.MANUAL),
    14: (Action.UNLOCK, Method.MANUAL),
}
_DENIED: Final = frozenset({3, 4, 5, 6, 15})
"""Wrong codes and schedules, and a code that opens nothing."""
_CHANGED: Final[Mapping[int | None, ChangeKind]] = {
    2: ChangeKind.SET,
    3: ChangeKind.CLEARED,
    4: ChangeKind.SET,
}


def decode_operation(
    source: int | None, code: int | None, user: int, slots: range | None, at: datetime
) -> LockOperated | AccessDenied | None:
    """Decode an operation event; None if it is about nothing we manage.

    `slots` are the managed slots, None while they are not known.
    """
    slot = _slot(user, slots) if source in _BY_A_CODE else None
    if code in _DENIED:
        return AccessDenied(at, slot)
    if (action := _BY_SOURCE.get(code)) is not None:
        return LockOperated(action, _METHODS.get(source, Method.UNKNOWN), slot, at)
    if (operated := _OPERATED.get(code)) is not None:
        action, method = operated
        return LockOperated(action, method, None, at)
    return None


def decode_programming(
    code: int | None, user: int, slots: range | None
) -> SlotChanged | None:
    """Decode a programming event; None if it is about nothing we manage."""
    change = _CHANGED.get(code)
    if change is None:
        return None
    if user == _ALL:
        return SlotChanged(None, change)
    slot = _slot(user, slots)
    return None if slot is None else SlotChanged(slot, change)


def _slot(user: int, slots: range | None) -> int | None:
    managed = user in slots if slots is not None else 0 < user < _ALL
    return user if managed else None
