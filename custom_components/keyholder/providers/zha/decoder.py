"""Decode the responses and notifications of a Zigbee lock. Pure.

zigpy takes any frame with the sequence number of the request for its response, also a
notification that happens to have it. So a response counts only if it is of the right
type, and about the right user. Its statuses are numbers of the Door Lock cluster, to
which zigpy gives the names of general statuses.

Numbers of notifications: Door Lock cluster, Operation Event Notification and
Programming Event Notification, of the Zigbee Cluster Library.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.foundation import GENERAL_COMMANDS, GeneralCommand

from ...model.lock_events import AccessDenied, Action, LockOperated, Method, SlotChanged
from ...model.pin import Pin
from ...model.provider_io import SlotReading
from ...model.slot_events import ChangeKind
from ..door_lock_schedules import EntryFields, ScheduleType

_Response = DoorLock.ClientCommandDefs
_DEFAULT: Final = GENERAL_COMMANDS[GeneralCommand.Default_Response].schema
_UNSUPPORTED: Final = frozenset({0x81, 0x82, 0x83, 0x84})
"""Unsupported command: of the cluster or general, manufacturer-specific or not."""

UNRESTRICTED_USER: Final = 0
_NO_USER_TYPE: Final = 0xFF
_NOT_FOUND: Final = 0x8B
_NOT_USABLE: Final = frozenset({0x7E, 0x87, _NOT_FOUND})
"""Not authorised, invalid value, not found: statuses by which a lock rejects a request
because of the user that it is about."""
_ENTRIES: Final[Mapping[ScheduleType, tuple[type, tuple[str, ...]]]] = {
    ScheduleType.WEEK_DAY: (
        _Response.get_week_day_schedule_response.schema,
        ("days_mask", "start_hour", "start_minute", "end_hour", "end_minute"),
    ),
    ScheduleType.YEAR_DAY: (
        _Response.get_year_day_schedule_response.schema,
        ("local_start_time", "local_end_time"),
    ),
}

OPERATION: Final = 0x20
PROGRAMMING: Final = 0x21

_ALL: Final = 0xFFFF

LAST_OPERATION: Final = 0x0100
"""Attribute of Onesti's locks: the source, action and user of the last operation."""
_BY_LOCK: Final = 0x0A
"""The lock itself, its key or its thumb turn: they have one source."""
_LAST_SOURCES: Final[Mapping[int, Method]] = {
    0: Method.REMOTE,
    2: Method.KEYPAD,
    # a fingerprint, a card
    3: Method.UNKNOWN,
    4: Method.UNKNOWN,
    _BY_LOCK: Method.UNKNOWN,
}
_LAST_ACTIONS: Final = {1: Action.LOCK, 2: Action.UNLOCK}

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


class ZhaUserStatus(IntEnum):
    """User status of the Door Lock cluster: no code, enabled or disabled."""

    AVAILABLE = 0
    ENABLED = 1
    DISABLED = 3


class CommandResult(StrEnum):
    """The result of a command that changes something."""

    DONE = "done"
    FAILED = "failed"
    """Failed without a reason."""
    FULL = "full"
    DUPLICATE = "duplicate"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unclear"
    """No response that could be understood; the lock may have done it."""


_RESULTS: Final = {
    0: CommandResult.DONE,
    1: CommandResult.FAILED,
    2: CommandResult.FULL,
    3: CommandResult.DUPLICATE,
}


def is_default(answer: object) -> bool:
    """Return whether this is a Default Response: the command itself was rejected."""
    return isinstance(answer, _DEFAULT)


def is_unsupported(answer: object) -> bool:
    """Return whether the lock does not support the command."""
    return is_default(answer) and number_of(answer, "status") in _UNSUPPORTED


def write_result(answer: object) -> CommandResult:
    """Return the result of setting a code."""
    return _result_of(answer, _Response.set_pin_code_response.schema)


def clear_result(answer: object) -> CommandResult:
    """Return the result of clearing a code."""
    return _result_of(answer, _Response.clear_pin_code_response.schema)


def status_result(answer: object) -> CommandResult:
    """Return the result of enabling or disabling a user."""
    return _result_of(answer, _Response.set_user_status_response.schema)


def schedule_result(answer: object) -> CommandResult:
    """Return the result of setting a schedule entry."""
    expected = (
        _Response.set_week_day_schedule_response.schema,
        _Response.set_year_day_schedule_response.schema,
    )
    return _result_of(answer, expected)


