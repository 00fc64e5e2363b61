"""Convert schedule entries to and from the fields of Matter commands. Pure."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from ..door_lock_schedules import EntryFields, ScheduleType
from .decoder import status_of
from .statuses import Status

_FIELDS: Final = {
    ScheduleType.WEEK_DAY: (
        "daysMask",
        "startHour",
        "startMinute",
        "endHour",
        "endMinute",
    ),
    ScheduleType.YEAR_DAY: ("localStartTime", "localEndTime"),
}


class MatterNoEntry(Enum):
    """The result of reading an entry that is not a schedule."""

    EMPTY = auto()
    MALFORMED = auto()
    """Fields without a meaning, or without one that is known."""


def to_command_fields(kind: ScheduleType, entry: EntryFields) -> dict[str, int]:
    """Return an entry as the fields of a command."""
    return dict(zip(_FIELDS[kind], entry, strict=True))


def decode(kind: ScheduleType, answer: object) -> EntryFields | MatterNoEntry:
    """Decode the response about an entry.

    Raises TemporarilyRefusedError if it has no status.
    """
    status = status_of(answer)
    if status == Status.NOT_FOUND:
        return MatterNoEntry.EMPTY
    if status != Status.SUCCESS or not isinstance(answer, Mapping):
        return MatterNoEntry.MALFORMED
    fields = [answer.get(name) for name in _FIELDS[kind]]
    numbers = tuple(each for each in fields if isinstance(each, int))
    return numbers if len(numbers) == len(fields) else MatterNoEntry.MALFORMED
