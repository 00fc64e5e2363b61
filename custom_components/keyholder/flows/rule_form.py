"""Form schema and form values of an access rule."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, override

from homeassistant.const import (
    CONF_CONDITIONS,
    CONF_MODE,
    CONF_SOURCE,
    CONF_STATE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    WEEKDAYS,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    StateSelector,
    StateSelectorConfig,
    TextSelector,
    TimeSelector,
)
import probatio

from ..application.local_time import local_date_and_time
from ..application.rules import REMOVAL_FIELDS, TIME_FIELDS
from ..const import (
    CONF_DAYS,
    CONF_END,
    CONF_ENTITY,
    CONF_GRACE,
    CONF_START,
    CONF_TEXT,
    CONF_USE_LIMIT,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_WEEKLY,
    CONF_WINDOWS,
)
from ..model.access_rules import (
    DEFAULT_GRACE,
    AccessRule,
    Mode,
    RuleCondition,
    ScheduleSource,
    Weekday,
    WeeklySchedule,
    Window,
)
from ..runtime.site.rule_serialization import time_of_day

_MINUTE: Final = timedelta(minutes=1)
_DEFAULT_GRACE: Final = DEFAULT_GRACE / _MINUTE


class _ListSelector(ObjectSelector):
    """A list without validation: `validate_rule` validates it, with errors in the form."""

    @override
    def __call__(self, data: Any) -> Any:
        return data


class _EntityList(EntitySelector):
    """Entities without validation: an entity that is gone may stay in a rule."""

    @override
    def __call__(self, data: Any) -> Any:
        return data


class _DateSelector(DateSelector):
    """A date without validation: `validate_rule` does that, with errors in the form."""

    @override
    def __call__(self, data: Any) -> Any:
        return data


_DATE: Final = _DateSelector()
# no minimum and maximum: `validate_rule` validates, with errors in the form
_WHOLE: Final = NumberSelector(
    NumberSelectorConfig(step=1, mode=NumberSelectorMode.BOX)
)
_GRACE_MINUTES: Final = NumberSelector(
    NumberSelectorConfig(
        step="any",
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfTime.MINUTES,
    )
)
_WINDOWS: Final = _ListSelector(
    ObjectSelectorConfig(
        multiple=True,
        translation_key="rule_window",
        fields={
            # not required: the frontend would preselect the first day
            CONF_DAYS: {
                "selector": SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(value=key, label=day.name.capitalize())
                            for key, day in zip(WEEKDAYS, Weekday, strict=True)
                        ],
                        multiple=True,
                        mode=SelectSelectorMode.LIST,
                        translation_key="rule_day",
                    )
                ),
            },
            CONF_START: {"required": True, "selector": TextSelector()},
            CONF_END: {"required": True, "selector": TextSelector()},
        },
    )
)
_WEEKLY_FIELDS: Final = probatio.Schema(
    {
        probatio.Required(CONF_MODE, default=Mode.INCLUDE.value): SelectSelector(
            SelectSelectorConfig(
                options=[mode.value for mode in Mode], translation_key="rule_mode"
            )
        ),
        probatio.Optional(CONF_WINDOWS): _WINDOWS,
    }
)
_SOURCE_FIELDS: Final = probatio.Schema(
    {
        probatio.Optional(CONF_ENTITY): EntitySelector(
            EntitySelectorConfig(domain=["schedule", "calendar"])
        ),
        probatio.Optional(CONF_TEXT): TextSelector(),
        probatio.Required(CONF_GRACE, default=_DEFAULT_GRACE): _GRACE_MINUTES,
    }
)
_CONDITION_FIELDS: Final = probatio.Schema(
    {
        probatio.Optional(CONF_CONDITIONS): _EntityList(
            EntitySelectorConfig(multiple=True)
        )
    }
)


def rule_schema(values: Mapping[str, Any]) -> probatio.Schema:
    """Return the schema of a rule; sections that have a value are expanded."""

    def folded(name: str, fields: probatio.Schema, sign: str) -> section:
        return section(fields, {"collapsed": not values.get(name, {}).get(sign)})

    return probatio.Schema(
        {
            **_moment(CONF_VALID_FROM, values),
            **_moment(CONF_VALID_UNTIL, values),
            probatio.Optional(CONF_USE_LIMIT): _WHOLE,
            probatio.Required(CONF_WEEKLY): folded(
                CONF_WEEKLY, _WEEKLY_FIELDS, CONF_WINDOWS
            ),
            probatio.Required(CONF_SOURCE): folded(
                CONF_SOURCE, _SOURCE_FIELDS, CONF_ENTITY
            ),
            probatio.Required(CONF_CONDITIONS): folded(
                CONF_CONDITIONS, _CONDITION_FIELDS, CONF_CONDITIONS
            ),
        }
    )


def condition_schema(entity_id: str) -> probatio.Schema:
    """Return the schema of the condition of an entity, which offers its states."""
    return probatio.Schema(
        {
            probatio.Optional(CONF_STATE): StateSelector(
                StateSelectorConfig(
                    entity_id=entity_id, hide_states=[STATE_UNAVAILABLE, STATE_UNKNOWN]
                )
            ),
            probatio.Required(CONF_GRACE, default=_DEFAULT_GRACE): _GRACE_MINUTES,
        }
    )


def condition_values(condition: RuleCondition) -> dict[str, Any]:
    """Return the form values of a condition."""
    return {CONF_STATE: condition.state, CONF_GRACE: condition.grace / _MINUTE}


def _moment(field: str, values: Mapping[str, Any]) -> dict[probatio.Marker, Any]:
    fields: dict[probatio.Marker, Any] = {
        probatio.Optional(field): _DATE,
        probatio.Optional(TIME_FIELDS[field]): TimeSelector(),
    }
    if values.get(field):
        remove = probatio.Required(REMOVAL_FIELDS[field], default=False)
        fields[remove] = BooleanSelector()
    return fields


def rule_values(hass: HomeAssistant, rule: AccessRule) -> dict[str, Any]:
    """Return the form values of a rule, without the parts that it does not have."""
    values: dict[str, Any] = {}
    for field, moment, late in (
        (CONF_VALID_FROM, rule.valid_from, False),
        (CONF_VALID_UNTIL, rule.valid_until, True),
    ):
        if moment is not None:
            day, clock = local_date_and_time(moment, late=late)
            values |= {field: day} | ({TIME_FIELDS[field]: clock} if clock else {})
    if rule.use_limit is not None:
        values[CONF_USE_LIMIT] = rule.use_limit
    if rule.weekly is not None:
        values[CONF_WEEKLY] = _weekly_values(rule.weekly)
    if rule.source is not None:
        values[CONF_SOURCE] = _source_values(hass, rule.source)
    if rule.conditions:
        values[CONF_CONDITIONS] = {
            CONF_CONDITIONS: [
                shown_entity(hass, condition.entity) for condition in rule.conditions
            ]
        }
    return values


def shown_entity(hass: HomeAssistant, stored: str) -> str:
    """Return the entity id of a stored id; that of a missing entity is unchanged."""
    entity = er.async_get(hass).async_get(stored)
    return stored if entity is None else entity.entity_id


def _weekly_values(weekly: WeeklySchedule) -> dict[str, Any]:
    return {
        CONF_MODE: weekly.mode.value,
        CONF_WINDOWS: [_window_values(window) for window in weekly.windows],
    }


def _window_values(window: Window) -> dict[str, Any]:
    return {
        CONF_DAYS: [WEEKDAYS[day] for day in sorted(window.days)],
        CONF_START: time_of_day(window.start),
        CONF_END: time_of_day(window.end),
    }


def _source_values(hass: HomeAssistant, source: ScheduleSource) -> dict[str, Any]:
    values: dict[str, Any] = {
        CONF_ENTITY: shown_entity(hass, source.entity),
        CONF_GRACE: source.grace / _MINUTE,
    }
    if source.text is not None:
        values[CONF_TEXT] = source.text
    return values
