"""Schedules that a lock with User Code CC enforces by itself: Schedule Entry Lock CC.

A user of the lock, which is a slot, has numbered entries of up to three kinds. Setting
an entry makes its kind the active one and enables the schedule, as the command class
specifies; which kind is active cannot be read. Two facts about the driver:

- It refuses entry 0, which stands for all entries of a user: they are erased one by
  one.
- It answers the read of an entry with None both for an erased entry and where the lock
  gave no answer. The two differ in its cache: an answer, and only an answer, changes
  the timestamp of the cached value. This also distinguishes an answer about this entry
  from a late one about another, which the driver does not.
"""

from functools import partial
from typing import Final

from zwave_js_server.const import CommandClass
from zwave_js_server.model.endpoint import Endpoint

from ...model.lock_schedule import NO_SCHEDULE, LockSchedule, ScheduleSupport
from ..base import (
    InterviewIncompleteError,
    LockUnreachableError,
    ScheduleRejectedError,
    ScheduleUnconfirmedError,
)
from ..stale_responses import StaleResponseFilter
from .client import LATE_RESPONSE_WINDOW, CachedValues, async_call
from .schedule_entries import (
    Entry,
    EntryResponse,
    ScheduleType,
    ZwaveNoEntry,
    combine,
    decode,
    encode,
    split,
)

MAX_ENTRIES: Final = 32
"""A lock with more entries per slot gets no schedules: every one would have to be
read."""
LAST_USER: Final = 255
"""The last slot that can have a schedule: the command class has one byte for it."""

_NAMES: Final = {
    ScheduleType.WEEK_DAY: ("WeekDaySchedule", "numWeekDaySlots"),
    ScheduleType.YEAR_DAY: ("YearDaySchedule", "numYearDaySlots"),
    ScheduleType.DAILY: ("DailyRepeatingSchedule", "numDailyRepeatingSlots"),
}
_CLOCKS: Final = (CommandClass.TIME_PARAMETERS, CommandClass.TIME, CommandClass.CLOCK)
_WITH_DATE: Final = (CommandClass.TIME_PARAMETERS, CommandClass.TIME)


type EntryFilter = StaleResponseFilter[tuple[int, ScheduleType, int], EntryResponse]
"""By slot, kind and number of the entry."""


def entry_filter() -> EntryFilter:
    """Return the filter of the entries of one lock, without outstanding responses."""
    return StaleResponseFilter(
        LATE_RESPONSE_WINDOW, lambda entry: entry is ZwaveNoEntry.NO_ANSWER
    )


async def async_find_support(endpoint: Endpoint) -> ScheduleSupport | None:
    """Return how many entries a slot may have, None if schedules are not used.

    From the driver's interview; 1 read where that got no answer. A lock whose clock
    cannot be set by radio gets no schedules: its time would be unknown.
    """
    if CommandClass.SCHEDULE_ENTRY_LOCK not in _classes(endpoint):
        return None
    clocks = [each for each in _CLOCKS if each in _classes(endpoint.node.endpoints[0])]
    if not clocks:
        return None
    try:
        counts = await _entry_counts(endpoint)
    except LockUnreachableError:
        return None
    if not any(counts.values()) or sum(counts.values()) > MAX_ENTRIES:
        return None
    knows_date = any(each in _WITH_DATE for each in clocks)
    if not knows_date and not (
        counts[ScheduleType.WEEK_DAY] or counts[ScheduleType.DAILY]
    ):
        return None
    return ScheduleSupport(
        week_days=counts[ScheduleType.WEEK_DAY],
        daily=counts[ScheduleType.DAILY],
        year_days=counts[ScheduleType.YEAR_DAY] if knows_date else 0,
    )


