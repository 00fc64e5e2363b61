"""Evaluate the access rules of all people, with one timer for the next change."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ...logic.access_rules import evaluate_rule
from ...logic.native_schedule import NativeSchedule, native_schedule, put_ahead_at
from ...model.access_rules import (
    AccessRule,
    DenialCause,
    InputState,
    RuleInputs,
    RuleResult,
)
from ...model.credential import Person, PersonId
from ...model.lock_schedule import NO_SCHEDULE, LockSchedule, ScheduleSupport
from ...model.provider_io import Capabilities
from ..storage.rule_inputs import RuleInput, RuleInputStore
from .rule_inputs import RuleInputTracker


class RuleEvaluator:
    """Evaluates each person's access rule when one of its inputs may have changed.

    `on_change` is called when any result has changed: access granted or denied, or
    another attribute of the result; also when Home Assistant's configuration changes.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        last: RuleInputStore,
        uses: Callable[[PersonId], int],
        on_change: Callable[[], None],
    ) -> None:
        """`uses` returns the number of uses that count against a person's use limit."""
        self._hass = hass
        self._uses = uses
        self._on_change = on_change
        self._people: Mapping[PersonId, Person] = {}
        self._results: dict[PersonId, RuleResult] = {}
        self._unsub_due: CALLBACK_TYPE | None = None
        self._unsub_config: CALLBACK_TYPE | None = None
        self._due: datetime | None = None
        self._answers = RuleInputTracker(hass, last, self.async_reevaluate)

    @callback
    def async_start(self) -> None:
        """Start tracking the time and the entities of the rules."""
        self._answers.async_start()
        self._unsub_config = self._hass.bus.async_listen(
            EVENT_CORE_CONFIG_UPDATE, self._on_config
        )

    @callback
    def async_close(self) -> None:
        """Stop tracking; cancel all timers and subscriptions."""
        self._answers.async_close()
        self._wake_at(None)
        if self._unsub_config is not None:
            self._unsub_config()
            self._unsub_config = None

    @callback
    def async_set_people(self, people: Mapping[PersonId, Person]) -> None:
        """Replace the people and evaluate their rules; does not call `on_change`."""
        self._people = people
        self._answers.async_track(
            question
            for person in people.values()
            for question in _rule_inputs(person.rule)
        )
        self._evaluate_all()

    @callback
    def async_reevaluate(self) -> None:
        """Evaluate all rules again; call `on_change` if a result differs."""
        if self._evaluate_all():
            self._on_change()

    def result(self, person: Person) -> RuleResult:
        """Return the current result of a person's rule."""
        if self._people.get(person.person_id) is person:
            return self._results[person.person_id]
        return self._evaluate(person, dt_util.utcnow())

    def allows(self, person: Person) -> bool:
        """Return whether a person has access now: enabled, and allowed by their rule."""
        return person.enabled and self.result(person).allows

    def temporarily_denied(
        self, people: Iterable[Person], lock: Capabilities | None
    ) -> set[PersonId]:
        """Return the people whose codes to disable; none if the lock cannot disable codes."""
        if lock is None or not lock.can_disable_codes:
            return set()
        return {
            person.person_id
            for person in people
            if person.enabled and self.result(person).is_temporarily_denied
        }

    def not_begun(self, people: Iterable[Person]) -> dict[PersonId, datetime]:
        """Return the people whose access begins later, and when that is."""
        return {
            person.person_id: start
            for person in people
            if person.enabled
            and self.result(person).denied_by is DenialCause.NOT_YET
            and (start := person.rule.valid_from) is not None
        }

    def put_ahead_at(
        self, person: Person, lock: Capabilities | None, ahead: timedelta
    ) -> datetime | None:
        """Return when the code of somebody whose access begins later may be on a lock."""
        if (start := person.rule.valid_from) is None:
            return None
        return put_ahead_at(
            self.native_schedule(person, lock),
            _support(lock),
            start,
            ahead=ahead,
            now=dt_util.utcnow(),
            zone=dt_util.get_default_time_zone(),
        )

    def native_schedule(
        self, person: Person, lock: Capabilities | None
    ) -> NativeSchedule:
        """Return the part of a person's rule that the lock can enforce by itself."""
        zone = dt_util.get_default_time_zone()
        return native_schedule(person.rule, _support(lock), zone)

    def lock_schedules(
        self, people: Iterable[Person], lock: Capabilities | None
    ) -> dict[PersonId, LockSchedule]:
        """Return each person's schedule for a lock; empty if it supports no schedules."""
        if _support(lock) is None:
            return {}
        return {
            person.person_id: self.native_schedule(person, lock).schedule or NO_SCHEDULE
            for person in people
        }

    @callback
    def _evaluate_all(self) -> bool:
        """Evaluate all rules and set the timer; return whether any result changed."""
        now = dt_util.utcnow()
        results = {
            person_id: self._evaluate(person, now)
            for person_id, person in self._people.items()
        }
        changed = results != self._results
        self._results = results
        changes = (result.next_change for result in results.values())
        self._wake_at(min(filter(None, changes), default=None))
        return changed

    def _evaluate(self, person: Person, now: datetime) -> RuleResult:
        rule = person.rule
        if rule.is_unrestricted:
            return RuleResult()
        facts = RuleInputs(
            uses=0 if rule.use_limit is None else self._uses(person.person_id),
            source=InputState() if rule.source is None else self._answers[rule.source],
            conditions=tuple(self._answers[each] for each in rule.conditions),
        )
        return evaluate_rule(rule, facts, now, dt_util.get_default_time_zone())

    @callback
    def _wake_at(self, moment: datetime | None) -> None:
        if moment == self._due:
            return
        if self._unsub_due is not None:
            self._unsub_due()
            self._unsub_due = None
        self._due = moment
        if moment is not None:
            self._unsub_due = async_track_point_in_utc_time(
                self._hass, self._on_due, moment
            )

    @callback
    def _on_due(self, _now: datetime) -> None:
        self._unsub_due = None
        self._due = None
        self.async_reevaluate()

    @callback
    def _on_config(self, _event: Event) -> None:
        """Handle a new configuration: with the time zone the schedules may change."""
        self._evaluate_all()
        self._on_change()


def _support(lock: Capabilities | None) -> ScheduleSupport | None:
    """Return a lock's schedule support; None where a read cannot prove a code cleared."""
    if lock is None or not lock.shows_occupancy:
        return None
    return lock.schedules


def _rule_inputs(rule: AccessRule) -> Iterator[RuleInput]:
    yield from rule.conditions
    if rule.source is not None:
        yield rule.source
