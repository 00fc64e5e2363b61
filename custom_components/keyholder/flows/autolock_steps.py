"""Step of the lock subentry flow that configures autolock."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_ENABLED, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TimeSelector,
)
import probatio

from ..application.errors import InvalidInputError
from ..autolock.lock_code import async_needs_code
from ..const import (
    CONF_AFTER_CLOSE,
    CONF_AUTOLOCK,
    CONF_DAY,
    CONF_DOOR,
    CONF_LOCK,
    CONF_LOCK_WHEN_CLOSED,
    CONF_METHODS,
    CONF_NIGHT,
    CONF_NIGHT_BEGIN,
    CONF_NIGHT_END,
    CONF_PEOPLE,
    CONF_PEOPLE_MINUTES,
    CONF_UNKNOWN_DOOR,
)
from ..model.autolock import (
    MAX_DURATION,
    MIN_DURATION,
    AutolockConfig,
    UnknownDoorPolicy,
)
from ..model.credential import LockId
from ..model.lock_events import Method
from ..runtime.site.autolock_serialization import subentry_data_with_autolock
from ..runtime.site.site import Site
from .removal_steps import RemovalSteps

_DEFAULT: Final = AutolockConfig()
_MINUTE: Final = timedelta(minutes=1)

_MINUTES: Final = NumberSelector(
    NumberSelectorConfig(
        min=MIN_DURATION / _MINUTE,
        max=MAX_DURATION / _MINUTE,
        step=1,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfTime.MINUTES,
    )
)
_SECONDS: Final = NumberSelector(
    NumberSelectorConfig(
        min=0,
        max=600,
        step=1,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfTime.SECONDS,
    )
)
_DOOR: Final = EntitySelector(
    EntitySelectorConfig(
        domain="binary_sensor",
        device_class=[
            BinarySensorDeviceClass.DOOR,
            BinarySensorDeviceClass.OPENING,
            BinarySensorDeviceClass.GARAGE_DOOR,
        ],
    )
)
_UNKNOWN: Final = SelectSelector(
    SelectSelectorConfig(
        options=[each.value for each in UnknownDoorPolicy],
        translation_key="unknown_door",
    )
)
_METHODS: Final = {
    f"{method}_minutes": method
    for method in (Method.KEYPAD, Method.MANUAL, Method.REMOTE)
}


class AutolockSteps(RemovalSteps):
    """The autolock step of the lock subentry flow."""

    _menu_options = ("edit", "autolock", "remove")

    async def async_step_autolock(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show and store the autolock configuration of the lock."""
        site, subentry, name = self.site, self.subentry, self._name
        schema = _schema(site)
        if user_input is None:
            values = _entered(site, subentry.data.get(CONF_AUTOLOCK, {}))
            return self.show("autolock", schema, values=values, name=name)
        try:
            changes = _checked(self.hass, user_input)
            if not subentry.data.get(CONF_AUTOLOCK, {}).get(CONF_ENABLED):
                _expect_no_code_needed(self.hass, subentry.data[CONF_LOCK], changes)
        except InvalidInputError as err:
            return self.show(
                "autolock", schema, values=user_input, refused=err, name=name
            )
        return self.async_update_and_abort(
            site.entry, subentry, data=subentry_data_with_autolock(subentry, **changes)
        )


