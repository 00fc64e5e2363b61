"""Schedules that a Matter lock enforces by itself, for its users.

A user has numbered entries of two kinds, and is of a type that says which of them are
in force. A new user has none. The lock goes by its own local time.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from matter_server.client.models.node import MatterEndpoint

from ...model.lock_schedule import NO_SCHEDULE, LockSchedule, ScheduleSupport
from ..base import (
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
    TemporarilyRefusedError,
)
from ..door_lock_schedules import EntryFields, ScheduleType, combine, encode
from .client import Commands, DoorLock, MatterLockClient, attribute
from .decoder import MatterUser, UserType, status_of
from .expected_changes import DataChange, DataOperation, LockDataType
from .lock_clock import has_local_time
from .statuses import CommandRejectedError, Status

MAX_ENTRIES: Final = 32
"""A kind with more entries per user is not used: every one would have to be read."""

_KINDS: Final = {
    UserType.WEEK_DAY: ScheduleType.WEEK_DAY,
    UserType.YEAR_DAY: ScheduleType.YEAR_DAY,
}
_INDEX: Final = {
    ScheduleType.WEEK_DAY: "weekDayIndex",
    ScheduleType.YEAR_DAY: "yearDayIndex",
}
_GET: Final = {
    ScheduleType.WEEK_DAY: Commands.GetWeekDaySchedule,
    ScheduleType.YEAR_DAY: Commands.GetYearDaySchedule,
}
_SET: Final = {
    ScheduleType.WEEK_DAY: Commands.SetWeekDaySchedule,
    ScheduleType.YEAR_DAY: Commands.SetYearDaySchedule,
}
_CLEAR: Final = {
    ScheduleType.WEEK_DAY: Commands.ClearWeekDaySchedule,
    ScheduleType.YEAR_DAY: Commands.ClearYearDaySchedule,
}
_DATA: Final = {
    ScheduleType.WEEK_DAY: LockDataType.WEEK_DAY_SCHEDULE,
    ScheduleType.YEAR_DAY: LockDataType.YEAR_DAY_SCHEDULE,
}
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


def find_support(endpoint: MatterEndpoint) -> ScheduleSupport | None:
    """Return how many entries a user may have, None if there are none; no radio.

    A lock whose clock cannot be read gets no schedules. Week-day schedules have a mask
    of days, so they also serve as entries of several days.
    """
    attributes = DoorLock.Attributes
    if not has_local_time(endpoint.node):
        return None
    features = attribute(endpoint, attributes.FeatureMap) or 0
    weeks = attribute(endpoint, attributes.NumberOfWeekDaySchedulesSupportedPerUser)
    years = attribute(endpoint, attributes.NumberOfYearDaySchedulesSupportedPerUser)
    feature = DoorLock.Bitmaps.Feature
    week_days = _usable_count(weeks, features & feature.kWeekDayAccessSchedules)
    year_days = _usable_count(years, features & feature.kYearDayAccessSchedules)
    if not week_days and not year_days:
        return None
    return ScheduleSupport(week_days=week_days, daily=week_days, year_days=year_days)


class MatterSchedules:
    """The schedules of one lock, for the duration of one call."""

    def __init__(self, client: MatterLockClient, support: ScheduleSupport) -> None:
        """Use the lock's client; `support` has the number of entries for each user."""
        self._client = client
        self._entry_count = {
            ScheduleType.WEEK_DAY: support.week_days,
            ScheduleType.YEAR_DAY: support.year_days,
        }

    async def async_read(self, user: MatterUser) -> LockSchedule | None:
        """Read every entry in force for a user; 1 read each.

        None where one cannot be read, or where the lock obeys something else.
        """
        if user.type == UserType.UNRESTRICTED:
            return NO_SCHEDULE
        kind = next((kind for of, kind in _KINDS.items() if of == user.type), None)
        if kind is None:
            return None
        entries: list[EntryFields] = []
        for number in range(1, self._entry_count[kind] + 1):
            try:
                response = await self._read_entry(kind, user.index, number)
            except TemporarilyRefusedError:
                return None
            if response is MatterNoEntry.MALFORMED:
                return None
            if not isinstance(response, MatterNoEntry):
                entries.append(response)
        return combine(kind, entries)

    async def async_write(self, user: int, schedule: LockSchedule) -> None:
        """Write the entries of a new user, and verify that there are no others of the kind.

        1 write for each entry, and 1 read for each that a user may have; for each that
        should not be there 1 erase and 1 read. Raises ScheduleRejectedError if the lock
        rejects them or holds something else, LockUnreachableError if it does not
        answer.
        """
        encoded = encode(schedule)
        if encoded is None:
            raise ScheduleRejectedError("the lock cannot hold this schedule exactly")
        kind, entries = encoded
        try:
            for number, entry in enumerate(entries, 1):
                await self._set(kind, user, number, entry)
            for number in range(1, self._entry_count[kind] + 1):
                expected = entries[number - 1] if number <= len(entries) else None
                await self._verify_entry(kind, user, number, expected)
        except CommandRejectedError, NotSupportedError:
            raise ScheduleRejectedError("the lock rejects the schedule") from None
        except TemporarilyRefusedError:
            raise LockUnreachableError("no answer about a schedule") from None

    async def _verify_entry(
        self, kind: ScheduleType, user: int, number: int, expected: EntryFields | None
    ) -> None:
        response = await self._read_entry(kind, user, number)
        if expected is None and response is not MatterNoEntry.EMPTY:
            await self._erase(kind, user, number)
            response = await self._read_entry(kind, user, number)
        if response != (MatterNoEntry.EMPTY if expected is None else expected):
            raise ScheduleRejectedError("the lock does not hold the schedule")

    async def _read_entry(
        self, kind: ScheduleType, user: int, number: int
    ) -> EntryFields | MatterNoEntry:
        command = _GET[kind](**{_INDEX[kind]: number, "userIndex": user})
        return decode_entry(kind, await self._client.async_send(command))

    async def _set(
        self, kind: ScheduleType, user: int, number: int, entry: EntryFields
    ) -> None:
        fields = {
            _INDEX[kind]: number,
            "userIndex": user,
            **to_command_fields(kind, entry),
        }
        command = _SET[kind](**fields)
        await self._client.async_change(
            DataChange(_DATA[kind], DataOperation.ADD, user), command
        )

    async def _erase(self, kind: ScheduleType, user: int, number: int) -> None:
        command = _CLEAR[kind](**{_INDEX[kind]: number, "userIndex": user})
        await self._client.async_change(
            DataChange(_DATA[kind], DataOperation.CLEAR, user), command
        )


def to_command_fields(kind: ScheduleType, entry: EntryFields) -> dict[str, int]:
    """Return an entry as the fields of a command."""
    return dict(zip(_FIELDS[kind], entry, strict=True))


def decode_entry(kind: ScheduleType, answer: object) -> EntryFields | MatterNoEntry:
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


def _usable_count(entries: int | None, has_feature: int) -> int:
    if not has_feature or entries is None or entries > MAX_ENTRIES:
        return 0
    return entries
