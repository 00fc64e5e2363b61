"""The events of a calendar that matter to a rule, as far ahead as they are needed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from ..model.access_rules import InputState

if TYPE_CHECKING:
    from homeassistant.components.calendar import CalendarEntity

_AHEAD: Final = timedelta(days=8)
"""How far ahead events are asked for."""
_RENEW: Final = timedelta(days=1)
"""How often the time for which events are asked moves on."""

type _Interval = tuple[datetime, datetime]


class CalendarEvents:
    """Follows one calendar: it tells its events by itself whenever they change.

    Its state would not do: it shows one event at a time, whichever that is.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entity_id: str,
        text: str | None,
        on_events: Callable[[], None],
    ) -> None:
        """Call `on_events` each time that the calendar has told its events."""
        self._hass = hass
        self._entity_id = entity_id
        self._text = None if text is None else text.casefold()
        self._on_events = on_events
        self._entity: CalendarEntity | None = None
        self._stretches: list[_Interval] | None = None
        self._unsub: CALLBACK_TYPE | None = None
        self._unsub_renew: CALLBACK_TYPE | None = None

    @property
    def is_known(self) -> bool:
        """Return whether the calendar has told its events."""
        return self._stretches is not None

    @callback
    def resubscribe(self) -> None:
        """Listen to the calendar as it is now; it may be another object than before."""
        # the component is loaded: one of its entities has a state
        from homeassistant.components.calendar.const import (  # noqa: PLC0415
            DATA_COMPONENT,
        )

        component = self._hass.data.get(DATA_COMPONENT)
        entity = None if component is None else component.get_entity(self._entity_id)
        if entity is not None and entity is not self._entity:
            self._listen(entity)

    @callback
    def close(self) -> None:
        """Stop listening."""
        for unsub in (self._unsub, self._unsub_renew):
            if unsub is not None:
                unsub()
        self._unsub = self._unsub_renew = None
        self._entity = None

    def answer(self, now: datetime) -> InputState:
        """Return whether an event is on now, and when that changes."""
        for start, end in self._stretches or ():
            if now < start:
                return InputState(allows=False, next_change=start)
            if now < end:
                return InputState(allows=True, next_change=end)
        return InputState(allows=False)

    @callback
    def _listen(self, entity: CalendarEntity) -> None:
        self.close()
        self._entity = entity
        start = dt_util.now()
        end = start + _AHEAD

        @callback
        def listener(events: list[JsonValueType] | None) -> None:
            if self._entity is entity and events is not None:
                self._stretches = self._matching(events)
                self._on_events()

        self._unsub = entity.async_subscribe_events(start, end, listener)
        entity.async_update_single_event_listener(start, end, listener)
        self._unsub_renew = async_call_later(self._hass, _RENEW, self._async_renew)

    @callback
    def _async_renew(self, _now: datetime) -> None:
        self._unsub_renew = None
        self._entity = None
        self.resubscribe()

    def _matching(self, events: list[Any]) -> list[_Interval]:
        """Return when the events that matter are on, joined where they touch."""
        stretches: list[_Interval] = []
        for start, end in sorted(
            (_moment(event["start"]), _moment(event["end"]))
            for event in events
            if self._matters(event)
        ):
            if stretches and start <= stretches[-1][1]:
                stretches[-1] = stretches[-1][0], max(stretches[-1][1], end)
            else:
                stretches.append((start, end))
        return stretches

    def _matters(self, event: dict[str, Any]) -> bool:
        if event.get("status") == "cancelled":
            return False
        texts = (event.get("summary") or "", event.get("description") or "")
        return self._text is None or any(
            self._text in text.casefold() for text in texts
        )


def _moment(text: str) -> datetime:
    """Return when an event begins or ends; one of whole days does so at midnight."""
    if (day := dt_util.parse_date(text)) is not None:
        return dt_util.as_utc(dt_util.start_of_local_day(day))
    moment = dt_util.parse_datetime(text, raise_on_error=True)
    return dt_util.as_utc(moment)
