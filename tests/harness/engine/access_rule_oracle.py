"""The access rules of a machine's people: what they truly say, and what that forbids."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final, Protocol

from homeassistant.util import dt as dt_util

from custom_components.keyholder.logic.access_rules import evaluate_rule
from custom_components.keyholder.logic.native_schedule import native_schedule
from custom_components.keyholder.model.access import AccessEvent
from custom_components.keyholder.model.access_rules import (
    MINUTES_PER_DAY,
    UNRESTRICTED_RULE,
    AccessRule,
    InputState,
    Mode,
    RuleCondition,
    RuleInputs,
    RuleResult,
    Weekday,
    WeeklySchedule,
    Window,
)
from custom_components.keyholder.model.credential import Person, PersonId
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    ScheduleSupport,
)
from custom_components.keyholder.model.snapshot import SlotView
from tests.harness.clock.virtual_loop import START
from tests.harness.engine.delayed_lock import DelayedFakeLock
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.instances.power_cut import Instance

ENTITY: Final = "input_boolean.guests"
SUPPORT: Final = ScheduleSupport(year_days=1)
_IF_ON: Final = (RuleCondition(entity=ENTITY, state="on"),)
_AT_ONCE: Final = timedelta(seconds=1)
"""How long a plan may take that what has just changed leads to."""
_FOLLOWED: Final = 10.0
"""Seconds after which a change of a subentry has been followed."""


class Kind(StrEnum):
    """The rules that people get."""

    NONE = auto()
    MONTH = auto()
    HOUR = auto()
    LATER = auto()
    ONCE = auto()
    TWICE = auto()
    IF_ON = auto()
    MONTH_IF_ON = auto()
    SHIFTS = auto()


def rule_of(kind: Kind) -> AccessRule:
    """Return such a rule as somebody makes it now."""
    now = dt_util.utcnow().replace(second=0, microsecond=0)
    match kind:
        case Kind.NONE:
            return UNRESTRICTED_RULE
        case Kind.MONTH:
            return AccessRule(valid_until=START + timedelta(days=90))
        case Kind.HOUR:
            return AccessRule(valid_until=now + timedelta(hours=1))
        case Kind.LATER:
            return AccessRule(
                valid_from=now + timedelta(hours=1), valid_until=now + timedelta(days=2)
            )
        case Kind.ONCE:
            return AccessRule(use_limit=1)
        case Kind.TWICE:
            return AccessRule(use_limit=2)
        case Kind.IF_ON:
            return AccessRule(conditions=_IF_ON)
        case Kind.MONTH_IF_ON:
            return AccessRule(valid_until=START + timedelta(days=90), conditions=_IF_ON)
        case Kind.SHIFTS:
            return AccessRule(weekly=_shifts(now))


def _shifts(now: datetime) -> WeeklySchedule:
    """Return a week that denies three times a day, for minutes, an hour and longer."""
    wall = now.astimezone(dt_util.get_default_time_zone())
    minute = wall.hour * 60 + wall.minute
    return WeeklySchedule(
        tuple(
            Window(
                frozenset(Weekday),
                (minute + start) % MINUTES_PER_DAY,
                (minute + start + for_) % MINUTES_PER_DAY,
            )
            for start, for_ in ((1, 1), (4, 60), (180, 120))
        ),
        Mode.EXCLUDE,
    )


def limits_of(rule: AccessRule) -> LockSchedule:
    """Return what a lock with schedules is to enforce of a rule."""
    native = native_schedule(rule, SUPPORT, dt_util.get_default_time_zone())
    return native.schedule or NO_SCHEDULE


def is_ahead(rule: AccessRule) -> bool:
    """Return whether a rule has not begun, and a lock with schedules enforces all of it."""
    native = native_schedule(rule, SUPPORT, dt_util.get_default_time_zone())
    begin = rule.valid_from
    return native.complete and begin is not None and dt_util.utcnow() < begin


class ModelledSite(Protocol):
    """What the oracle has to know of the site: `SiteModel` gives it."""

    locks: dict[str, DelayedFakeLock]
    instance: Instance
    faults: list[str]
    pins: dict[PersonId, list[str]]
    attempted: dict[PersonId, str]
    duplicates: set[tuple[str, int]]

    @property
    def engine(self) -> EngineHarness:
        """Return the engine that runs now."""

    def views(self) -> list[tuple[str, SlotView]]:
        """Return what is shown of every slot, with the name of its lock."""


class AccessRuleOracle:
    """Knows the rules, the entity that some ask, and how often codes were used."""

    def __init__(self, model: ModelledSite) -> None:
        """Nobody has a rule yet."""
        self._model = model
        self.condition = "on"
        self.refusing: set[str] = set()
        """The locks that once did not take limits: there codes may be without."""
        self._condition_at = dt_util.utcnow()
        self._limits: defaultdict[PersonId, set[LockSchedule]] = defaultdict(set)
        self._changed_at: dict[PersonId, float] = {}
        self._told: defaultdict[PersonId, list[datetime]] = defaultdict(list)
        self._pressed: defaultdict[PersonId, int] = defaultdict(int)
        self._unlisten: Callable[[], None] = lambda: None

    # What happens

    def open(self) -> None:
        """An instance runs: its entities come, and its site tells of uses."""
        for person in self._people:
            if person.rule.use_limit is None:
                # that there was a limit for a moment is not on disk
                self._told[person.person_id].clear()
        self.turn(self.condition)
        self.listen()

    def listen(self) -> None:
        """Follow what the site that runs now tells."""
        log = self._model.engine.site.access_log
        self._unlisten = log.async_listen(self._on_event)

    def close(self) -> None:
        """The power goes: nothing is published from now on."""
        self._unlisten()

    def give(self, person: PersonId, rule: AccessRule) -> None:
        """Note that a person has this rule from now on, unless that is lost."""
        self._limits[person].add(limits_of(rule))
        self._changed_at[person] = _now()
        if rule.use_limit is None:
            self._told[person].clear()

    def turn(self, state: str) -> None:
        """Let the entity that rules ask say something."""
        self._model.engine.hass.states.async_set(ENTITY, state)
        self.condition = state
        self._condition_at = dt_util.utcnow()

    def press(self, name: str, slot: int) -> None:
        """Somebody unlocks with the code of a slot."""
        for where, view in self._model.views():
            if (where, view.slot) == (name, slot):
                self._pressed[view.credential.person] += 1
        self._model.locks[name].unlock_at_keypad(slot)

    def _on_event(self, event: AccessEvent) -> None:
        person = event.person
        if not event.is_use or person is None or self._model.instance.disk.is_full:
            # a count that cannot be stored is reported all the same
            return
        known = self._model.engine.site.people.get(person)
        limited = known is not None and known.rule.use_limit is not None
        if limited and not self._has_just_changed(person):
            self._told[person].append(dt_util.utcnow())

    # What must hold

    def judge_counts(self) -> Iterable[str]:
        """Yield whose uses are not counted as they should be."""
        counters = self._model.engine.site.counters
        for person in self._people:
            if person.rule.use_limit is None:
                continue
            key = person.person_id
            counted = counters.usage(key).limited_uses
            if not len(self._told[key]) <= counted <= self._pressed[key]:
                yield f"{counted} uses of {person.name} are counted"

    def judge_write(self, name: str, code: str) -> None:
        """See that a code is sent to a lock only if its person may come in.

        Or ahead of that, to a lock that enforces the whole rule.
        """
        person = self._model.engine.site.people.get(self._owner_of(code) or "")
        if person is None or self._has_just_changed(person.person_id):
            return
        if self._model.locks[name].has_schedules and is_ahead(person.rule):
            return
        now = dt_util.utcnow()
        moments = (now, now - _AT_ONCE)
        if not any(self._allowed_at(person, moment) for moment in moments):
            self._model.faults.append(f"{name}: the code of {person.name} was sent")

    def judge_live(self, name: str, slot: int) -> None:
        """See that a code that is live is under limits of its person."""
        lock = self._model.locks[name]
        held = lock.held.get(slot)
        person = None if held is None else self._owner_of(held.code)
        if (
            held is None
            or not held.enabled
            or person is None
            or not lock.has_schedules
            or (name, slot) in self._model.duplicates
        ):
            return
        limits = lock.limits.get(slot, NO_SCHEDULE)
        excused = limits.is_empty and name in self.refusing
        if limits not in self._limits[person] and not excused:
            self._model.faults.append(
                f"{name}: the code in slot {slot} is under {limits}"
            )

    def fits(self, name: str, slot: int, rule: AccessRule) -> bool:
        """Return whether a slot is under the limits of a rule."""
        lock = self._model.locks[name]
        limits = lock.limits.get(slot, NO_SCHEDULE)
        if not lock.has_schedules or limits == limits_of(rule):
            return True
        return limits.is_empty and name in self.refusing

    # The end

    def allows(self, person: Person) -> bool:
        """Return whether a person may come in, when all has been calm for long."""
        return self._verdict(person).allows

    def calm(self) -> None:
        """Let the entity that rules ask say something."""
        self.turn("off" if self.condition == "off" else "on")

    async def settle(self) -> None:
        """Wait until no rule is about to turn for longer than the end takes."""
        while True:
            now = dt_util.utcnow()
            moments = [self._verdict(person).next_change for person in self._people]
            turns = [at for at in moments if at and at < now + timedelta(hours=4)]
            if not turns:
                return
            await asyncio.sleep((min(turns) - now).total_seconds() + 900)

    # Inside

    @property
    def _people(self) -> list[Person]:
        return list(self._model.engine.site.people.values())

    def _verdict(self, person: Person) -> RuleResult:
        key = person.person_id
        said = InputState(allows=self.condition == "on")
        facts = RuleInputs(
            # it was judged how many these may be
            uses=self._model.engine.site.counters.usage(key).limited_uses,
            conditions=tuple(said for _ in person.rule.conditions),
        )
        zone = dt_util.get_default_time_zone()
        return evaluate_rule(person.rule, facts, dt_util.utcnow(), zone)

    def _allowed_at(self, person: Person, moment: datetime) -> bool:
        """Return whether by what had been said by then a person could come in.

        What an entity says that is silent is not judged here.
        """
        off = self.condition == "off" and self._condition_at <= moment
        facts = RuleInputs(
            uses=sum(at <= moment for at in self._told[person.person_id]),
            conditions=tuple(
                InputState(allows=not off) for _ in person.rule.conditions
            ),
        )
        zone = dt_util.get_default_time_zone()
        return evaluate_rule(person.rule, facts, moment, zone).allows

    def _owner_of(self, code: str) -> PersonId | None:
        model = self._model
        for person, pins in model.pins.items():
            if code in pins or model.attempted.get(person) == code:
                return person
        return None

    def _has_just_changed(self, person: PersonId) -> bool:
        return _now() < self._changed_at.get(person, -_FOLLOWED) + _FOLLOWED


def _now() -> float:
    return asyncio.get_running_loop().time()
