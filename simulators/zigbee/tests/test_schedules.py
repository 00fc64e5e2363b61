"""Schedules of a lock, and what they allow."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from simulators.zigbee import Command, Limits
from simulators.zigbee.fields import u8, u16, u32
from simulators.zigbee.terms import Operation, Status

from .probe import CODE, WEEK_DAY, YEAR_DAY, Bench

SUNDAY, MONDAY = 1, 2
NINE, FIVE = (9, 0), (17, 0)
KEY = u8(0) + u16(3)


@pytest.fixture
def bench() -> Bench:
    """A lock with two schedules of each kind, on a Monday at noon in Berlin."""
    bench = Bench(Limits(week_days_per_user=2, year_days_per_user=2, holidays=1))
    bench.lock.clock.zone = ZoneInfo("Europe/Berlin")
    noon = datetime(2026, 11, 23, 11, tzinfo=UTC).timestamp()
    bench.lock.clock.source = lambda: noon
    return bench


def test_hours_are_kept_and_shown(bench: Bench) -> None:
    missing = KEY + u8(Status.NOT_FOUND)
    assert bench.do(Command.GET_WEEK_DAY, KEY) == missing
    assert bench.week_day(3, MONDAY, NINE, FIVE) == 0
    shown = KEY + bytes([0, MONDAY, 9, 0, 17, 0])
    assert bench.do(Command.GET_WEEK_DAY, KEY) == shown
    assert bench.do(Command.CLEAR_WEEK_DAY, KEY) == u8(0)
    assert bench.do(Command.CLEAR_WEEK_DAY, KEY) == u8(0)
    assert bench.do(Command.GET_WEEK_DAY, KEY) == missing


def test_spans_are_kept_and_shown(bench: Bench) -> None:
    assert bench.year_day(3, 1000, 2000) == 0
    assert bench.do(Command.GET_YEAR_DAY, KEY) == KEY + u8(0) + u32(1000) + u32(2000)
    assert bench.do(Command.CLEAR_YEAR_DAY, KEY) == u8(0)
    assert bench.do(Command.GET_YEAR_DAY, KEY) == KEY + u8(Status.NOT_FOUND)


def test_holidays_are_kept_and_shown(bench: Bench) -> None:
    span = u32(1000) + u32(2000)
    assert bench.do(Command.SET_HOLIDAY, u8(0) + span + u8(1)) == u8(0)
    assert bench.do(Command.GET_HOLIDAY, u8(0)) == u8(0) + u8(0) + span + u8(1)
    assert bench.do(Command.SET_HOLIDAY, u8(1) + span + u8(1)) == u8(1)
    assert bench.do(Command.CLEAR_HOLIDAY, u8(0)) == u8(0)
    assert bench.do(Command.GET_HOLIDAY, u8(0)) == u8(0) + u8(Status.NOT_FOUND)
    assert bench.do(Command.GET_HOLIDAY, u8(1)) == u8(1) + u8(Status.INVALID_FIELD)


def test_what_cannot_be_is_refused(bench: Bench) -> None:
    assert bench.week_day(3, 0, NINE, FIVE) == 1
    assert bench.week_day(3, 0x80, NINE, FIVE) == 1
    assert bench.week_day(3, MONDAY, FIVE, NINE) == 1
    assert bench.week_day(3, MONDAY, NINE, (24, 0)) == 1
    assert bench.week_day(3, MONDAY, NINE, FIVE, number=2) == 1
    assert bench.week_day(30, MONDAY, NINE, FIVE) == 1
    assert bench.year_day(3, 2000, 2000) == 1
    other = u8(2) + u16(3)
    assert bench.do(Command.GET_WEEK_DAY, other) == other + u8(Status.INVALID_FIELD)
    assert bench.do(Command.CLEAR_YEAR_DAY, other) == u8(1)


def test_a_lock_may_want_a_code_before_its_schedule(bench: Bench) -> None:
    bench.lock.traits.schedule_needs_user = True
    assert bench.week_day(3, MONDAY, NINE, FIVE) == 1
    bench.put(3, CODE)
    assert bench.week_day(3, MONDAY, NINE, FIVE) == 0


def test_a_schedule_may_go_with_the_code(bench: Bench) -> None:
    for outlive in (True, False):
        bench.lock.traits.schedules_outlive_code = outlive
        bench.put(3, CODE)
        bench.week_day(3, MONDAY, NINE, FIVE)
        bench.clear(3)
        assert bool(bench.lock.memory.week_days) is outlive


def test_a_code_of_week_days_opens_in_its_hours_by_the_clock_of_the_lock(
    bench: Bench,
) -> None:
    bench.put(3, CODE, kind=WEEK_DAY)
    assert not bench.door.enter(CODE)
    bench.week_day(3, SUNDAY, NINE, FIVE)
    assert not bench.door.enter(CODE)
    bench.week_day(3, MONDAY, NINE, FIVE, number=1)
    assert bench.door.enter(CODE)
    bench.lock.clock.ahead = 5 * 3600
    bench.events()
    assert not bench.door.enter(CODE)
    assert bench.events() == [(0, Operation.UNLOCK_FAILED_SCHEDULE, 3)]
    bench.lock.traits.enforces = False
    assert bench.door.enter(CODE)


def test_a_code_of_year_days_opens_within_its_span(bench: Bench) -> None:
    now = bench.lock.clock.local_seconds()
    assert now == (datetime(2026, 11, 23, 12) - datetime(2000, 1, 1)).total_seconds()  # noqa: DTZ001
    bench.put(3, CODE, kind=YEAR_DAY)
    bench.week_day(3, MONDAY, NINE, FIVE)
    assert not bench.door.enter(CODE)
    bench.year_day(3, now - 10, now)
    assert not bench.door.enter(CODE)
    bench.year_day(3, now, now + 1)
    assert bench.door.enter(CODE)


def test_a_code_without_a_type_of_schedule_is_not_bound_by_any(bench: Bench) -> None:
    bench.put(3, CODE)
    bench.week_day(3, SUNDAY, NINE, FIVE)
    assert bench.door.enter(CODE)
