"""Who may come in now: the rules of all people, and one wake-up for what is next."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..logic.access_rules import evaluate_rule
from ..logic.limits import NativeSchedule, native_schedule
from ..model.access_rules import AccessRule, InputState, RuleInputs, RuleResult
from ..model.credential import Person, PersonId
from ..model.limits import NO_SCHEDULE, LockSchedule, ScheduleSupport
from ..model.reading import Capabilities
from .answers import RuleInputTracker
from .last_answers import RuleInput, RuleInputStore


class RuleEvaluator:
    """Judges the rule of every person whenever that may have changed, and not else.

    `on_change` is called when somebody may come in who could not, or the other way
    round, and when what is shown of a rule has changed.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        last: RuleInputStore,
        uses: Callable[[PersonId], int],
        on_change: Callable[[], None],
    ) -> None:
        """`uses` returns what counts against a person's limit."""
        self._hass = hass
        self._uses = uses
        self._on_change = on_change
        self._people: Mapping[PersonId, Person] = {}
        self._verdicts: dict[PersonId, RuleResult] = {}
        self._unsub_due: CALLBACK_TYPE | None = None
        self._unsub_config: CALLBACK_TYPE | None = None
        self._due: datetime | None = None
        self._answers = RuleInputTracker(hass, last, self.reevaluate)

    @callback
    def start(self) -> None:
        """Begin to follow the time and the entities of rules."""
        self._answers.start()
        self._unsub_config = self._hass.bus.async_listen(
            EVENT_CORE_CONFIG_UPDATE, self._on_config
        )

    @callback
    def close(self) -> None:
        """Stop; nothing stays that would wake up."""
        self._answers.close()
        self._wake_at(None)
        if self._unsub_config is not None:
            self._unsub_config()
            self._unsub_config = None

    @callback
    def set_people(self, people: Mapping[PersonId, Person]) -> None:
        """Judge these people from now on; tells nobody of it."""
        self._people = people
        self._answers.track(
            question
            for person in people.values()
            for question in _questions(person.rule)
        )
        self._judge()

    @callback
    def reevaluate(self) -> None:
        """Something that rules depend on has changed."""
        if self._judge():
            self._on_change()

    def result(self, person: Person) -> RuleResult:
        """Return what a person's rule says now."""
        if self._people.get(person.person_id) is person:
            return self._verdicts[person.person_id]
        return self._judged(person, dt_util.utcnow())

    def allows(self, person: Person) -> bool:
        """Return whether a person may come in now: switched on, and by their rule."""
        return person.enabled and self.result(person).allows

    def temporarily_denied(
        self, people: Iterable[Person], lock: Capabilities | None
    ) -> set[PersonId]:
        """Return whose codes are to be switched off; nobody if the lock cannot."""
        if lock is None or not lock.can_disable_codes:
            return set()
        return {
            person.person_id
            for person in people
            if person.enabled and self.result(person).is_temporarily_denied
        }

    def native_schedule(
        self, person: Person, lock: Capabilities | None
    ) -> NativeSchedule:
        """Return what a lock can enforce of a person's rule by itself."""
        zone = dt_util.get_default_time_zone()
        return native_schedule(person.rule, _support(lock), zone)

    def lock_schedules(
        self, people: Iterable[Person], lock: Capabilities | None
    ) -> dict[PersonId, LockSchedule]:
        """Return what a lock has to enforce for each person; nobody if it cannot."""
        if _support(lock) is None:
            return {}
        return {
            person.person_id: self.native_schedule(person, lock).limits or NO_SCHEDULE
            for person in people
        }

    @callback
    def _judge(self) -> bool:
        """Judge everybody; return whether anything is otherwise than before."""
        now = dt_util.utcnow()
        verdicts = {
            person_id: self._judged(person, now)
            for person_id, person in self._people.items()
        }
        changed = verdicts != self._verdicts
        self._verdicts = verdicts
        moments = (verdict.next_change for verdict in verdicts.values())
        self._wake_at(min(filter(None, moments), default=None))
        return changed

    def _judged(self, person: Person, now: datetime) -> RuleResult:
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
        self.reevaluate()

    @callback
    def _on_config(self, _event: Event) -> None:
        """The time zone may be another one: what locks enforce may be as well."""
        self._judge()
        self._on_change()


def _support(lock: Capabilities | None) -> ScheduleSupport | None:
    """Return what a lock can enforce; nothing where a code could not be seen to be gone."""
    if lock is None or not lock.shows_occupancy:
        return None
    return lock.schedules


def _questions(rule: AccessRule) -> Iterator[RuleInput]:
    yield from rule.conditions
    if rule.source is not None:
        yield rule.source
