"""What the answers of a Zigbee lock mean. Pure: zigpy's answers in, readings out.

zigpy takes any frame with the number of the request for its answer, also a notification
that happens to have it. So an answer counts only if it is of the right kind, and about
the right user. Its statuses are numbers of the door lock's own, to which zigpy gives the
names of others.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final

from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.foundation import GENERAL_COMMANDS, GeneralCommand

from ...model.pin import Pin
from ...model.reading import SlotReading
from ..door_lock_schedules import EntryFields, ScheduleType

_Response = DoorLock.ClientCommandDefs
_DEFAULT: Final = GENERAL_COMMANDS[GeneralCommand.Default_Response].schema
_UNSUPPORTED: Final = frozenset({0x81, 0x82, 0x83, 0x84})
"""Unsupported commands, of the cluster or general, a manufacturer's or not."""


class UserStatus(IntEnum):
    """Whether a user has a code, and whether it counts."""

    AVAILABLE = 0
    ENABLED = 1
    DISABLED = 3


UNRESTRICTED_USER: Final = 0
_NOBODY: Final = 0xFF
_NOT_FOUND: Final = 0x8B
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


class CommandResult(StrEnum):
    """What a lock answered to a command that changes something."""

    DONE = "done"
    FAILED = "failed"
    """Without a reason."""
    FULL = "full"
    DUPLICATE = "duplicate"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unclear"
    """Nothing that could be understood; it may have been done."""


_VERDICTS: Final = {
    0: CommandResult.DONE,
    1: CommandResult.FAILED,
    2: CommandResult.FULL,
    3: CommandResult.DUPLICATE,
}


def is_default(answer: object) -> bool:
    """Return whether this is a DefaultResponse: the command itself was refused."""
    return isinstance(answer, _DEFAULT)


def is_unsupported(answer: object) -> bool:
    """Return whether the lock does not have the command."""
    return is_default(answer) and number_of(answer, "status") in _UNSUPPORTED


def judge_write(answer: object) -> CommandResult:
    """Say what a lock answered to a code."""
    return _judge(answer, _Response.set_pin_code_response.schema)


def judge_clear(answer: object) -> CommandResult:
    """Say what a lock answered to a clear."""
    return _judge(answer, _Response.clear_pin_code_response.schema)


def judge_status(answer: object) -> CommandResult:
    """Say what a lock answered to switching a user on or off."""
    return _judge(answer, _Response.set_user_status_response.schema)


def judge_schedule(answer: object) -> CommandResult:
    """Say what a lock answered to an entry of a schedule."""
    expected = (
        _Response.set_week_day_schedule_response.schema,
        _Response.set_year_day_schedule_response.schema,
    )
    return _judge(answer, expected)


def kind_of(answer: object, slot: int) -> int | None:
    """Return the type of a user, 0 for one who is not there, None for no such answer."""
    if not isinstance(answer, _Response.get_user_type_response.schema):
        return None
    kind = number_of(answer, "user_type")
    if number_of(answer, "user_id") != slot or kind is None:
        return None
    if kind in ScheduleType:
        return ScheduleType(kind)
    return UNRESTRICTED_USER if kind == _NOBODY else kind


def entry_of(
    answer: object, kind: ScheduleType, slot: int, number: int
) -> EntryFields | None:
    """Return an entry of a schedule, nothing for a free one, None for no such answer."""
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
    """Return what an answer shows of a slot."""
    if not isinstance(answer, _Response.get_pin_code_response.schema):
        return SlotReading.unknown()
    status = number_of(answer, "user_status")
    if number_of(answer, "user_id") != slot:
        return SlotReading.unknown()
    code = getattr(answer, "code", None)
    match status:
        case UserStatus.AVAILABLE:
            # A code for nobody: one of the two is wrong
            return SlotReading.unknown() if code else SlotReading.empty()
        case UserStatus.ENABLED:
            return _occupied(code, enabled=True)
        case UserStatus.DISABLED:
            return _occupied(code, enabled=False)
        case _:
            return SlotReading.unknown()


def occupancy_of(answer: object, slot: int) -> SlotReading:
    """Return what an answer about the user, and not about the code, shows of a slot."""
    if not isinstance(answer, _Response.get_user_status_response.schema):
        return SlotReading.unknown()
    if number_of(answer, "user_id") != slot:
        return SlotReading.unknown()
    match number_of(answer, "user_status"):
        case UserStatus.AVAILABLE:
            return SlotReading.empty()
        case UserStatus.ENABLED:
            return SlotReading.masked(enabled=True)
        case UserStatus.DISABLED:
            return SlotReading.masked(enabled=False)
        case _:
            return SlotReading.unknown()


def _judge(answer: object, expected: type | tuple[type, ...]) -> CommandResult:
    status = number_of(answer, "status")
    if is_default(answer):
        return (
            CommandResult.UNSUPPORTED
            if is_unsupported(answer)
            else CommandResult.FAILED
        )
    if not isinstance(answer, expected) or status is None:
        return CommandResult.UNKNOWN
    return _VERDICTS.get(status, CommandResult.FAILED)


def _occupied(code: object, *, enabled: bool) -> SlotReading:
    """Return an occupied slot. Only ASCII digits are a code.

    A lock that does not show its codes gives as many bytes of 0xFF, or nothing.
    """
    if isinstance(code, str) and code.isascii() and code.isdecimal():
        return SlotReading.present(Pin(str(code)), enabled=enabled)
    return SlotReading.masked(enabled=enabled)


def number_of(answer: object, name: str) -> int | None:
    """Return a field of an answer or notification that is a number."""
    value = getattr(answer, name, None)
    return int(value) if isinstance(value, int) else None
