"""Schedules: what is stored, read, refused and cleared."""

from typing import Any

import pytest

from simulators.matter import Limits

from .probe import Bench

INVALID, FAILURE, NOT_FOUND = 133, 1, 139
OFFICE = {
    "daysMask": 62,
    "startHour": 8,
    "startMinute": 0,
    "endHour": 17,
    "endMinute": 30,
}
SPAN = {"localStartTime": 800_000_000, "localEndTime": 900_000_000}


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.add_user(1)
    return made


@pytest.mark.parametrize(
    ("kind", "number", "entry"),
    [
        ("WeekDay", {"weekDayIndex": 2, "userIndex": 1}, OFFICE),
        ("YearDay", {"yearDayIndex": 2, "userIndex": 1}, SPAN),
        ("Holiday", {"holidayIndex": 2}, {**SPAN, "operatingMode": 1}),
    ],
)
def test_a_schedule_reads_as_it_was_set_until_it_is_cleared(
    bench: Bench, kind: str, number: dict[str, int], entry: dict[str, int]
) -> None:
    assert bench.do(f"Get{kind}Schedule", **number) == {**number, "status": NOT_FOUND}
    bench.do(f"Set{kind}Schedule", **number, **entry)
    assert bench.do(f"Get{kind}Schedule", **number) == {**number, "status": 0, **entry}
    bench.do(f"Clear{kind}Schedule", **number)
    assert bench.do(f"Get{kind}Schedule", **number)["status"] == NOT_FOUND
    assert bench.status(f"Clear{kind}Schedule", **number) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"endHour": 7},
        {"endHour": 8, "endMinute": 0},
        {"startHour": 24},
        {"endMinute": 60},
        {"daysMask": 0},
        {"daysMask": 128},
        {"weekDayIndex": 0},
        {"weekDayIndex": 5},
        {"userIndex": 21},
    ],
)
def test_a_week_day_that_cannot_be_is_invalid(
    bench: Bench, wrong: dict[str, int]
) -> None:
    entry = {"weekDayIndex": 1, "userIndex": 1, **OFFICE, **wrong}
    assert bench.status("SetWeekDaySchedule", **entry) == INVALID


def test_a_span_ends_after_it_begins(bench: Bench) -> None:
    backwards: dict[str, Any] = {"localStartTime": 2, "localEndTime": 2}
    number = {"yearDayIndex": 1, "userIndex": 1}
    assert bench.status("SetYearDaySchedule", **number, **backwards) == INVALID
    holiday = {"holidayIndex": 1, "operatingMode": 0}
    assert bench.status("SetHolidaySchedule", **holiday, **backwards) == INVALID


def test_a_user_who_is_not_there_gets_no_schedule(bench: Bench) -> None:
    number = {"weekDayIndex": 1, "userIndex": 2}
    assert bench.status("SetWeekDaySchedule", **number, **OFFICE) == FAILURE


def test_a_missing_user_comes_before_what_is_wrong_with_the_schedule(
    bench: Bench,
) -> None:
    backwards = {**OFFICE, "endHour": 7}
    week = {"weekDayIndex": 1, "userIndex": 2}
    assert bench.status("SetWeekDaySchedule", **week, **backwards) == FAILURE
    never = {"localStartTime": 2, "localEndTime": 2}
    year = {"yearDayIndex": 1, "userIndex": 2}
    assert bench.status("SetYearDaySchedule", **year, **never) == FAILURE
    year["yearDayIndex"] = 9
    assert bench.status("ClearYearDaySchedule", **year) == FAILURE
    year["yearDayIndex"] = 0  # no message may have that
    assert bench.status("ClearYearDaySchedule", **year) == INVALID


def test_a_schedule_does_not_change_the_type_of_its_user(bench: Bench) -> None:
    bench.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    assert bench.user(1)["userType"] == 0


def test_all_schedules_of_a_user_go_at_once(bench: Bench) -> None:
    bench.add_user(2)
    for user in (1, 2):
        for index in (1, 2):
            bench.do("SetWeekDaySchedule", weekDayIndex=index, userIndex=user, **OFFICE)
    bench.do("ClearWeekDaySchedule", weekDayIndex=0xFE, userIndex=1)
    assert {owner for owner, _ in bench.lock.memory.week_days} == {2}


def test_a_lock_without_schedules_answers_that_there_is_no_such_place() -> None:
    bench = Bench(Limits(week_days_per_user=0))
    bench.add_user(1)
    number = {"weekDayIndex": 1, "userIndex": 1}
    assert bench.status("SetWeekDaySchedule", **number, **OFFICE) == INVALID
    assert bench.do("GetWeekDaySchedule", **number)["status"] == INVALID


def test_schedules_are_told_only_by_locks_that_do(bench: Bench) -> None:
    bench.events()
    bench.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    assert bench.events() == []
    bench.lock.traits.reports_schedules = True
    bench.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    told = bench.last(4)
    assert (told["lockDataType"], told["dataOperationType"]) == (3, 2)
