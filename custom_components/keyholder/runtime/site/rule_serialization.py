"""Parse and serialize access rules and notification choices in a person's subentry."""

from collections.abc import Mapping
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.const import (
    CONF_CONDITIONS,
    CONF_MODE,
    CONF_SOURCE,
    CONF_STATE,
    WEEKDAYS,
)

from ...const import (
    CONF_DAYS,
    CONF_END,
    CONF_ENTITY,
    CONF_GRACE,
    CONF_NOTIFY,
    CONF_ON_DENIED,
    CONF_ON_LOCK,
    CONF_ON_USE,
    CONF_RULE,
    CONF_START,
    CONF_TARGETS,
    CONF_TEXT,
    CONF_USE_LIMIT,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_WEEKLY,
    CONF_WINDOWS,
)
from ...logic.weekly import whole_day_end
from ...model.access_rules import (
    MINUTES_PER_DAY,
    UNRESTRICTED_RULE,
    AccessRule,
    Mode,
    RuleCondition,
    ScheduleSource,
    Weekday,
    WeeklySchedule,
    Window,
)
from ...model.credential import NO_NOTIFICATIONS, NotificationChoice

_LOGGER: Final = logging.getLogger(__name__)


DENY_ALL_RULE: Final = AccessRule(
    valid_until=datetime.fromisoformat("1970-01-01T00:00Z")
)
"""Stands for a rule that cannot be parsed: access is denied, to be on the safe side."""


def minutes_of_day(text: str) -> int:
    """Parse HH:MM, 24:00 included, to minutes since midnight; may raise ValueError."""
    hours, colon, minutes = text.strip().partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise ValueError("not a time of day")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > MINUTES_PER_DAY:
        raise ValueError("not a time of day")
    return total


def time_of_day(minutes: int) -> str:
    """Return minutes since midnight as HH:MM."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def rule_from_data(data: Mapping[str, Any], name: str) -> AccessRule:
    """Return the rule of a person's subentry, DENY_ALL_RULE if it cannot be parsed."""
    stored = data.get(CONF_RULE)
    if stored is None:
        return UNRESTRICTED_RULE
    try:
        return _parse_rule(stored)
    except (
        AttributeError,
        KeyError,
        OverflowError,
        TypeError,
        ValueError,
    ) as err:
        _LOGGER.error(
            "The access rule of %s is invalid and denies access: %s",
            name,
            type(err).__name__,
        )
        return DENY_ALL_RULE


def rule_to_data(rule: AccessRule) -> dict[str, Any]:
    """Return a rule as stored in a subentry, with only the parts that are set."""
    data: dict[str, Any] = {}
    if rule.weekly is not None:
        data[CONF_WEEKLY] = {
            CONF_MODE: rule.weekly.mode.value,
            CONF_WINDOWS: [_window_data(window) for window in rule.weekly.windows],
        }
    if (source := rule.source) is not None:
        data[CONF_SOURCE] = {
            CONF_ENTITY: source.entity,
            CONF_TEXT: source.text,
            CONF_GRACE: source.grace.total_seconds(),
        }
    for key, moment in (
        (CONF_VALID_FROM, rule.valid_from),
        (CONF_VALID_UNTIL, rule.valid_until),
    ):
        if moment is not None:
            data[key] = moment.isoformat()
    if rule.use_limit is not None:
        data[CONF_USE_LIMIT] = rule.use_limit
    if rule.conditions:
        data[CONF_CONDITIONS] = [
            {
                CONF_ENTITY: condition.entity,
                CONF_STATE: condition.state,
                CONF_GRACE: condition.grace.total_seconds(),
            }
            for condition in rule.conditions
        ]
    return data


def notification_from_data(data: Mapping[str, Any]) -> NotificationChoice:
    """Return a person's notification choice."""
    stored = data.get(CONF_NOTIFY)
    if not isinstance(stored, Mapping):
        return NO_NOTIFICATIONS
    return NotificationChoice(
        on_use=bool(stored.get(CONF_ON_USE)),
        on_lock=bool(stored.get(CONF_ON_LOCK)),
        on_denied=bool(stored.get(CONF_ON_DENIED)),
        targets=tuple(stored.get(CONF_TARGETS) or ()),
    )


def notification_data(choice: NotificationChoice) -> dict[str, Any]:
    """Return a notification choice as stored in a subentry."""
    return {
        CONF_ON_USE: choice.on_use,
        CONF_ON_LOCK: choice.on_lock,
        CONF_ON_DENIED: choice.on_denied,
        CONF_TARGETS: list(choice.targets),
    }


def _window_data(window: Window) -> dict[str, Any]:
    return {
        CONF_DAYS: [WEEKDAYS[day] for day in sorted(window.days)],
        CONF_START: time_of_day(window.start),
        CONF_END: time_of_day(window.end),
    }


def _parse_rule(data: Mapping[str, Any]) -> AccessRule:
    weekly, source = data.get(CONF_WEEKLY), data.get(CONF_SOURCE)
    limit = data.get(CONF_USE_LIMIT)
    return AccessRule(
        weekly=None if weekly is None else _parse_weekly(weekly),
        source=None if source is None else _parse_source(source),
        valid_from=_parse_moment(data.get(CONF_VALID_FROM)),
        valid_until=_parse_moment(data.get(CONF_VALID_UNTIL)),
        use_limit=None if limit is None else int(limit),
        conditions=tuple(
            RuleCondition(
                entity=str(condition[CONF_ENTITY]),
                state=str(condition[CONF_STATE]),
                grace=_parse_grace(condition),
            )
            for condition in data.get(CONF_CONDITIONS, ())
        ),
    )


def _parse_weekly(data: Mapping[str, Any]) -> WeeklySchedule:
    return WeeklySchedule(
        windows=tuple(_parse_window(window) for window in data[CONF_WINDOWS]),
        mode=Mode(data.get(CONF_MODE, Mode.INCLUDE)),
    )


def _parse_window(data: Mapping[str, Any]) -> Window:
    start = minutes_of_day(data[CONF_START])
    return Window(
        days=frozenset(Weekday(WEEKDAYS.index(day)) for day in data[CONF_DAYS]),
        start=start,
        end=whole_day_end(start, minutes_of_day(data[CONF_END])),
    )


def _parse_source(data: Mapping[str, Any]) -> ScheduleSource:
    text = data.get(CONF_TEXT)
    if text is not None and not isinstance(text, str):
        raise TypeError("a text that is none")
    return ScheduleSource(
        entity=str(data[CONF_ENTITY]),
        text=text or None,
        grace=_parse_grace(data),
    )


def _parse_grace(data: Mapping[str, Any]) -> timedelta:
    seconds = float(data[CONF_GRACE])
    if not 0 <= seconds < float("inf"):
        raise ValueError("a grace that is no time")
    return timedelta(seconds=seconds)


def _parse_moment(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)
