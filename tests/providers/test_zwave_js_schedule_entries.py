"""Schedule entries as the driver gives them, and locks that had better be left alone."""

from collections.abc import Mapping
from typing import Any, Final, cast

import pytest
from zwave_js_server.const import CommandClass
from zwave_js_server.model.endpoint import Endpoint

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    DailyRepeatingSchedule,
    ScheduleSupport,
    WeekDaySchedule,
    YearDaySchedule,
)
from custom_components.keyholder.providers.base import LockUnreachableError
from custom_components.keyholder.providers.zwave_js.schedule_entries import (
    EntryResponse,
    ScheduleType,
    ZwaveNoEntry,
    combine,
    decode,
    encode,
    split,
)
from custom_components.keyholder.providers.zwave_js.schedules import (
    ZwaveSchedules,
    async_find_support,
    entry_filter,
    is_supported,
)
from tests.harness.providers.schedules import CLEANING, MORNINGS, STAY, wall

HOURS: Final = {"startHour": 8, "startMinute": 0, "stopHour": 12, "stopMinute": 30}
LASTING: Final = {
    "startHour": 22,
    "startMinute": 15,
    "durationHour": 4,
    "durationMinute": 0,
}
YEAR: Final = {
    "startYear": 28,
    "startMonth": 2,
    "startDay": 29,
    "startHour": 0,
    "startMinute": 0,
    "stopYear": 28,
    "stopMonth": 3,
    "stopDay": 1,
    "stopHour": 0,
    "stopMinute": 1,
}
LEAP_DAY: Final = YearDaySchedule(wall("2028-02-29"), wall("2028-03-01 00:01"))

ANSWERS: Final[dict[str, tuple[ScheduleType, object, EntryResponse]]] = {
    "Sunday is 0": (
        ScheduleType.WEEK_DAY,
        {"weekday": 0, **HOURS},
        WeekDaySchedule(Weekday.SUNDAY, 480, 750),
    ),
    "Sunday is 7 too": (
        ScheduleType.WEEK_DAY,
        {"weekday": 7, **HOURS},
        WeekDaySchedule(Weekday.SUNDAY, 480, 750),
    ),
    "Saturday": (
        ScheduleType.WEEK_DAY,
        {"weekday": 6, **HOURS},
        WeekDaySchedule(Weekday.SATURDAY, 480, 750),
    ),
    "wrapped": (
        ScheduleType.WEEK_DAY,
        {"response": {"weekday": 1, **HOURS}},
        WeekDaySchedule(Weekday.MONDAY, 480, 750),
    ),
    "until midnight": (
        ScheduleType.WEEK_DAY,
        {"weekday": 1, **HOURS, "stopHour": 24, "stopMinute": 0},
        WeekDaySchedule(Weekday.MONDAY, 480, 1440),
    ),
    "no such day": (
        ScheduleType.WEEK_DAY,
        {"weekday": 8, **HOURS},
        ZwaveNoEntry.MALFORMED,
    ),
    "no day": (ScheduleType.WEEK_DAY, HOURS, ZwaveNoEntry.MALFORMED),
    "a day that is true": (
        ScheduleType.WEEK_DAY,
        {"weekday": True, **HOURS},
        ZwaveNoEntry.MALFORMED,
    ),
    "a text": (
        ScheduleType.WEEK_DAY,
        {"weekday": 1, **HOURS, "startHour": "8"},
        ZwaveNoEntry.MALFORMED,
    ),
    "backwards": (
        ScheduleType.WEEK_DAY,
        {"weekday": 1, **HOURS, "stopHour": 7},
        ZwaveNoEntry.MALFORMED,
    ),
    "over as it begins": (
        ScheduleType.WEEK_DAY,
        {"weekday": 1, **HOURS, "stopHour": 8, "stopMinute": 0},
        ZwaveNoEntry.MALFORMED,
    ),
    "minute 60": (
        ScheduleType.WEEK_DAY,
        {"weekday": 1, **HOURS, "stopMinute": 60},
        ZwaveNoEntry.MALFORMED,
    ),
    "erased to zeros": (
        ScheduleType.WEEK_DAY,
        dict.fromkeys(("weekday", *HOURS), 0),
        ZwaveNoEntry.EMPTY,
    ),
    "nothing in it": (ScheduleType.WEEK_DAY, {}, ZwaveNoEntry.EMPTY),
    "nothing": (ScheduleType.DAILY, None, ZwaveNoEntry.EMPTY),
    "nothing, wrapped": (ScheduleType.DAILY, {"response": None}, ZwaveNoEntry.EMPTY),
    "a number": (ScheduleType.WEEK_DAY, 5, ZwaveNoEntry.MALFORMED),
    "days in any order": (
        ScheduleType.DAILY,
        {"weekdays": [6, 0, 1, 1], **LASTING},
        DailyRepeatingSchedule(
            (Weekday.MONDAY, Weekday.SATURDAY, Weekday.SUNDAY), 1335, 240
        ),
    ),
    "no days": (
        ScheduleType.DAILY,
        {"weekdays": [], **LASTING},
        ZwaveNoEntry.MALFORMED,
    ),
    "no length": (
        ScheduleType.DAILY,
        {"weekdays": [1], **LASTING, "durationHour": 0},
        ZwaveNoEntry.MALFORMED,
    ),
    "two digits of a year": (ScheduleType.YEAR_DAY, YEAR, LEAP_DAY),
    "four digits of a year": (
        ScheduleType.YEAR_DAY,
        {**YEAR, "startYear": 2028, "stopYear": 2028},
        LEAP_DAY,
    ),
    "dates without a minute between them": (
        ScheduleType.YEAR_DAY,
        {**YEAR, "stopMonth": 2, "stopDay": 29, "stopMinute": 0},
        ZwaveNoEntry.MALFORMED,
    ),
    "no such date": (
        ScheduleType.YEAR_DAY,
        {**YEAR, "startYear": 27},
        ZwaveNoEntry.MALFORMED,
    ),
}


