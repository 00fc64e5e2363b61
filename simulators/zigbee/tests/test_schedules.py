"""Schedules of a lock, and what they allow."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from simulators.zigbee import Command, Limits
from simulators.zigbee.fields import u8, u16, u32
from simulators.zigbee.terms import Operation, Status

from .lock_harness import CODE, WEEK_DAY, YEAR_DAY, LockHarness

SUNDAY, MONDAY = 1, 2
NINE, FIVE = (9, 0), (17, 0)
KEY = u8(0) + u16(3)


@pytest.fixture
def harness() -> LockHarness:
    """A lock with two schedules of each kind, on a Monday at noon in Berlin."""
    harness = LockHarness(
        Limits(week_days_per_user=2, year_days_per_user=2, holidays=1)
    )
    harness.lock.clock.zone = ZoneInfo("Europe/Berlin")
    noon = datetime(2026, 11, 23, 11, tzinfo=UTC).timestamp()
    harness.lock.clock.source = lambda: noon
    return harness


def test_week_day_schedules_are_stored_and_read(harness: LockHarness) -> None:
    missing = KEY + u8(Status.NOT_FOUND)
    assert harness.do(Command.GET_WEEK_DAY, KEY) == missing
    assert harness.week_day(3, MONDAY, NINE, FIVE) == 0
    shown = KEY + bytes([0, MONDAY, 9, 0, 17, 0])
    assert harness.do(Command.GET_WEEK_DAY, KEY) == shown
    assert harness.do(Command.CLEAR_WEEK_DAY, KEY) == u8(0)
    assert harness.do(Command.CLEAR_WEEK_DAY, KEY) == u8(0)
    assert harness.do(Command.GET_WEEK_DAY, KEY) == missing


def test_year_day_schedules_are_stored_and_read(harness: LockHarness) -> None:
    assert harness.year_day(3, 1000, 2000) == 0
    assert harness.do(Command.GET_YEAR_DAY, KEY) == KEY + u8(0) + u32(1000) + u32(2000)
    assert harness.do(Command.CLEAR_YEAR_DAY, KEY) == u8(0)
    assert harness.do(Command.GET_YEAR_DAY, KEY) == KEY + u8(Status.NOT_FOUND)


def test_holidays_are_stored_and_read(harness: LockHarness) -> None:
    span = u32(1000) + u32(2000)
    assert harness.do(Command.SET_HOLIDAY, u8(0) + span + u8(1)) == u8(0)
    assert harness.do(Command.GET_HOLIDAY, u8(0)) == u8(0) + u8(0) + span + u8(1)
    assert harness.do(Command.SET_HOLIDAY, u8(1) + span + u8(1)) == u8(1)
    assert harness.do(Command.CLEAR_HOLIDAY, u8(0)) == u8(0)
    assert harness.do(Command.GET_HOLIDAY, u8(0)) == u8(0) + u8(Status.NOT_FOUND)
    assert harness.do(Command.GET_HOLIDAY, u8(1)) == u8(1) + u8(Status.INVALID_FIELD)


def test_what_cannot_be_is_refused(harness: LockHarness) -> None:
    assert harness.week_day(3, 0, NINE, FIVE) == 1
    assert harness.week_day(3, 0x80, NINE, FIVE) == 1
    assert harness.week_day(3, MONDAY, FIVE, NINE) == 1
    assert harness.week_day(3, MONDAY, NINE, (24, 0)) == 1
    assert harness.week_day(3, MONDAY, NINE, FIVE, number=2) == 1
    assert harness.week_day(30, MONDAY, NINE, FIVE) == 1
    assert harness.year_day(3, 2000, 2000) == 1
    other = u8(2) + u16(3)
    assert harness.do(Command.GET_WEEK_DAY, other) == other + u8(Status.INVALID_FIELD)
    assert harness.do(Command.CLEAR_YEAR_DAY, other) == u8(1)


def test_a_lock_may_want_a_code_before_its_schedule(harness: LockHarness) -> None:
    harness.lock.traits.schedule_needs_user = True
    assert harness.week_day(3, MONDAY, NINE, FIVE) == 1
    harness.put(3, CODE)
    assert harness.week_day(3, MONDAY, NINE, FIVE) == 0


def test_a_schedule_may_go_with_the_code(harness: LockHarness) -> None:
    for outlive in (True, False):
        harness.lock.traits.schedules_outlive_code = outlive
        harness.put(3, CODE)
        harness.week_day(3, MONDAY, NINE, FIVE)
        harness.clear(3)
        assert bool(harness.lock.memory.week_days) is outlive


def test_a_code_of_week_days_opens_in_its_hours_by_the_clock_of_the_lock(
    harness: LockHarness,
) -> None:
    harness.put(3, CODE, kind=WEEK_DAY)
    assert not harness.door.enter(CODE)
    harness.week_day(3, SUNDAY, NINE, FIVE)
    assert not harness.door.enter(CODE)
    harness.week_day(3, MONDAY, NINE, FIVE, number=1)
    assert harness.door.enter(CODE)
    harness.lock.clock.ahead = 5 * 3600
    harness.events()
    assert not harness.door.enter(CODE)
    assert harness.events() == [(0, Operation.UNLOCK_FAILED_SCHEDULE, 3)]
    harness.lock.traits.enforces = False
    assert harness.door.enter(CODE)


def test_a_code_of_year_days_opens_within_its_span(harness: LockHarness) -> None:
    now = harness.lock.clock.local_seconds()
    assert now == (datetime(2026, 11, 23, 12) - datetime(2000, 1, 1)).total_seconds()  # noqa: DTZ001
    harness.put(3, CODE, kind=YEAR_DAY)
    harness.week_day(3, MONDAY, NINE, FIVE)
    assert not harness.door.enter(CODE)
    harness.year_day(3, now - 10, now)
    assert not harness.door.enter(CODE)
    harness.year_day(3, now, now + 1)
    assert harness.door.enter(CODE)


def test_a_code_without_a_type_of_schedule_is_not_bound_by_any(
    harness: LockHarness,
) -> None:
    harness.put(3, CODE)
    harness.week_day(3, SUNDAY, NINE, FIVE)
    assert harness.door.enter(CODE)
