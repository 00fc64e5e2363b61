"""A calendar in Home Assistant that says what it is told to."""

from datetime import datetime
import logging
from typing import Final, override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.util import dt as dt_util

BOOKINGS: Final = "calendar.bookings"


class Calendar(CalendarEntity):
    """A calendar in memory; like real ones it writes its state when events change."""

    _attr_should_poll = False

    def __init__(self) -> None:
        """Start with nothing in it."""
        self.entity_id = BOOKINGS
        self._events: list[CalendarEvent] = []

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return what is on now, or comes next."""
        now = dt_util.now()
        coming = [each for each in self._events if each.end_datetime_local > now]
        return min(coming, key=lambda each: each.start_datetime_local, default=None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what is on at any time of a span."""
        return [
            each
            for each in self._events
            if each.end_datetime_local > start_date
            and each.start_datetime_local < end_date
        ]

    def tell(self, *events: CalendarEvent) -> None:
        """Take these events in place of all others."""
        self._events = list(events)
        self.async_write_ha_state()


async def calendar_in(hass: HomeAssistant) -> Calendar:
    """Return an empty calendar that is in Home Assistant."""
    component = EntityComponent[CalendarEntity](
        logging.getLogger(__name__), "calendar", hass
    )
    hass.data[DATA_COMPONENT] = component
    calendar = Calendar()
    await component.async_add_entities([calendar])
    return calendar
