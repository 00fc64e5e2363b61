"""Validate the form input of an access rule and build the rule."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.const import (
    CONF_CONDITIONS,
    CONF_MODE,
    CONF_SOURCE,
    CONF_STATE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    WEEKDAYS,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_DAYS,
    CONF_END,
    CONF_ENTITY,
    CONF_GRACE,
    CONF_RULE,
    CONF_START,
    CONF_TEXT,
    CONF_USE_LIMIT,
    CONF_VALID_FROM,
    CONF_VALID_FROM_TIME,
    CONF_VALID_UNTIL,
    CONF_VALID_UNTIL_TIME,
    CONF_WEEKLY,
    CONF_WINDOWS,
)
from ..logic.weekly import whole_day_end
from ..model.access_rules import (
    DEFAULT_GRACE,
    MINUTES_PER_DAY,
    AccessRule,
    Mode,
    RuleCondition,
    ScheduleSource,
    Weekday,
    WeeklySchedule,
    Window,
)
from ..runtime.site.rule_serialization import minutes_of_day, rule_to_data
from .condition_states import possible_states
from .errors import InvalidInputError
from .local_time import local_date_and_time, parse_local_datetime
from .slot_range import validate_int
from .text import validate_text

REMOVAL_FIELDS: Final = {
    CONF_VALID_FROM: "no_valid_from",
    CONF_VALID_UNTIL: "no_valid_until",
}
"""Fields that remove a stored moment: a date field cannot be emptied."""

TIME_FIELDS: Final = {
    CONF_VALID_FROM: CONF_VALID_FROM_TIME,
    CONF_VALID_UNTIL: CONF_VALID_UNTIL_TIME,
}
"""Fields for the time of a moment. Without one a moment is the begin or end of its day.

A field for date and time would fill in midnight for who chooses a date: the code would
end before its last day.
"""

LONGEST_GRACE: Final = timedelta(days=1)

_MINUTE: Final = timedelta(minutes=1)


def validate_rule(
    hass: HomeAssistant, entered: Mapping[str, Any], present: AccessRule
) -> AccessRule:
    """Return the entered rule without its conditions, whose states are asked for next.

    Raises InvalidInputError with the first error. A value of the present rule that was not
    edited is kept exactly.
    """
    validate_text(entered)
    valid_from = _moment(entered, CONF_VALID_FROM, present.valid_from, late=False)
    valid_until = _moment(entered, CONF_VALID_UNTIL, present.valid_until, late=True)
    if valid_from is not None and valid_until is not None and valid_until <= valid_from:
        raise InvalidInputError("until_before_from", CONF_VALID_UNTIL)
    if is_new_end_over(valid_until, present):
        raise InvalidInputError("until_past", CONF_VALID_UNTIL)
    use_limit = validate_int(entered, CONF_USE_LIMIT, "uses_not_whole")
    if use_limit is not None and use_limit < 1:
        raise InvalidInputError("uses_below_one", CONF_USE_LIMIT)
    known = set() if present.source is None else {present.source.entity}
    return AccessRule(
        weekly=_weekly(entered.get(CONF_WEEKLY, {})),
        source=_source(hass, entered.get(CONF_SOURCE, {}), known),
        valid_from=valid_from,
        valid_until=valid_until,
        use_limit=use_limit,
    )


def registry_id(hass: HomeAssistant, entity_id: str) -> str:
    """Return the registry id to store for an entity, which survives a rename.

    An entity that is not in the registry is stored by its entity id.
    """
    entity = er.async_get(hass).async_get(entity_id)
    return entity_id if entity is None else entity.id


def is_new_end_over(valid_until: datetime | None, present: AccessRule) -> bool:
    """Return whether an end is in the past that is not the present one."""
    return (
        valid_until is not None
        and valid_until != present.valid_until
        and valid_until <= dt_util.utcnow()
    )


def _moment(
    entered: Mapping[str, Any], field: str, present: datetime | None, *, late: bool
) -> datetime | None:
    day, clock = entered.get(field), entered.get(TIME_FIELDS[field])
    if entered.get(REMOVAL_FIELDS[field]):
        return None
    if not day:
        if clock:
            raise InvalidInputError("time_without_date", TIME_FIELDS[field])
        return None
    text = f"{day} {clock}" if clock else day
    if present is not None:
        shown = local_date_and_time(present, late=late)
        if text == " ".join(filter(None, shown)):
            # a local time that occurs twice keeps its original UTC value
            return present
    try:
        return parse_local_datetime(text, late=late)
    except ValueError:
        raise InvalidInputError("not_a_moment", field) from None


def _items(entered: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the items of a list with their numbers in the form, from 1."""
    if not entered:
        return
    items = entered if isinstance(entered, list) else [entered]
    for number, item in enumerate(items, start=1):
        yield number, item if isinstance(item, Mapping) else {}


