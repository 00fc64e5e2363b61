"""Decode the events of a Matter lock. Pure.

Numbers: the Door Lock cluster of the Matter application cluster specification.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
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
from ...model.slot_events import ChangeKind
from .decoder import credential_slots
from .expected_changes import DataChange

DOOR_LOCK: Final = 257
BASIC_INFORMATION: Final = 40
START_UP: Final = 0
"""Event of the Basic Information cluster: the lock has restarted."""
ALL: Final = 0xFFFE

type DecodedEvent = LockOperated | AccessDenied | Jammed | SlotChanged


class EventId(IntEnum):
    """Events of the Door Lock cluster."""

    ALARM = 0
    OPERATION = 2
    OPERATION_ERROR = 3
    USER_CHANGE = 4


class LockDataType(IntEnum):
    """LockDataTypeEnum, the values that are used here."""

    USER = 2
    WEEK_DAY_SCHEDULE = 3
    YEAR_DAY_SCHEDULE = 4
    PIN = 6


class DataOperation(IntEnum):
    """DataOperationTypeEnum."""

    ADD = 0
    CLEAR = 1
    MODIFY = 2


_ACTIONS: Final = {0: Action.LOCK, 1: Action.UNLOCK, 4: Action.UNLOCK}
_KEYPAD: Final = 3
_METHODS: Final = {
    1: Method.MANUAL,
    2: Method.REMOTE,
    _KEYPAD: Method.KEYPAD,
    4: Method.AUTO,
    5: Method.MANUAL,
    6: Method.AUTO,
    7: Method.REMOTE,
}
"""By OperationSourceEnum; a card or a fingerprint has no method."""
_WITHOUT_A_PERSON_THERE: Final = frozenset({1, 2, 4, 5, 6, 7})
"""Sources without a person at the door, who could be denied access."""
_DENIED: Final = {
    1: DenialReason.WRONG_CODE,
    2: DenialReason.SWITCHED_OFF,
    3: DenialReason.OUTSIDE_SCHEDULE,
}
"""By OperationErrorEnum, the values that are about the code."""

_JAMMED: Final = 0
_FACTORY_RESET: Final = 1
_TOO_MANY_WRONG: Final = 4

_EPOCH: Final = 1
_OF_A_USER: Final = (
    LockDataType.USER,
    LockDataType.WEEK_DAY_SCHEDULE,
    LockDataType.YEAR_DAY_SCHEDULE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """What is needed to decode a report of a change.

    `is_ours` returns whether it is the expected report of a change of ours; `slots_of`
    returns the slots that a user owns, as far as is known.
    """

    fabric: int | None
    is_ours: Callable[[DataChange], bool]
    slots_of: Callable[[int], list[int]]


def at_of(timestamp: int, timestamp_type: int, now: datetime) -> datetime:
    """Return the time of an event: by the lock's clock, or `now` if the lock has none.

    Without a clock only the time of the report is known.
    """
    if timestamp_type != _EPOCH:
        return now
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=timestamp)
    except OverflowError:
        return now


def decode(
    event_id: int,
    data: Mapping[str, object],
    slots: range | None,
    at: datetime,
    ownership: Ownership,
) -> list[DecodedEvent]:
    """Decode an event of the Door Lock cluster.

    `slots` are the managed slots, None while they are not known.
    """
    match event_id:
        case EventId.OPERATION:
            return _operation(data, slots, at)
        case EventId.OPERATION_ERROR:
            return _operation_error(data, slots, at)
        case EventId.ALARM:
            return _alarm(data, at)
        case EventId.USER_CHANGE:
            return [*_user_change(data, slots, ownership)]
    return []


def _operation(
    data: Mapping[str, object], slots: range | None, at: datetime
) -> list[DecodedEvent]:
    action = _ACTIONS.get(_number(data, "lockOperationType"))
    if action is None:
        return []
    source = _number(data, "operationSource")
    method = _METHODS.get(source, Method.UNKNOWN)
    return [LockOperated(action, method, _slot_in(data, slots), at)]


def _operation_error(
    data: Mapping[str, object], slots: range | None, at: datetime
) -> list[DecodedEvent]:
    reason = _DENIED.get(_number(data, "operationError"))
    if reason is None:
        return []
    if _number(data, "operationSource") in _WITHOUT_A_PERSON_THERE:
        return []
    return [AccessDenied(at, _slot_in(data, slots), reason)]


def _alarm(data: Mapping[str, object], at: datetime) -> list[DecodedEvent]:
    match _number(data, "alarmCode"):
        case n if n == _JAMMED:
            return [Jammed(at)]
        case n if n == _TOO_MANY_WRONG:
            return [AccessDenied(at, reason=DenialReason.LOCKED_OUT)]
        case n if n == _FACTORY_RESET:
            return [SlotChanged(None, ChangeKind.CLEARED)]
    return []


def _user_change(
    data: Mapping[str, object], slots: range | None, ownership: Ownership
) -> list[SlotChanged]:
    kind, operation = _number(data, "lockDataType"), _number(data, "dataOperationType")
    is_pin = kind == LockDataType.PIN
    index = _index(data, "dataIndex" if is_pin else "userIndex")
    # A change at the lock itself has no fabric
    may_be_ours = ownership.fabric in (None, _index(data, "fabricIndex"))
    if may_be_ours and ownership.is_ours(DataChange(kind, operation, index)):
        return []
    change = _CHANGES.get(operation, ChangeKind.UNKNOWN)
    if is_pin:
        if index is None:
            return [SlotChanged(None, ChangeKind.UNKNOWN)]
        if index == ALL:
            return [SlotChanged(None, change)]
        managed = index in slots if slots is not None else index > 0
        return [SlotChanged(index, change)] if managed else []
    if kind not in _OF_A_USER or index is None:
        return []
    is_user_cleared = kind == LockDataType.USER and operation == DataOperation.CLEAR
    if index == ALL:
        return [
            SlotChanged(
                None, ChangeKind.CLEARED if is_user_cleared else ChangeKind.UNKNOWN
            )
        ]
    if kind == LockDataType.USER and operation == DataOperation.ADD:
        # A user without a code opens nothing; a code is reported by its own event
        return []
    change = ChangeKind.CLEARED if is_user_cleared else ChangeKind.UNKNOWN
    return [SlotChanged(slot, change) for slot in ownership.slots_of(index)]


_CHANGES: Final[Mapping[int, ChangeKind]] = {
    DataOperation.ADD: ChangeKind.SET,
    DataOperation.CLEAR: ChangeKind.CLEARED,
    DataOperation.MODIFY: ChangeKind.SET,
}


def _slot_in(data: Mapping[str, object], slots: range | None) -> int | None:
    """Return the slot of the PIN that was used; of several, the first that is managed."""
    named = credential_slots(data.get("credentials"))
    return next((slot for slot in named if slots is None or slot in slots), None)


def _number(data: Mapping[str, object], name: str) -> int:
    """Return a number, -1 if there is none: no enumeration has that value."""
    value = _index(data, name)
    return -1 if value is None else value


def _index(data: Mapping[str, object], name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
