"""What the events of a Matter door lock mean. Pure: numbers in, events out.

Numbers: the Door Lock cluster of the Matter application cluster specification.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final

from ...model.lifecycle import ChangeKind
from ...model.lock_events import (
    AccessDenied,
    Action,
    DenialReason,
    Jammed,
    LockOperated,
    Method,
    SlotChanged,
)
from .answers import credential_slots
from .echoes import DataChange

DOOR_LOCK: Final = 257
BASIC_INFORMATION: Final = 40
START_UP: Final = 0
"""Event of Basic Information: the lock was off, and is on again."""
ALL: Final = 0xFFFE

type DecodedEvent = LockOperated | AccessDenied | Jammed | SlotChanged


class EventId(IntEnum):
    """Events of the Door Lock cluster."""

    ALARM = 0
    OPERATION = 2
    OPERATION_ERROR = 3
    USER_CHANGE = 4


class LockDataType(IntEnum):
    """LockDataTypeEnum, the kinds that are used here."""

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
"""By OperationSourceEnum; a card or a finger is none of them."""
_WITHOUT_A_PERSON_THERE: Final = frozenset({1, 2, 4, 5, 6, 7})
"""Sources that turn nobody away at the door."""
_TURNED_AWAY: Final = {
    1: DenialReason.WRONG_CODE,
    2: DenialReason.SWITCHED_OFF,
    3: DenialReason.OUTSIDE_SCHEDULE,
}
"""By OperationErrorEnum, those that are about the code."""

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
    """What is needed to understand a report of a change.

    `is_ours` says whether a change is one that we made; `slots_of` names the slots that
    belong to a user, as far as is known.
    """

    fabric: int | None
    is_ours: Callable[[DataChange], bool]
    slots_of: Callable[[int], list[int]]


def at_of(timestamp: int, timestamp_type: int, now: datetime) -> datetime:
    """Return when an event was: by the lock's clock, or now if it has none.

    Of a lock without the time of day, all that is known is when it was told.
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
    """Return what an event of the Door Lock cluster tells.

    `slots` are the managed ones, where they are known.
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
    because = _TURNED_AWAY.get(_number(data, "operationError"))
    if because is None:
        return []
    if _number(data, "operationSource") in _WITHOUT_A_PERSON_THERE:
        return []
    return [AccessDenied(at, _slot_in(data, slots), because)]


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
    # Nothing that is done at the lock itself has a fabric
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
    gone = kind == LockDataType.USER and operation == DataOperation.CLEAR
    if index == ALL:
        return [SlotChanged(None, ChangeKind.CLEARED if gone else ChangeKind.UNKNOWN)]
    if kind == LockDataType.USER and operation == DataOperation.ADD:
        # A user without a code opens nothing; one with a code is told of as such
        return []
    change = ChangeKind.CLEARED if gone else ChangeKind.UNKNOWN
    return [SlotChanged(slot, change) for slot in ownership.slots_of(index)]


_CHANGES: Final[Mapping[int, ChangeKind]] = {
    DataOperation.ADD: ChangeKind.SET,
    DataOperation.CLEAR: ChangeKind.CLEARED,
    DataOperation.MODIFY: ChangeKind.SET,
}


def _slot_in(data: Mapping[str, object], slots: range | None) -> int | None:
    """Return whose PIN it was; of several, the first that is managed."""
    named = credential_slots(data.get("credentials"))
    return next((slot for slot in named if slots is None or slot in slots), None)


def _number(data: Mapping[str, object], name: str) -> int:
    """Return a number, -1 if there is none: no enumeration has it."""
    value = _index(data, name)
    return -1 if value is None else value


def _index(data: Mapping[str, object], name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