def kind_of(answer: object, slot: int) -> int | None:
    """Return the type of a user, 0 for one that does not exist, None without such a response."""
    if not isinstance(answer, _Response.get_user_type_response.schema):
        return None
    kind = number_of(answer, "user_type")
    if number_of(answer, "user_id") != slot or kind is None:
        return None
    if kind in ScheduleType:
        return ScheduleType(kind)
    return UNRESTRICTED_USER if kind == _NO_USER_TYPE else kind


def entry_of(
    answer: object, kind: ScheduleType, slot: int, number: int
) -> EntryFields | None:
    """Return a schedule entry, empty for a free one, None without such a response."""
    expected, names = _ENTRIES[kind]
    if not isinstance(answer, expected):
        return None
    about = number_of(answer, "user_id"), number_of(answer, "schedule_id")
    if about != (slot, number):
        return None
    match number_of(answer, "status"):
        case 0:
            numbers = [number_of(answer, name) for name in names]
            found = tuple(each for each in numbers if each is not None)
            return found if len(found) == len(names) else None
        case status if status == _NOT_FOUND:
            return ()
        case _:
            return None


def reading_of(answer: object, slot: int) -> SlotReading:
    """Return the reading of a slot from a response about its code."""
    if not isinstance(answer, _Response.get_pin_code_response.schema):
        return SlotReading.unknown()
    status = number_of(answer, "user_status")
    if number_of(answer, "user_id") != slot:
        return SlotReading.unknown()
    code = getattr(answer, "code", None)
    match status:
        case ZhaUserStatus.AVAILABLE:
            # A code of an available user: one of the two is wrong
            return SlotReading.unknown() if code else SlotReading.empty()
        case ZhaUserStatus.ENABLED:
            return _occupied(code, enabled=True)
        case ZhaUserStatus.DISABLED:
            return _occupied(code, enabled=False)
        case _:
            return _without_status(status)


def occupancy_of(answer: object, slot: int) -> SlotReading:
    """Return the reading of a slot from a response about its user, without the code."""
    if is_default(answer) and number_of(answer, "status") in _NOT_USABLE:
        return SlotReading.not_usable()
    if not isinstance(answer, _Response.get_user_status_response.schema):
        return SlotReading.unknown()
    if number_of(answer, "user_id") != slot:
        return SlotReading.unknown()
    match number_of(answer, "user_status"):
        case ZhaUserStatus.AVAILABLE:
            return SlotReading.empty()
        case ZhaUserStatus.ENABLED:
            return SlotReading.masked(enabled=True)
        case ZhaUserStatus.DISABLED:
            return SlotReading.masked(enabled=False)
        case status:
            return _without_status(status)


def _without_status(status: int | None) -> SlotReading:
    """Return the reading of a slot whose status is none of a code, such as 0xFF."""
    return SlotReading.unknown() if status is None else SlotReading.not_usable()


def _result_of(answer: object, expected: type | tuple[type, ...]) -> CommandResult:
    status = number_of(answer, "status")
    if is_default(answer):
        return (
            CommandResult.UNSUPPORTED
            if is_unsupported(answer)
            else CommandResult.FAILED
        )
    if not isinstance(answer, expected) or status is None:
        return CommandResult.UNKNOWN
    return _RESULTS.get(status, CommandResult.FAILED)


def _occupied(code: object, *, enabled: bool) -> SlotReading:
    """Return the reading of an occupied slot. Only ASCII digits are a code.

    A lock that does not send its codes sends as many bytes of 0xFF, or nothing.
    """
    if isinstance(code, str) and code.isascii() and code.isdecimal():
        return SlotReading.present(Pin(str(code)), enabled=enabled)
    return SlotReading.masked(enabled=enabled)


def number_of(answer: object, name: str) -> int | None:
    """Return a numeric field of a response or notification, None if it has none."""
    value = getattr(answer, name, None)
    return int(value) if isinstance(value, int) else None


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


def decode_last_operation(
    value: object, slots: range | None, at: datetime
) -> LockOperated | None:
    """Decode the attribute of the last operation; None for anything else.

    From the top of its 32 bits: 8 for the source, 8 for the action, 16 for the user. It
    is of the lock's manufacturer, so that another may mean something else by it.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    source, action = value >> 24, _LAST_ACTIONS.get(value >> 16 & 0xFF)
    if source not in _LAST_SOURCES or action is None:
        return None
    method = _LAST_SOURCES[source]
    if source == _BY_LOCK and action is Action.UNLOCK:
        # a lock does not unlock by itself
        method = Method.MANUAL
    slot = _slot(value & _ALL, slots) if method is Method.KEYPAD else None
    return LockOperated(action, method, slot, at)


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
