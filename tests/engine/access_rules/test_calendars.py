"""Calendars that say when a person may come in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

from homeassistant.components.calendar import CalendarEvent

from custom_components.keyholder.model.access_rules import AccessRule, ScheduleSource
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.access_rule_scenario import (
    BERLIN,
    advance,
    engine_in_berlin,
    sleep_until,
)
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.fakes.calendar import BOOKINGS, Calendar, calendar_in
from tests.harness.fakes.provider import FakeProvider

PIN = "907153"


def booking(start: str, end: str, summary: str = "Guest: Ada") -> CalendarEvent:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)

    return CalendarEvent(start=moment(start), end=moment(end), summary=summary)


def rule(text: str | None = None) -> AccessRule:
    return AccessRule(source=ScheduleSource(entity=BOOKINGS, text=text))


@asynccontextmanager
async def ada_by_calendar(
    rule: AccessRule,
) -> AsyncIterator[tuple[EngineHarness, FakeProvider, Calendar]]:
    """Give Ada a code for one lock by this rule, and a calendar without events."""
    lock = FakeProvider()
    async with engine_in_berlin() as engine:
        calendar = await calendar_in(engine.hass)
        engine.add_lock("front", lock)
        await engine.add_person("Ada", PIN, rule=rule)
        yield engine, lock, calendar


def test_a_code_is_there_while_an_event_is_on() -> None:
    async def scenario() -> None:
        async with ada_by_calendar(rule()) as (_, lock, calendar):
            calendar.tell(booking("03-03 15:00", "03-05 10:00"))
            await sleep_until("03-03 14:59")
            assert not lock.codes
            await sleep_until("03-03 15:00")
            await advance(seconds=5)
            assert lock.codes
            await sleep_until("03-05 09:59")
            assert lock.codes
            await sleep_until("03-05 10:00")
            await advance(seconds=5)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_only_events_with_the_text_count_also_when_another_one_is_on() -> None:
    async def scenario() -> None:
        async with ada_by_calendar(rule("ADA")) as (_, lock, calendar):
            calendar.tell(
                booking("03-02 10:00", "03-09 10:00", "School holidays"),
                booking("03-03 15:00", "03-03 16:00"),
            )
            await sleep_until("03-03 14:59")
            assert not lock.codes
            await sleep_until("03-03 15:01")
            assert lock.codes
            await sleep_until("03-03 16:01")
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_an_event_that_is_cut_short_takes_the_code_off() -> None:
    async def scenario() -> None:
        async with ada_by_calendar(rule()) as (_, lock, calendar):
            calendar.tell(booking("03-02 10:00", "03-05 10:00"))
            await sleep_until("03-02 12:00")
            assert lock.codes
            calendar.tell()
            await advance(seconds=5)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_a_whole_day_is_one_of_home_assistants_zone() -> None:
    async def scenario() -> None:
        async with ada_by_calendar(rule()) as (_, lock, calendar):
            whole = CalendarEvent(
                start=date(2026, 3, 4), end=date(2026, 3, 5), summary="x"
            )
            calendar.tell(whole)
            await sleep_until("03-03 23:59")
            assert not lock.codes
            await sleep_until("03-04 00:01")
            assert lock.codes
            await sleep_until("03-05 00:01")
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_an_event_far_ahead_is_found_in_time() -> None:
    async def scenario() -> None:
        async with ada_by_calendar(rule()) as (_, lock, calendar):
            calendar.tell(booking("05-03 15:00", "05-04 10:00"))
            await sleep_until("05-03 15:01")
            assert lock.codes

    run_on_virtual_clock(scenario())


def test_an_unavailable_calendar_keeps_its_answer_for_a_grace_period() -> None:
    async def scenario() -> None:
        async with ada_by_calendar(rule()) as (engine, lock, calendar):
            calendar.tell(booking("03-02 10:00", "03-05 10:00"))
            await sleep_until("03-02 12:00")
            engine.hass.states.async_set(BOOKINGS, "unavailable")
            await advance(minutes=14)
            assert lock.codes
            await advance(minutes=1, seconds=10)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_an_event_ends_in_time_without_its_calendar_after_a_start() -> None:
    async def scenario() -> None:
        long = ScheduleSource(entity=BOOKINGS, grace=timedelta(days=1))
        async with ada_by_calendar(AccessRule(source=long)) as (engine, lock, calendar):
            calendar.tell(booking("03-02 10:00", "03-02 13:00"))
            await sleep_until("03-02 12:00")
            await engine.close()
            await calendar.async_remove()
            await engine.open()
            await sleep_until("03-02 12:59")
            assert lock.codes
            await sleep_until("03-02 13:00")
            await advance(seconds=5)
            assert not lock.codes

    run_on_virtual_clock(scenario())
