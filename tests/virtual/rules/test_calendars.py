"""Calendars that say when a person may come in."""

from datetime import date, datetime, timedelta

from homeassistant.components.calendar import CalendarEvent

from custom_components.keyholder.model.access_rules import AccessRule, ScheduleSource
from tests.fakes.calendar import BOOKINGS, calendar_in
from tests.fakes.provider import FakeProvider

from ..run import run_virtually
from .story import BERLIN, berlin_house, rest, until

PIN = "907153"


def booking(start: str, end: str, summary: str = "Guest: Ada") -> CalendarEvent:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)

    return CalendarEvent(start=moment(start), end=moment(end), summary=summary)


def rule(text: str | None = None) -> AccessRule:
    return AccessRule(source=ScheduleSource(entity=BOOKINGS, text=text))


def test_a_code_is_there_while_an_event_is_on() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            calendar = await calendar_in(house.hass)
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=rule())
            calendar.tell(booking("03-03 15:00", "03-05 10:00"))
            await until("03-03 14:59")
            assert not lock.codes
            await until("03-03 15:00")
            await rest(seconds=5)
            assert lock.codes
            await until("03-05 09:59")
            assert lock.codes
            await until("03-05 10:00")
            await rest(seconds=5)
            assert not lock.codes

    run_virtually(story())


def test_only_events_with_the_text_count_also_when_another_one_is_on() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            calendar = await calendar_in(house.hass)
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=rule("ADA"))
            calendar.tell(
                booking("03-02 10:00", "03-09 10:00", "School holidays"),
                booking("03-03 15:00", "03-03 16:00"),
            )
            await until("03-03 14:59")
            assert not lock.codes
            await until("03-03 15:01")
            assert lock.codes
            await until("03-03 16:01")
            assert not lock.codes

    run_virtually(story())


def test_an_event_that_is_cut_short_takes_the_code_off() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            calendar = await calendar_in(house.hass)
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=rule())
            calendar.tell(booking("03-02 10:00", "03-05 10:00"))
            await until("03-02 12:00")
            assert lock.codes
            calendar.tell()
            await rest(seconds=5)
            assert not lock.codes

    run_virtually(story())


def test_a_whole_day_is_one_of_home_assistants_zone() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            calendar = await calendar_in(house.hass)
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=rule())
            whole = CalendarEvent(
                start=date(2026, 3, 4), end=date(2026, 3, 5), summary="x"
            )
            calendar.tell(whole)
            await until("03-03 23:59")
            assert not lock.codes
            await until("03-04 00:01")
            assert lock.codes
            await until("03-05 00:01")
            assert not lock.codes

    run_virtually(story())


def test_an_event_far_ahead_is_found_in_time() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            calendar = await calendar_in(house.hass)
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=rule())
            calendar.tell(booking("05-03 15:00", "05-04 10:00"))
            await until("05-03 15:01")
            assert lock.codes

    run_virtually(story())


def test_a_calendar_that_goes_away_is_believed_for_a_grace_only() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            calendar = await calendar_in(house.hass)
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=rule())
            calendar.tell(booking("03-02 10:00", "03-05 10:00"))
            await until("03-02 12:00")
            house.hass.states.async_set(BOOKINGS, "unavailable")
            await rest(minutes=14)
            assert lock.codes
            await rest(minutes=1, seconds=10)
            assert not lock.codes

    run_virtually(story())


def test_after_a_start_an_event_ends_in_time_though_the_calendar_is_not_there() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            calendar = await calendar_in(house.hass)
            house.add_lock("front", lock)
            long = ScheduleSource(entity=BOOKINGS, grace=timedelta(days=1))
            await house.add_person("Ada", PIN, rule=AccessRule(source=long))
            calendar.tell(booking("03-02 10:00", "03-02 13:00"))
            await until("03-02 12:00")
            await house.close()
            await calendar.async_remove()
            await house.open()
            await until("03-02 12:59")
            assert lock.codes
            await until("03-02 13:00")
            await rest(seconds=5)
            assert not lock.codes

    run_virtually(story())