@pytest.mark.parametrize(("kind", "answer", "shown"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_a_limit_or_nothing_or_not_understood(
    kind: ScheduleType, answer: object, shown: EntryResponse
) -> None:
    assert decode(kind, answer) == shown


def test_what_is_encoded_is_what_is_decoded() -> None:
    for kind, entries in (
        (ScheduleType.WEEK_DAY, MORNINGS.week_days),
        (ScheduleType.DAILY, CLEANING.daily),
        (ScheduleType.YEAR_DAY, STAY.year_days),
    ):
        for entry in entries:
            assert decode(kind, encode(entry)) == entry


def test_limits_are_equal_in_whatever_order_the_lock_has_them() -> None:
    for limits in (MORNINGS, CLEANING, STAY):
        ((_, entries),) = split(limits).items()
        assert combine(reversed(entries)) == combine([*entries, entries[0]]) == limits


class StubNode:
    """Remembers numbers of entries, and nothing else."""

    def __init__(self, numbers: Mapping[str, int], classes: Mapping[int, int]) -> None:
        self.numbers = dict(numbers)
        self.classes = classes
        self.asked: list[str] = []
        self.index = 0
        self.reported: Mapping[str, int] = {}

    @property
    def endpoint(self) -> Endpoint:
        return cast(Endpoint, self)

    @property
    def node(self) -> StubNode:
        return self

    @property
    def endpoints(self) -> dict[int, StubNode]:
        return {0: self}

    @property
    def command_classes(self) -> list[Any]:
        return [
            type("Info", (), {"id": number, "version": version})
            for number, version in self.classes.items()
        ]

    async def async_send_command(
        self, _: str, *, wait_for_result: bool, **message: dict[str, Any]
    ) -> dict[str, Any]:
        assert wait_for_result
        number = self.numbers.get(message["valueId"]["property"])
        return {} if number is None else {"value": number}

    async def async_invoke_cc_api(self, *call: object, **_: object) -> None:
        self.asked.append(str(call[1]))
        self.numbers.update(self.reported)


def numbers(week_days: int, year_days: int, daily: int) -> dict[str, int]:
    return {
        "numWeekDaySlots": week_days,
        "numYearDaySlots": year_days,
        "numDailyRepeatingSlots": daily,
    }


SCHEDULES: Final = {CommandClass.SCHEDULE_ENTRY_LOCK.value: 3}
CLOCK: Final = {CommandClass.CLOCK.value: 1}
TIME: Final = {CommandClass.TIME_PARAMETERS.value: 1}


@pytest.mark.parametrize(
    ("found", "classes", "support"),
    [
        (
            (7, 7, 7),
            SCHEDULES | TIME,
            ScheduleSupport(week_days=7, daily=7, year_days=7),
        ),
        ((7, 7, 7), SCHEDULES | CLOCK, ScheduleSupport(week_days=7, daily=7)),
        ((0, 7, 0), SCHEDULES | CLOCK, None),
        ((7, 7, 7), SCHEDULES, None),
        ((7, 7, 7), TIME, None),
        ((0, 0, 0), SCHEDULES | TIME, None),
        ((16, 16, 0), SCHEDULES | TIME, ScheduleSupport(week_days=16, year_days=16)),
        ((16, 16, 1), SCHEDULES | TIME, None),
    ],
)
async def test_a_lock_is_used_as_far_as_its_clock_and_its_battery_allow(
    found: tuple[int, int, int],
    classes: Mapping[int, int],
    support: ScheduleSupport | None,
) -> None:
    stub = StubNode(numbers(*found), classes)

    assert await async_find_support(stub.endpoint) == support
    assert stub.asked == []


async def test_a_lock_that_did_not_report_its_numbers_is_asked_for_them() -> None:
    """Numbers that nobody knows are not taken for no schedules."""
    stub = StubNode({}, SCHEDULES | TIME)
    assert await async_find_support(stub.endpoint) is None
    assert stub.asked == ["getNumSlots"]

    schedules = ZwaveSchedules(stub.endpoint, entry_filter())
    with pytest.raises(LockUnreachableError):
        await schedules.async_read(3)
    with pytest.raises(LockUnreachableError):
        await schedules.async_write(3, NO_SCHEDULE)

    stub.reported = numbers(1, 0, 0)
    assert await async_find_support(stub.endpoint) == ScheduleSupport(week_days=1)


async def test_a_slot_above_255_has_no_schedule() -> None:
    """One byte for the user: 259 would be read, and written, as slot 3."""
    support = ScheduleSupport(week_days=7)
    assert is_supported(255, MORNINGS, support)
    assert not is_supported(256, MORNINGS, support)

    stub = StubNode(numbers(7, 0, 0), SCHEDULES | TIME)
    schedules = ZwaveSchedules(stub.endpoint, entry_filter())
    assert await schedules.async_read(259) == NO_SCHEDULE
    await schedules.async_write(259, NO_SCHEDULE)
    assert stub.asked == []


async def test_slot_255_is_the_last_one_whose_schedule_is_read() -> None:
    stub = StubNode(numbers(7, 0, 0), SCHEDULES | TIME)

    await ZwaveSchedules(stub.endpoint, entry_filter()).async_read(255)

    assert stub.asked == ["getWeekDaySchedule"]
