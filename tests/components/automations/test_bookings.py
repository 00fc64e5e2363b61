"""The blueprint that makes guests of a calendar of bookings."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.components.trace.util import async_get_trace, async_list_traces
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, MATCH_ALL
from homeassistant.core import CoreState, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.credential import Person
from simulators.demo.secrecy import finder
from tests.harness.site.automation_site import AutomationSite
from tests.harness.site.flow_driver import add_person
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for

CALENDAR = "calendar.bookings"
AUTOMATION = "automation.under_test"


class Bookings(CalendarEntity):
    """A calendar that a test writes."""

    entity_id = CALENDAR
    _attr_name = "Bookings"
    _attr_should_poll = False

    def __init__(self) -> None:
        self.events: list[CalendarEvent] = []
        self.fails = False

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return next(iter(self.events), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        if self.fails:
            raise HomeAssistantError("no answer")
        return [
            event
            for event in self.events
            if event.start_datetime_local < end_date
            and event.end_datetime_local > start_date
        ]

    def book(
        self,
        who: str,
        begin: datetime | date,
        end: datetime | date,
        description: str | None = None,
    ) -> None:
        """Add a booking."""
        self.events.append(
            CalendarEvent(summary=who, start=begin, end=end, description=description)
        )


def now() -> datetime:
    """Return the time in whole seconds, as calendars have it."""
    return dt_util.now().replace(microsecond=0)


def name_of(who: str, begin: date) -> str:
    return f"Guest {who} {begin:%Y-%m-%d}"


@pytest.fixture
async def calendar(hass: HomeAssistant) -> AsyncIterator[Bookings]:
    """An empty calendar."""
    assert await async_setup_component(hass, "calendar", {})
    bookings = Bookings()
    await hass.data[DATA_COMPONENT].async_add_entities([bookings])
    yield bookings
    await hass.data[DATA_COMPONENT].async_remove_entity(CALENDAR)


async def start(automations: AutomationSite, **inputs: Any) -> None:
    """Let the calendar make guests."""
    await automations.use_blueprint("bookings", calendar=CALENDAR, **inputs)


async def look(automations: AutomationSite) -> None:
    """Run the automation once, with what it has to be true before."""
    await automations.hass.services.async_call(
        "automation",
        "trigger",
        {"entity_id": AUTOMATION, "skip_condition": False},
        blocking=True,
    )
    await automations.hass.async_block_till_done()


def guests(automations: AutomationSite) -> dict[str, Person]:
    """Return the people who are there, without those who always are."""
    return {
        person.name: person
        for person in automations.site.people.values()
        if person.name not in ("Anna", "Bert")
    }


async def test_a_guest_is_found_again_under_the_name_that_was_kept(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    """Clause 16.30: of what the calendar calls them, only what is seen is their name."""
    calendar.book("\u200eSm\u200bith\x07 " + "x" * 90, now(), now() + timedelta(days=2))
    await start(automation_site)
    for _ in range(2):
        await look(automation_site)
        assert list(guests(automation_site)) == [name_of("Smith " + "x" * 34, now())]


async def test_a_booking_makes_a_guest_for_its_time(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    begin, end = now() - timedelta(hours=1), now() + timedelta(days=2)
    calendar.book("Smith", begin, end)
    await start(automation_site)
    await look(automation_site)
    (guest,) = guests(automation_site).values()
    assert guest.name == name_of("Smith", begin)
    assert guest.rule.valid_from == begin
    assert guest.rule.valid_until == end
    assert guest.locks is None
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    assert (
        len(automation_site.door().codes)
        == len(automation_site.door("Back door").codes)
        == 3
    )


async def test_a_guest_is_there_ahead_and_the_code_is_not(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    begin = now() + timedelta(hours=20)
    calendar.book("Smith", begin, begin + timedelta(days=2))
    calendar.book("Jones", begin + timedelta(days=2), begin + timedelta(days=3))
    await start(automation_site)
    await look(automation_site)
    assert list(guests(automation_site)) == [name_of("Smith", begin)]
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    assert len(automation_site.door().codes) == 2


async def test_early_late_and_the_locks_are_as_chosen(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    # No time of the hour that is left out when clocks are put forward
    begin = dt_util.as_local(dt_util.as_utc(now()) + timedelta(hours=1))
    end = now() + timedelta(days=2)
    calendar.book("Smith", begin, end)
    await start(
        automation_site,
        early={"hours": 2},
        late={"minutes": 30},
        locks=["lock.back_door"],
        site=automation_site.entry.entry_id,
    )
    await look(automation_site)
    (guest,) = guests(automation_site).values()
    assert guest.rule.valid_from == begin - timedelta(hours=2)
    assert guest.rule.valid_until == end + timedelta(minutes=30)
    assert guest.locks == frozenset({automation_site.site_lock("Back door")})
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    assert len(automation_site.door().codes) == 2
    assert len(automation_site.door("Back door").codes) == 3


async def test_an_event_of_whole_days_begins_and_ends_at_the_chosen_hours(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    today = now().date()
    calendar.book("Smith", today, today + timedelta(days=3))
    await start(automation_site, check_in="16:30:00", check_out="10:00:00")
    await look(automation_site)
    (guest,) = guests(automation_site).values()
    midnight = dt_util.start_of_local_day(today)
    assert guest.rule.valid_from == midnight.replace(hour=16, minute=30)
    last = dt_util.start_of_local_day(today + timedelta(days=3))
    assert guest.rule.valid_until == last.replace(hour=10)


async def test_looking_again_changes_nothing(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    begin, end = now() - timedelta(hours=1), now() + timedelta(days=2)
    calendar.book("Smith", begin, end)
    calendar.book("Jones", begin, end)
    await start(automation_site)
    await look(automation_site)
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    subentries, codes = (
        dict(automation_site.entry.subentries),
        dict(automation_site.door().codes),
    )
    assert len(guests(automation_site)) == 2
    for _ in range(3):
        await look(automation_site)
    assert dict(automation_site.entry.subentries) == subentries
    assert automation_site.door().codes == codes


async def test_a_booking_that_is_made_longer_keeps_its_guest_and_pin(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    begin, end = now() - timedelta(hours=1), now() + timedelta(days=2)
    calendar.book("Smith", begin, end)
    await start(automation_site)
    await look(automation_site)
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    (before,) = guests(automation_site).values()
    codes = dict(automation_site.door().codes)
    calendar.events.clear()
    calendar.book("Smith", begin, end + timedelta(days=1))
    await look(automation_site)
    (after,) = guests(automation_site).values()
    assert after.person_id == before.person_id
    assert after.rule.valid_until == end + timedelta(days=1)
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    assert automation_site.door().codes == codes


@pytest.mark.parametrize("how", ["is over", "is cancelled"])
async def test_a_guest_goes_when_the_booking(
    automation_site: AutomationSite, calendar: Bookings, how: str
) -> None:
    begin = now() - timedelta(days=1)
    calendar.book("Smith", begin, now() + timedelta(days=1))
    await start(automation_site)
    await look(automation_site)
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    assert len(automation_site.door().codes) == 3
    calendar.events.clear()
    if how == "is over":
        calendar.book("Smith", begin, now() - timedelta(minutes=1))
    await look(automation_site)
    await wait_for(lambda: not guests(automation_site))
    await wait_for(lambda: len(automation_site.door().codes) == 2)
    assert {person.name for person in automation_site.site.people.values()} == {
        "Anna",
        "Bert",
    }


async def test_guests_of_the_same_name_have_a_pin_of_their_own_each(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    begin = now() - timedelta(days=2)
    change = now() + timedelta(hours=2)
    calendar.book("Reserved", begin, change)
    calendar.book("Reserved", change, change + timedelta(days=3))
    await start(automation_site, early={"hours": 3})
    await look(automation_site)
    assert set(guests(automation_site)) == {
        name_of("Reserved", begin),
        name_of("Reserved", change),
    }
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    assert len(set(automation_site.door().codes.values())) == 4


async def test_people_who_are_no_guests_of_a_booking_are_left_alone(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    for name, pin in (("Guest Carl", "908241"), ("Aunt May 2026-01-02", "905716")):
        await add_person(automation_site.hass, automation_site.entry, name, pin)
    await start(automation_site)
    await look(automation_site)
    await wait_until_in_sync(automation_site.hass, automation_site.entry)
    assert set(guests(automation_site)) == {"Guest Carl", "Aunt May 2026-01-02"}
    assert len(automation_site.door().codes) == 4


@pytest.mark.parametrize("how", ["fails", "unavailable"])
async def test_a_calendar_that_does_not_answer_takes_nobody_away(
    automation_site: AutomationSite, calendar: Bookings, how: str
) -> None:
    calendar.book("Smith", now() - timedelta(hours=1), now() + timedelta(days=2))
    await start(automation_site)
    await look(automation_site)
    assert len(guests(automation_site)) == 1
    calendar.events.clear()
    calendar.fails = how == "fails"
    if how == "unavailable":
        automation_site.hass.states.async_set(CALENDAR, "unavailable")
    await look(automation_site)
    await automation_site.hass.async_block_till_done()
    assert len(guests(automation_site)) == 1


async def test_a_site_that_does_not_run_gets_its_guests_once_it_does(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    calendar.book("Smith", now() - timedelta(hours=1), now() + timedelta(days=2))
    assert await automation_site.hass.config_entries.async_unload(
        automation_site.entry.entry_id
    )
    await start(automation_site)
    await look(automation_site)
    assert await automation_site.hass.config_entries.async_setup(
        automation_site.entry.entry_id
    )
    await automation_site.hass.async_block_till_done()
    assert guests(automation_site) == {}
    await look(automation_site)
    assert len(guests(automation_site)) == 1


async def test_a_booking_that_began_during_a_downtime_is_found_at_the_start(
    hass: HomeAssistant, automation_site: AutomationSite, calendar: Bookings
) -> None:
    calendar.book("Smith", now() - timedelta(hours=1), now() + timedelta(days=2))
    hass.set_state(CoreState.starting)
    automation_site.listen()
    await start(automation_site)
    assert guests(automation_site) == {}
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await wait_for(lambda: guests(automation_site))
    assert len(guests(automation_site)) == 1


async def test_a_booking_added_to_the_calendar_is_noticed_without_polling(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    await start(automation_site)
    calendar.book("Smith", now() - timedelta(hours=1), now() + timedelta(days=2))
    calendar.async_write_ha_state()
    await wait_for(lambda: guests(automation_site))
    assert len(guests(automation_site)) == 1


async def test_the_host_is_reminded_once_of_each_guest(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    begin, end = now() - timedelta(hours=1), now() + timedelta(days=2)
    calendar.book("Smith", begin, end)
    await start(
        automation_site,
        when_added=[{"action": "test.run", "data": {"name": "{{ guest.name }}"}}],
    )
    await look(automation_site)
    calendar.book("Jones", begin, end)
    await look(automation_site)
    await look(automation_site)
    assert automation_site.runs == [
        {"name": name_of("Smith", begin)},
        {"name": name_of("Jones", begin)},
    ]


async def test_a_guest_who_cannot_be_added_keeps_nobody_else_from_it(
    automation_site: AutomationSite, calendar: Bookings
) -> None:
    begin, end = now() - timedelta(hours=1), now() + timedelta(days=2)
    await add_person(
        automation_site.hass,
        automation_site.entry,
        name_of("Smith", begin).upper(),
        "908241",
    )
    calendar.book("Smith", begin, end)
    calendar.book("Jones", begin, end)
    await start(automation_site)
    await look(automation_site)
    assert set(guests(automation_site)) == {
        name_of("Smith", begin).upper(),
        name_of("Jones", begin),
    }


async def test_no_pin_of_a_guest_is_in_a_notification(
    hass: HomeAssistant, automation_site: AutomationSite, calendar: Bookings
) -> None:
    events: list[Event] = []
    stop = hass.bus.async_listen(MATCH_ALL, events.append)
    calendar.book("Smith", now() - timedelta(hours=1), now() + timedelta(days=2))
    await start(automation_site)
    await look(automation_site)
    await wait_until_in_sync(hass, automation_site.entry)
    pins = set(automation_site.door().codes.values()) - {"907153", "904862"}
    assert len(pins) == 1
    calendar.events.clear()
    await look(automation_site)
    await wait_for(lambda: not guests(automation_site))
    stop()
    traces = [
        await async_get_trace(hass, AUTOMATION, run["run_id"])
        for run in await async_list_traces(hass, "automation", AUTOMATION)
    ]
    assert "keyholder.add_person" in str(traces)
    reported = finder(pins)
    assert not reported(str([event.as_dict() for event in events]))
    assert not reported(str(traces))
