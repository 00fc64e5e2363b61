"""Track the entities that access rules depend on, with their last known states."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.const import (
    EVENT_HOMEASSISTANT_STARTED,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ...model.access_rules import InputState, RuleCondition, ScheduleSource
from ..storage.rule_inputs import RuleInput, RuleInputStore
from .calendar_events import CalendarEvents

_UNAVAILABLE_STATES: Final = (None, STATE_UNAVAILABLE, STATE_UNKNOWN)
_CALENDAR: Final = "calendar."


class RuleInputTracker:
    """The states of all rule inputs of a site; each input is tracked once.

    While an entity is missing, unavailable or unknown its last state stays valid for
    the grace of the input. The grace begins only when Home Assistant has started:
    a restart alone changes nothing.
    """

    def __init__(
        self, hass: HomeAssistant, last: RuleInputStore, on_change: Callable[[], None]
    ) -> None:
        """Call `on_change` whenever the state of an input has changed."""
        self._hass = hass
        self._last = last
        self._on_change = on_change
        self._entities: dict[RuleInput, str | None] = {}
        self._answers: dict[RuleInput, InputState] = {}
        self._calendars: dict[RuleInput, CalendarEvents] = {}
        self._unsub_states: CALLBACK_TYPE | None = None
        self._unsubs: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        """Subscribe to the entity registry and to the start of Home Assistant."""
        bus = self._hass.bus
        self._unsubs.append(
            bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_registry)
        )
        if self._hass.state is not CoreState.running:
            self._unsubs.append(
                bus.async_listen(EVENT_HOMEASSISTANT_STARTED, self._on_started)
            )

    @callback
    def async_close(self) -> None:
        """Cancel all subscriptions."""
        for unsub in self._unsubs:
            unsub()
        self._unsubs.clear()
        self._drop_states()
        for calendar in self._calendars.values():
            calendar.async_close()
        self._calendars.clear()

    @callback
    def async_track(self, questions: Iterable[RuleInput]) -> None:
        """Track exactly these rule inputs; does not call `on_change`."""
        registry = er.async_get(self._hass)
        # an unknown registry id resolves to None; an entity id is taken as it is
        resolved = {
            each: er.async_resolve_entity_id(registry, each.entity)
            for each in questions
        }
        if resolved == self._entities:
            return
        for question in self._answers.keys() - resolved.keys():
            del self._answers[question]
        for question in list(self._calendars):
            if resolved.get(question) != self._entities.get(question):
                self._calendars.pop(question).async_close()
        self._entities = resolved
        self._last.async_keep_only(resolved)
        self._drop_states()
        entities = {entity for entity in resolved.values() if entity is not None}
        if entities:
            self._unsub_states = async_track_state_change_event(
                self._hass, entities, self._on_state
            )
        for question, entity in resolved.items():
            state = None if entity is None else self._hass.states.get(entity)
            self._update(question, state)

    def __getitem__(self, question: RuleInput) -> InputState:
        """Return the current state of an input; that of a calendar follows its events."""
        answer = self._answers.get(question, InputState())
        calendar = self._calendars.get(question)
        if calendar is None or not calendar.is_known:
            return answer
        return replace(calendar.answer(dt_util.utcnow()), expires_at=answer.expires_at)

    @callback
    def _update(self, question: RuleInput, state: State | None) -> bool:
        """Update an input from an entity's state; return whether it changed."""
        before = self._answers.get(question)
        if state is None or state.state in _UNAVAILABLE_STATES:
            answer = self._when_unavailable(question, before)
        elif isinstance(question, ScheduleSource) and state.entity_id.startswith(
            _CALENDAR
        ):
            answer = self._from_calendar(question, state.entity_id, before)
        else:
            answer = _from_state(question, state)
            self._last.async_remember(question, answer)
        self._answers[question] = answer
        return answer != before

    def _when_unavailable(
        self, question: RuleInput, before: InputState | None
    ) -> InputState:
        known = self._last.get(question) if before is None else before
        if known.expires_at is not None or self._hass.state is not CoreState.running:
            return known
        return replace(known, expires_at=dt_util.utcnow() + question.grace)

    def _from_calendar(
        self, question: ScheduleSource, entity: str, before: InputState | None
    ) -> InputState:
        calendar = self._calendars.get(question)
        if calendar is None:
            calendar = CalendarEvents(
                self._hass, entity, question.text, lambda: self._on_events(question)
            )
            self._calendars[question] = calendar
        calendar.async_resubscribe()
        known = self._last.get(question) if before is None else before
        return replace(known, expires_at=None)

    @callback
    def _on_events(self, question: ScheduleSource) -> None:
        """Handle new events of a calendar."""
        if question in self._answers:
            answer = self._calendars[question].answer(dt_util.utcnow())
            self._answers[question] = answer
            self._last.async_remember(question, answer)
            self._on_change()

    @callback
    def _on_state(self, event: Event[EventStateChangedData]) -> None:
        entity, state = event.data["entity_id"], event.data["new_state"]
        changed = [
            self._update(question, state)
            for question, resolved in self._entities.items()
            if resolved == entity
        ]
        if any(changed):
            self._on_change()

    @callback
    def _on_started(self, _event: Event) -> None:
        """Start the grace of entities that are unavailable after the start."""
        self._refresh()

    @callback
    def _on_registry(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] != "update" or "old_entity_id" in data:
            self._refresh()

    @callback
    def _refresh(self) -> None:
        questions = list(self._entities)
        if not questions:
            return
        self._entities = {}
        before = dict(self._answers)
        self.async_track(questions)
        if before != self._answers:
            self._on_change()

    @callback
    def _drop_states(self) -> None:
        if self._unsub_states is not None:
            self._unsub_states()
            self._unsub_states = None


def _from_state(question: RuleInput, state: State) -> InputState:
    if isinstance(question, RuleCondition):
        return InputState(allows=state.state == question.state)
    return InputState(allows=state.state == STATE_ON, next_change=_next_event(state))


def _next_event(state: State) -> datetime | None:
    """Return when the state of a schedule helper changes next, None if unknown."""
    moment: object = state.attributes.get("next_event")
    if isinstance(moment, str):
        moment = dt_util.parse_datetime(moment)
    return moment if isinstance(moment, datetime) and moment.tzinfo else None
