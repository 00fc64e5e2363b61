"""Subscribe to the events of a calendar entity that match an access rule."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from ...model.access_rules import InputState

if TYPE_CHECKING:
    from homeassistant.components.calendar import CalendarEntity

_AHEAD: Final = timedelta(days=8)
"""How far ahead events are subscribed to."""
_RENEW: Final = timedelta(days=1)
"""How often the subscription is renewed, so that its time range moves on."""

type _Interval = tuple[datetime, datetime]


class CalendarEvents:
    """The matching events of one calendar, kept current by a subscription.

    The entity's state is not enough: it has only one event at a time, which need not
    be a matching one.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entity_id: str,
        text: str | None,
        on_events: Callable[[], None],
    ) -> None:
        """Call `on_events` on each list of events from the calendar.

        With `text` only events match whose summary or description contains it.
        """
        self._hass = hass
        self._entity_id = entity_id
        self._text = None if text is None else text.casefold()
        self._on_events = on_events
        self._entity: CalendarEntity | None = None
        self._intervals: list[_Interval] | None = None
        self._unsub: CALLBACK_TYPE | None = None
        self._unsub_renew: CALLBACK_TYPE | None = None

    @property
    def is_known(self) -> bool:
        """Return whether events were received."""
        return self._intervals is not None

    @callback
    def async_resubscribe(self) -> None:
        """Subscribe to the current entity object, if it is a new one."""
        # the component is loaded: one of its entities has a state
        from homeassistant.components.calendar.const import (  # noqa: PLC0415
            DATA_COMPONENT,
        )

        component = self._hass.data.get(DATA_COMPONENT)
        entity = None if component is None else component.get_entity(self._entity_id)
        if entity is not None and entity is not self._entity:
            self._listen(entity)

    @callback
    def async_close(self) -> None:
        """Cancel the subscription and its renewal; received events stay."""
        for unsub in (self._unsub, self._unsub_renew):
            if unsub is not None:
                unsub()
        self._unsub = self._unsub_renew = None
        self._entity = None

    def answer(self, now: datetime) -> InputState:
        """Return whether a matching event is active at `now`, and when that changes."""
        for start, end in self._intervals or ():
            if now < start:
                return InputState(allows=False, next_change=start)
            if now < end:
                return InputState(allows=True, next_change=end)
        return InputState(allows=False)

    @callback
    def _listen(self, entity: CalendarEntity) -> None:
        self.async_close()
        self._entity = entity
        start = dt_util.now()
        end = start + _AHEAD

        @callback
        def listener(events: list[JsonValueType] | None) -> None:
            if self._entity is entity and events is not None:
                self._intervals = self._matching(events)
                self._on_events()

        self._unsub = entity.async_subscribe_events(start, end, listener)
        entity.async_update_single_event_listener(start, end, listener)
        self._unsub_renew = async_call_later(self._hass, _RENEW, self._async_renew)

    @callback
    def _async_renew(self, _now: datetime) -> None:
        self._unsub_renew = None
        self._entity = None
        self.async_resubscribe()

    def _matching(self, events: list[Any]) -> list[_Interval]:
        """Return the intervals of all matching events, merged where they touch."""
        intervals: list[_Interval] = []
        for start, end in sorted(
            (_event_time(event["start"]), _event_time(event["end"]))
            for event in events
            if self._matters(event)
        ):
            if intervals and start <= intervals[-1][1]:
                intervals[-1] = intervals[-1][0], max(intervals[-1][1], end)
            else:
                intervals.append((start, end))
        return intervals

    def _matters(self, event: dict[str, Any]) -> bool:
        if event.get("status") == "cancelled":
            return False
        texts = (event.get("summary") or "", event.get("description") or "")
        return self._text is None or any(
            self._text in text.casefold() for text in texts
        )


def _event_time(text: str) -> datetime:
    """Parse the start or end of an event; a date means local midnight."""
    if (day := dt_util.parse_date(text)) is not None:
        return dt_util.as_utc(dt_util.start_of_local_day(day))
    time = dt_util.parse_datetime(text, raise_on_error=True)
    return dt_util.as_utc(time)
