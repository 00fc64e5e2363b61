"""What the entities of access rules say, and what they said last while they are silent."""

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

from ..model.access_rules import Condition, InputState, ScheduleSource
from .calendar_events import CalendarEvents
from .last_answers import RuleInput, RuleInputStore

_UNAVAILABLE_STATES: Final = (None, STATE_UNAVAILABLE, STATE_UNKNOWN)
_CALENDAR: Final = "calendar."


class RuleInputTracker:
    """The answers to the questions of all rules of a site; nothing is asked for twice.

    An entity that is missing, unavailable or unknown leaves its last answer standing for
    its grace, which begins only when Home Assistant has started: a start is no change.
    """

    def __init__(
        self, hass: HomeAssistant, last: RuleInputStore, on_change: Callable[[], None]
    ) -> None:
        """Call `on_change` whenever an answer has become another one."""
        self._hass = hass
        self._last = last
        self._on_change = on_change
        self._entities: dict[RuleInput, str | None] = {}
        self._answers: dict[RuleInput, InputState] = {}
        self._calendars: dict[RuleInput, CalendarEvents] = {}
        self._unsub_states: CALLBACK_TYPE | None = None
        self._unsubs: list[CALLBACK_TYPE] = []

    @callback
    def start(self) -> None:
        """Follow what becomes of entities from now on."""
        bus = self._hass.bus
        self._unsubs.append(
            bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_registry)
        )
        if self._hass.state is not CoreState.running:
            self._unsubs.append(
                bus.async_listen(EVENT_HOMEASSISTANT_STARTED, self._on_started)
            )

    @callback
    def close(self) -> None:
        """Listen to nothing any more."""
        for unsub in self._unsubs:
            unsub()
        self._unsubs.clear()
        self._drop_states()
        for calendar in self._calendars.values():
            calendar.close()
        self._calendars.clear()

    @callback
    def track(self, questions: Iterable[RuleInput]) -> None:
        """Have answers to these questions from now on, and to no others."""
        registry = er.async_get(self._hass)
        # a registry id may be gone; an entity id is taken as it is
        asked = {
            each: er.async_resolve_entity_id(registry, each.entity)
            for each in questions
        }
        if asked == self._entities:
            return
        for question in self._answers.keys() - asked.keys():
            del self._answers[question]
        for question in list(self._calendars):
            if asked.get(question) != self._entities.get(question):
                self._calendars.pop(question).close()
        self._entities = asked
        self._last.keep_only(asked)
        self._drop_states()
        entities = {entity for entity in asked.values() if entity is not None}
        if entities:
            self._unsub_states = async_track_state_change_event(
                self._hass, entities, self._on_state
            )
        for question, entity in asked.items():
            state = None if entity is None else self._hass.states.get(entity)
            self._update(question, state)

    def __getitem__(self, question: RuleInput) -> InputState:
        """Return what is known now. A calendar's answer follows its events."""
        answer = self._answers.get(question, InputState())
        calendar = self._calendars.get(question)
        if calendar is None or not calendar.is_known:
            return answer
        return replace(calendar.answer(dt_util.utcnow()), expires_at=answer.expires_at)

    @callback
    def _update(self, question: RuleInput, state: State | None) -> bool:
        """Take in a state; return whether the answer is another one."""
        before = self._answers.get(question)
        if state is None or state.state in _UNAVAILABLE_STATES:
            answer = self._when_unavailable(question, before)
        elif isinstance(question, ScheduleSource) and state.entity_id.startswith(
            _CALENDAR
        ):
            answer = self._from_calendar(question, state.entity_id, before)
        else:
            answer = _from_state(question, state)
            self._last.remember(question, answer)
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
        calendar.resubscribe()
        known = self._last.get(question) if before is None else before
        return replace(known, expires_at=None)

    @callback
    def _on_events(self, question: ScheduleSource) -> None:
        """A calendar has told its events."""
        if question in self._answers:
            answer = self._calendars[question].answer(dt_util.utcnow())
            self._answers[question] = answer
            self._last.remember(question, answer)
            self._on_change()

    @callback
    def _on_state(self, event: Event[EventStateChangedData]) -> None:
        entity, state = event.data["entity_id"], event.data["new_state"]
        changed = [
            self._update(question, state)
            for question, asked in self._entities.items()
            if asked == entity
        ]
        if any(changed):
            self._on_change()

    @callback
    def _on_started(self, _event: Event) -> None:
        """From now on an entity that is silent has no excuse."""
        self._ask_again()

    @callback
    def _on_registry(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] != "update" or "old_entity_id" in data:
            self._ask_again()

    @callback
    def _ask_again(self) -> None:
        questions = list(self._entities)
        if not questions:
            return
        self._entities = {}
        before = dict(self._answers)
        self.track(questions)
        if before != self._answers:
            self._on_change()

    @callback
    def _drop_states(self) -> None:
        if self._unsub_states is not None:
            self._unsub_states()
            self._unsub_states = None


def _from_state(question: RuleInput, state: State) -> InputState:
    if isinstance(question, Condition):
        return InputState(allows=state.state == question.state)
    return InputState(allows=state.state == STATE_ON, next_change=_next_event(state))


def _next_event(state: State) -> datetime | None:
    """Return when a schedule helper turns, if it says so."""
    moment: object = state.attributes.get("next_event")
    if isinstance(moment, str):
        moment = dt_util.parse_datetime(moment)
    return moment if isinstance(moment, datetime) and moment.tzinfo else None
