"""The events of one calendar: subscribed to once, and let go of once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.keyholder.runtime.access.calendar_events import CalendarEvents
from tests.engine.access_rules.test_calendars import booking
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.access_rule_scenario import advance
from tests.harness.engine.leak_checks import live_timers
from tests.harness.fakes.calendar import BOOKINGS, calendar_in
from tests.harness.instances.ha_instances import running_home_assistant


@asynccontextmanager
async def home() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant in Berlin that has nothing to do."""
    async with running_home_assistant() as hass:
        await hass.config.async_set_time_zone("Europe/Berlin")
        yield hass
        await hass.async_stop(force=True)


def test_a_calendar_that_is_closed_twice_is_let_go_of_once() -> None:
    async def scenario() -> None:
        async with home() as hass:
            calendar = await calendar_in(hass)
            mine: list[str] = []
            others: list[str] = []
            left = live_timers(hass)
            events = CalendarEvents(hass, BOOKINGS, None, lambda: mine.append("told"))
            other = CalendarEvents(hass, BOOKINGS, None, lambda: others.append("told"))
            for each in (events, other):
                each.async_resubscribe()
            await advance(seconds=5)
            events.async_close()
            events.async_close()
            mine.clear()
            others.clear()
            calendar.tell(booking("03-02 10:00", "03-02 12:00"))
            await advance(seconds=5)
            assert (mine, others) == ([], ["told"])
            other.async_close()
            await advance(seconds=5)
            assert live_timers(hass) == left

    run_on_virtual_clock(scenario())


def test_a_calendar_that_was_closed_can_be_followed_again() -> None:
    async def scenario() -> None:
        async with home() as hass:
            calendar = await calendar_in(hass)
            calendar.tell(booking("03-02 08:00", "03-02 12:00"))
            reported: list[str] = []
            events = CalendarEvents(
                hass, BOOKINGS, None, lambda: reported.append("told")
            )
            for _ in range(2):
                assert reported == []
                events.async_resubscribe()
                events.async_resubscribe()
                await advance(seconds=5)
                assert reported == ["told"]
                assert events.answer(dt_util.utcnow()).allows
                events.async_close()
                reported.clear()

    run_on_virtual_clock(scenario())