def _weekly(entered: Mapping[str, Any]) -> WeeklySchedule | None:
    windows = tuple(
        _window(str(number), each) for number, each in _items(entered.get(CONF_WINDOWS))
    )
    if not windows:
        return None
    return WeeklySchedule(windows, Mode(entered[CONF_MODE]))


def _window(number: str, entered: Mapping[str, Any]) -> Window:
    days = entered.get(CONF_DAYS)
    days = days if isinstance(days, list) else [days]
    if not days or not all(day in WEEKDAYS for day in days):
        raise InvalidInputError("window_days", CONF_WEEKLY, window=number)
    start = _time(number, entered, CONF_START)
    end = _time(number, entered, CONF_END)
    if start == MINUTES_PER_DAY:
        raise InvalidInputError("window_start", CONF_WEEKLY, window=number)
    if start == end:
        raise InvalidInputError("window_equal", CONF_WEEKLY, window=number)
    return Window(
        frozenset(Weekday(WEEKDAYS.index(day)) for day in days),
        start,
        whole_day_end(start, end),
    )


def _time(number: str, entered: Mapping[str, Any], field: str) -> int:
    text = str(entered.get(field) or "").strip()
    if not text:
        raise InvalidInputError("window_incomplete", CONF_WEEKLY, window=number)
    try:
        return minutes_of_day(text)
    except ValueError:
        raise InvalidInputError(
            "window_time", CONF_WEEKLY, window=number, time=text
        ) from None


def _source(
    hass: HomeAssistant, entered: Mapping[str, Any], known: Collection[str]
) -> ScheduleSource | None:
    entity_id = entered.get(CONF_ENTITY)
    text = str(entered.get(CONF_TEXT) or "").strip() or None
    if not entity_id:
        if text is not None:
            raise InvalidInputError("text_without_calendar", CONF_SOURCE)
        return None
    if text is not None and entity_id.startswith("schedule."):
        raise InvalidInputError("text_without_calendar", CONF_SOURCE)
    entity = _entity(hass, entity_id, CONF_SOURCE, known)
    return ScheduleSource(
        entity=entity, text=text, grace=_grace(entered, CONF_SOURCE, entity_id)
    )


def chosen_entities(
    hass: HomeAssistant, entered: Mapping[str, Any], present: AccessRule
) -> list[str]:
    """Return the entities of the conditions, of which the states are asked for next.

    Raises InvalidInputError if there is no such entity.
    """
    known = {condition.entity for condition in present.conditions}
    given = entered.get(CONF_CONDITIONS, {}).get(CONF_CONDITIONS) or []
    chosen = [str(each) for each in (given if isinstance(given, list) else [given])]
    for entity_id in chosen:
        _entity(hass, entity_id, CONF_CONDITIONS, known)
    return chosen


def validate_condition(
    hass: HomeAssistant, entity_id: str, entered: Mapping[str, Any]
) -> RuleCondition:
    """Return the condition of an entity. Raises InvalidInputError with the first error."""
    validate_text(entered)
    state = str(entered.get(CONF_STATE) or "").strip()
    if not state:
        raise InvalidInputError("condition_incomplete", CONF_STATE)
    if state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        raise InvalidInputError(
            "condition_never", CONF_STATE, entity=entity_id, state=state
        )
    states = possible_states(hass, entity_id)
    if states is not None and state not in states:
        raise InvalidInputError(
            "condition_impossible",
            CONF_STATE,
            entity=entity_id,
            state=state,
            states=", ".join(sorted(states - {STATE_UNAVAILABLE, STATE_UNKNOWN})),
        )
    return RuleCondition(
        entity=registry_id(hass, entity_id),
        state=state,
        grace=_grace(entered, CONF_GRACE, entity_id),
    )


def _entity(
    hass: HomeAssistant, entity_id: str, field: str, known: Collection[str]
) -> str:
    """Return the id to store for an entity. Raises InvalidInputError if there is none.

    A missing entity that is stored already may stay: it denies access, and only the user
    may remove it.
    """
    stored = registry_id(hass, entity_id)
    if stored == entity_id and stored not in known and not hass.states.get(entity_id):
        raise InvalidInputError("entity_missing", field, entity=entity_id)
    return stored


def _grace(entered: Mapping[str, Any], field: str, entity_id: str) -> timedelta:
    minutes = entered.get(CONF_GRACE)
    if minutes is None:
        return DEFAULT_GRACE
    try:
        is_valid = 0 <= float(minutes) <= LONGEST_GRACE / _MINUTE
    except TypeError, ValueError:
        is_valid = False
    if not is_valid:
        raise InvalidInputError("grace_out_of_range", field, entity=entity_id)
    return timedelta(minutes=float(minutes))


def data_with_rule(data: Mapping[str, Any], rule: AccessRule) -> dict[str, Any]:
    """Return the subentry data with this rule; an unrestricted rule is not stored."""
    changed = {key: value for key, value in data.items() if key != CONF_RULE}
    if not rule.is_unrestricted:
        changed[CONF_RULE] = rule_to_data(rule)
    return changed