def _schema(site: Site) -> probatio.Schema:
    people = SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=person.person_id, label=person.name)
                for person in site.people.values()
            ],
            multiple=True,
        )
    )
    return probatio.Schema(
        {
            probatio.Required(
                CONF_ENABLED, default=_DEFAULT.enabled
            ): BooleanSelector(),
            probatio.Required(CONF_DAY, default=_DEFAULT.day / _MINUTE): _MINUTES,
            probatio.Required(CONF_NIGHT, default=_DEFAULT.night / _MINUTE): _MINUTES,
            probatio.Optional(CONF_NIGHT_BEGIN): TimeSelector(),
            probatio.Optional(CONF_NIGHT_END): TimeSelector(),
            **{probatio.Optional(field): _MINUTES for field in _METHODS},
            probatio.Optional(CONF_PEOPLE): people,
            probatio.Optional(CONF_PEOPLE_MINUTES): _MINUTES,
            probatio.Optional(CONF_DOOR): _DOOR,
            probatio.Required(
                CONF_UNKNOWN_DOOR, default=_DEFAULT.unknown_door.value
            ): _UNKNOWN,
            probatio.Required(
                CONF_AFTER_CLOSE, default=_DEFAULT.close_delay.total_seconds()
            ): _SECONDS,
            probatio.Required(
                CONF_LOCK_WHEN_CLOSED, default=_DEFAULT.lock_when_closed
            ): BooleanSelector(),
        }
    )


def _entered(site: Site, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored configuration as form values."""
    values = {
        key: value
        for key, value in stored.items()
        if key not in (CONF_METHODS, CONF_PEOPLE, CONF_DOOR)
    }
    methods = stored.get(CONF_METHODS, {})
    values |= {
        field: methods[method]
        for field, method in _METHODS.items()
        if method in methods
    }
    people = {
        person: minutes
        for person, minutes in stored.get(CONF_PEOPLE, {}).items()
        # the selector rejects people who were removed
        if person in site.people
    }
    if people:
        values[CONF_PEOPLE] = list(people)
        values[CONF_PEOPLE_MINUTES] = next(iter(people.values()))
    sensor = er.async_get(site.hass).async_get(stored.get(CONF_DOOR, ""))
    if sensor is not None:
        values[CONF_DOOR] = sensor.entity_id
    return values


def _checked(hass: HomeAssistant, entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options to store; None removes an option. Raises InvalidInputError."""
    begin, end = entered.get(CONF_NIGHT_BEGIN), entered.get(CONF_NIGHT_END)
    if (begin is None) != (end is None):
        raise InvalidInputError(
            "night_both", CONF_NIGHT_END if end is None else CONF_NIGHT_BEGIN
        )
    people, minutes = entered.get(CONF_PEOPLE, []), entered.get(CONF_PEOPLE_MINUTES)
    if bool(people) != (minutes is not None):
        raise InvalidInputError(
            "people_both", CONF_PEOPLE if minutes else CONF_PEOPLE_MINUTES
        )
    return {
        CONF_ENABLED: entered[CONF_ENABLED],
        CONF_DAY: int(entered[CONF_DAY]),
        CONF_NIGHT: int(entered[CONF_NIGHT]),
        CONF_NIGHT_BEGIN: begin,
        CONF_NIGHT_END: end,
        CONF_METHODS: {
            method: int(entered[field])
            for field, method in _METHODS.items()
            if entered.get(field) is not None
        },
        CONF_PEOPLE: {person: int(minutes or 0) for person in people},
        CONF_DOOR: _registry_id(hass, entered.get(CONF_DOOR)),
        CONF_UNKNOWN_DOOR: entered[CONF_UNKNOWN_DOOR],
        CONF_AFTER_CLOSE: int(entered[CONF_AFTER_CLOSE]),
        CONF_LOCK_WHEN_CLOSED: entered[CONF_LOCK_WHEN_CLOSED],
    }


def _registry_id(hass: HomeAssistant, entity_id: str | None) -> str | None:
    if entity_id is None:
        return None
    sensor = er.async_get(hass).async_get(entity_id)
    if sensor is None:
        raise InvalidInputError("sensor_without_id", CONF_DOOR)
    return sensor.id


def _expect_no_code_needed(
    hass: HomeAssistant, lock: LockId, changes: Mapping[str, Any]
) -> None:
    """Raise InvalidInputError if autolock is to be on and the lock would refuse it."""
    entity = er.async_get(hass).async_get(lock)
    if entity is not None and changes[CONF_ENABLED] and async_needs_code(hass, lock):
        raise InvalidInputError(
            "autolock_needs_code", CONF_ENABLED, entity=entity.entity_id
        )