class ZwaveSchedules:
    """The schedules of one lock, for the duration of one call."""

    def __init__(self, endpoint: Endpoint, stale: EntryFilter) -> None:
        """Use the endpoint that supports the command class."""
        self._endpoint = endpoint
        self._cached = CachedValues(endpoint, CommandClass.SCHEDULE_ENTRY_LOCK)
        self._stale = stale

    async def async_read(self, slot: int) -> LockSchedule | None:
        """Read every entry of the slot; 1 read each. None if one cannot be read.

        Ends at the first entry that gets no answer.
        """
        if slot > LAST_USER:
            return NO_SCHEDULE
        entries: list[Entry] = []
        for kind, count in (await _entry_counts(self._endpoint)).items():
            for number in range(1, count + 1):
                response = await self._read_entry(slot, kind, number)
                if response in (ZwaveNoEntry.NO_ANSWER, ZwaveNoEntry.MALFORMED):
                    return None
                if not isinstance(response, ZwaveNoEntry):
                    entries.append(response)
        return combine(entries)

    async def async_write(self, slot: int, schedule: LockSchedule) -> None:
        """Write exactly this schedule, and verify it by reads.

        1 read for every entry that a slot may have; for each that was in use 1 erase
        and 1 read; for each entry of the schedule 1 set and 1 read, and 1 command to
        enable them. For an empty schedule it is 1 read for each kind, if no entry is
        found. Raises ScheduleRejectedError if the lock holds something else,
        ScheduleUnconfirmedError if it does not answer.
        """
        is_free = schedule.is_empty and not await self._is_used(slot)
        if slot <= LAST_USER and not is_free:
            await self._erase(slot)
        if schedule.is_empty:
            return
        ((kind, entries),) = split(schedule).items()
        for number, entry in enumerate(entries, 1):
            await self._set(slot, kind, number, encode(entry))
        await self._invoke("setEnabled", True, slot)
        stored = [
            await self._read_entry_or_fail(slot, kind, number)
            for number in range(1, len(entries) + 1)
        ]
        if stored != list(entries):
            raise ScheduleRejectedError("the lock does not hold the schedule")

    async def async_verify_first_entry(self, slot: int, schedule: LockSchedule) -> None:
        """Raise ScheduleRejectedError if the first entry is not there any more; 1 read."""
        ((kind, entries),) = split(schedule).items()
        if await self._read_entry_or_fail(slot, kind, 1) != entries[0]:
            raise ScheduleRejectedError(
                "the lock erased the schedule when the code was written"
            )

    async def _is_used(self, slot: int) -> bool:
        """Return whether a slot seems to have entries; 1 read for each kind.

        Entries are usually numbered from 1, and most codes on most locks have no
        schedule: to read every entry of every slot would cost ten times as much as the
        code does.
        """
        if slot > LAST_USER:
            return False
        for kind, count in (await _entry_counts(self._endpoint)).items():
            if (
                count
                and await self._read_entry_or_fail(slot, kind, 1)
                is not ZwaveNoEntry.EMPTY
            ):
                return True
        return False

    async def _erase(self, slot: int) -> None:
        for kind, count in (await _entry_counts(self._endpoint)).items():
            for number in range(1, count + 1):
                response = await self._read_entry_or_fail(slot, kind, number)
                if response is ZwaveNoEntry.EMPTY:
                    continue
                await self._set(slot, kind, number, None)
                if (
                    await self._read_entry_or_fail(slot, kind, number)
                    is not ZwaveNoEntry.EMPTY
                ):
                    raise ScheduleRejectedError("the lock keeps an earlier schedule")

    async def _read_entry_or_fail(
        self, slot: int, kind: ScheduleType, number: int
    ) -> EntryResponse:
        response = await self._read_entry(slot, kind, number)
        if response is ZwaveNoEntry.NO_ANSWER:
            raise ScheduleUnconfirmedError("no answer about a schedule")
        return response

    async def _read_entry(
        self, slot: int, kind: ScheduleType, number: int
    ) -> EntryResponse:
        """Read one entry; 1 read, and 1 for each outstanding response."""
        once = partial(self._read_entry_once, slot, kind, number)
        return await self._stale.async_read((slot, kind, number), once)

    async def _read_entry_once(
        self, slot: int, kind: ScheduleType, number: int
    ) -> EntryResponse:
        method, _ = _NAMES[kind]
        key = (kind << 16) | (slot << 8) | number
        before = await self._cached.updated_at("schedule", key)
        answer = await self._invoke(f"get{method}", _at(slot, number))
        after = await self._cached.updated_at("schedule", key)
        if after in (None, before):
            return ZwaveNoEntry.NO_ANSWER
        return decode(kind, answer)

    async def _set(
        self,
        slot: int,
        kind: ScheduleType,
        number: int,
        entry: dict[str, object] | None,
    ) -> None:
        """Set an entry, or erase it with None. The lock's answer to that proves nothing."""
        method, _ = _NAMES[kind]
        at = _at(slot, number)
        await self._invoke(f"set{method}", at, *(() if entry is None else (entry,)))

    async def _invoke(self, method: str, *arguments: object) -> object:
        request = self._endpoint.async_invoke_cc_api(
            CommandClass.SCHEDULE_ENTRY_LOCK, method, *arguments, wait_for_result=True
        )
        answer: object = await async_call(request, invalid=ScheduleRejectedError)
        return answer


async def _entry_counts(endpoint: Endpoint) -> dict[ScheduleType, int]:
    """Return how many entries of each kind a slot has; 1 read if the cache has no number.

    Raises InterviewIncompleteError if the lock has never reported it.
    """
    cached = CachedValues(endpoint, CommandClass.SCHEDULE_ENTRY_LOCK)
    for needs_read in (False, True):
        if needs_read:
            await async_call(
                endpoint.async_invoke_cc_api(
                    CommandClass.SCHEDULE_ENTRY_LOCK,
                    "getNumSlots",
                    wait_for_result=True,
                )
            )
        known = {kind: await cached.value(name) for kind, (_, name) in _NAMES.items()}
        # Before version 3 there are no daily repeating entries
        if isinstance(known[ScheduleType.WEEK_DAY], int):
            return {
                kind: number if isinstance(number, int) else 0
                for kind, number in known.items()
            }
    raise InterviewIncompleteError(
        "the lock has not reported how many schedules it holds"
    )


def is_supported(
    slot: int, schedule: LockSchedule, support: ScheduleSupport | None
) -> bool:
    """Return whether a slot has entries enough for the schedule and can express it exactly."""
    if schedule.is_empty:
        return True
    kinds = split(schedule)
    if support is None or slot > LAST_USER or len(kinds) != 1:
        return False
    entry_counts = {
        ScheduleType.WEEK_DAY: support.week_days,
        ScheduleType.YEAR_DAY: support.year_days,
        ScheduleType.DAILY: support.daily,
    }
    return all(
        len(entries) <= entry_counts[kind] and None not in map(encode, entries)
        for kind, entries in kinds.items()
    )


def _at(slot: int, number: int) -> dict[str, int]:
    return {"userId": slot, "slotId": number}


def _classes(endpoint: Endpoint) -> set[int]:
    return {each.id for each in endpoint.command_classes}
