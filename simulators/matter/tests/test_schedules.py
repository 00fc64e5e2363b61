"""Schedules: what is stored, read, refused and cleared."""

from typing import Any

import pytest

from simulators.matter import Limits

from .lock_harness import LockHarness

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
def harness() -> LockHarness:
    made = LockHarness()
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
    harness: LockHarness, kind: str, number: dict[str, int], entry: dict[str, int]
) -> None:
    assert harness.do(f"Get{kind}Schedule", **number) == {**number, "status": NOT_FOUND}
    harness.do(f"Set{kind}Schedule", **number, **entry)
    assert harness.do(f"Get{kind}Schedule", **number) == {
        **number,
        "status": 0,
        **entry,
    }
    harness.do(f"Clear{kind}Schedule", **number)
    assert harness.do(f"Get{kind}Schedule", **number)["status"] == NOT_FOUND
    assert harness.status(f"Clear{kind}Schedule", **number) == 0


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
    harness: LockHarness, wrong: dict[str, int]
) -> None:
    entry = {"weekDayIndex": 1, "userIndex": 1, **OFFICE, **wrong}
    assert harness.status("SetWeekDaySchedule", **entry) == INVALID


def test_a_span_ends_after_it_begins(harness: LockHarness) -> None:
    backwards: dict[str, Any] = {"localStartTime": 2, "localEndTime": 2}
    number = {"yearDayIndex": 1, "userIndex": 1}
    assert harness.status("SetYearDaySchedule", **number, **backwards) == INVALID
    holiday = {"holidayIndex": 1, "operatingMode": 0}
    assert harness.status("SetHolidaySchedule", **holiday, **backwards) == INVALID


def test_schedule_needs_an_existing_user(harness: LockHarness) -> None:
    number = {"weekDayIndex": 1, "userIndex": 2}
    assert harness.status("SetWeekDaySchedule", **number, **OFFICE) == FAILURE


def test_a_missing_user_comes_before_what_is_wrong_with_the_schedule(
    harness: LockHarness,
) -> None:
    backwards = {**OFFICE, "endHour": 7}
    week = {"weekDayIndex": 1, "userIndex": 2}
    assert harness.status("SetWeekDaySchedule", **week, **backwards) == FAILURE
    never = {"localStartTime": 2, "localEndTime": 2}
    year = {"yearDayIndex": 1, "userIndex": 2}
    assert harness.status("SetYearDaySchedule", **year, **never) == FAILURE
    year["yearDayIndex"] = 9
    assert harness.status("ClearYearDaySchedule", **year) == FAILURE
    year["yearDayIndex"] = 0  # no message may have that
    assert harness.status("ClearYearDaySchedule", **year) == INVALID


def test_a_schedule_does_not_change_the_type_of_its_user(harness: LockHarness) -> None:
    harness.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    assert harness.user(1)["userType"] == 0


def test_all_schedules_of_a_user_go_at_once(harness: LockHarness) -> None:
    harness.add_user(2)
    for user in (1, 2):
        for index in (1, 2):
            harness.do(
                "SetWeekDaySchedule", weekDayIndex=index, userIndex=user, **OFFICE
            )
    harness.do("ClearWeekDaySchedule", weekDayIndex=0xFE, userIndex=1)
    assert {owner for owner, _ in harness.lock.memory.week_days} == {2}


def test_a_lock_without_schedules_answers_that_there_is_no_such_place() -> None:
    harness = LockHarness(Limits(week_days_per_user=0))
    harness.add_user(1)
    number = {"weekDayIndex": 1, "userIndex": 1}
    assert harness.status("SetWeekDaySchedule", **number, **OFFICE) == INVALID
    assert harness.do("GetWeekDaySchedule", **number)["status"] == INVALID


def test_schedule_changes_are_reported_by_trait(harness: LockHarness) -> None:
    harness.events()
    harness.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    assert harness.events() == []
    harness.lock.traits.reports_schedules = True
    harness.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    reported = harness.last(4)
    assert (reported["lockDataType"], reported["dataOperationType"]) == (3, 2)
