"""Schedules that a Zigbee lock enforces by itself, for its users.

A user has numbered entries of two kinds, from 0, and is of a type that says which of
them are in force; the type is set together with the code. The lock goes by its own
local time, which it requests from the stick: ZHA answers.
"""

from typing import Final

from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.clusters.general import Time

from ...model.lock_schedule import NO_SCHEDULE, LockSchedule, ScheduleSupport
from ..base import LockUnreachableError, ScheduleRejectedError, ScheduleUnconfirmedError
from ..door_lock_schedules import EntryFields, ScheduleType, combine, encode
from .client import ZhaLockClient
from .decoder import CommandResult, entry_of, is_unsupported, kind_of, schedule_result

MAX_ENTRIES: Final = 32
"""A kind with more entries per user is not used: every one would have to be read."""

_NAMES: Final = {ScheduleType.WEEK_DAY: "week_day", ScheduleType.YEAR_DAY: "year_day"}


def find_support(
    cluster: DoorLock, week_days: int | None, year_days: int | None
) -> ScheduleSupport | None:
    """Return how many entries a user may have, None if there are none; no radio.

    A lock that cannot request the time gets no schedules. Week-day schedules have a
    mask of days, so they also serve as entries of several days.
    """
    weeks, years = _usable_count(week_days), _usable_count(year_days)
    asks_time = Time.cluster_id in cluster.endpoint.out_clusters
    if not asks_time or not (weeks or years):
        return None
    # the lock asks for the time when it likes, and nobody sees what it has
    return ScheduleSupport(
        week_days=weeks, daily=weeks, year_days=years, trusts_clock=True
    )


class ZhaSchedules:
    """The schedules of one lock, for the duration of one call."""

    def __init__(self, client: ZhaLockClient, support: ScheduleSupport) -> None:
        """Use the commands of the lock; `support` has the number of entries for each user."""
        self._client = client
        self._entry_count = {
            ScheduleType.WEEK_DAY: support.week_days,
            ScheduleType.YEAR_DAY: support.year_days,
        }

    async def async_read(self, slot: int) -> LockSchedule | None:
        """Read the schedule of a slot; 1 read, and 1 for each entry of the kind in force.

        None where one cannot be read, or where the lock obeys something else.
        """
        kind = kind_of(await self._client.async_send("get_user_type", slot), slot)
        if kind is None or not isinstance(kind, ScheduleType):
            return NO_SCHEDULE if kind == 0 else None
        entries: list[EntryFields] = []
        for number in range(self._entry_count[kind]):
            entry = await self._async_get_entry(kind, slot, number)
            if entry is None:
                return None
            if entry:
                entries.append(entry)
        return combine(kind, entries)

    async def async_write(self, slot: int, schedule: LockSchedule) -> None:
        """Write the entries of a slot, and verify that there are no others of the kind.

        1 write for each entry, and 1 read for each that a user may have; for each that
        should not be there 1 erase and 1 read. Raises ScheduleRejectedError if the lock
        rejects them or holds something else, ScheduleUnconfirmedError if it does not
        answer.
        """
        kind, entries = _encoded(schedule)
        for number, entry in enumerate(entries):
            answer = await self._client.async_send(
                f"set_{_NAMES[kind]}_schedule", number, slot, *entry
            )
            if schedule_result(answer) not in (
                CommandResult.DONE,
                CommandResult.UNKNOWN,
            ):
                raise ScheduleRejectedError("the lock rejects the schedule")
        for number in range(self._entry_count[kind]):
            expected = entries[number] if number < len(entries) else ()
            await self._verify_entry(kind, slot, number, expected)

    async def async_verify_first_entry(self, slot: int, schedule: LockSchedule) -> None:
        """Raise ScheduleRejectedError if the first entry is not there any more; 1 read."""
        kind, entries = _encoded(schedule)
        if await self._read_entry_or_fail(kind, slot, 0) != entries[0]:
            raise ScheduleRejectedError(
                "the lock erased the schedule when the code was written"
            )

    async def _verify_entry(
        self, kind: ScheduleType, slot: int, number: int, expected: EntryFields
    ) -> None:
        entry = await self._read_entry_or_fail(kind, slot, number)
        if entry and not expected:
            await self._client.async_send(
                f"clear_{_NAMES[kind]}_schedule", number, slot
            )
            entry = await self._read_entry_or_fail(kind, slot, number)
        if entry != expected:
            raise ScheduleRejectedError("the lock does not hold the schedule")

    async def _read_entry_or_fail(
        self, kind: ScheduleType, slot: int, number: int
    ) -> EntryFields:
        try:
            answer = await self._request_entry(kind, slot, number)
        except LockUnreachableError:
            answer = None
        if is_unsupported(answer):
            raise ScheduleRejectedError("the lock does not support reading schedules")
        entry = entry_of(answer, kind, slot, number)
        if entry is None:
            raise ScheduleUnconfirmedError("no answer about a schedule")
        return entry

    async def _async_get_entry(
        self, kind: ScheduleType, slot: int, number: int
    ) -> EntryFields | None:
        """Return an entry, empty for a free one, None without an answer; 1 read."""
        return entry_of(
            await self._request_entry(kind, slot, number), kind, slot, number
        )

    async def _request_entry(
        self, kind: ScheduleType, slot: int, number: int
    ) -> object:
        return await self._client.async_send(
            f"get_{_NAMES[kind]}_schedule", number, slot
        )


def _encoded(schedule: LockSchedule) -> tuple[ScheduleType, list[EntryFields]]:
    encoded = encode(schedule)
    if encoded is None:
        raise ScheduleRejectedError("the lock cannot hold this schedule exactly")
    return encoded


def _usable_count(entries: int | None) -> int:
    return 0 if entries is None or entries > MAX_ENTRIES else entries
