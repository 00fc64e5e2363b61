"""Conditions: a person may come in now, and a lock holds what it should.

What is not known is never taken for a yes, also where all of several are asked for.
"""

from typing import ClassVar, override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .automation_targets import async_filter_own_entities
from .model.snapshot import CredentialsState


class _KeyholderCondition(EntityStateConditionBase):
    """Asks Keyholder's own sensors. Its base skips those that do not know."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the sensors that are asked."""
        asked = super().entity_filter(entities)
        return async_filter_own_entities(self._hass, asked, {self._key})

    @override
    def _should_include(self, _state: State) -> bool:
        return True

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether the sensor knows, and says yes."""
        known = entity_state.state not in self._excluded_states
        return known and super().is_valid_state(entity_state)

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        return bool(states) and super()._check_all_match_state(states)


class PersonIsAllowedCondition(_KeyholderCondition):
    """Whether a person's rule lets them in now."""

    _domain_specs = {  # noqa: RUF012 - as its base has it
        SENSOR_DOMAIN: DomainSpec(value_source="allowed")
    }
    _key = "status"
    _states = {True}  # noqa: RUF012 - as its base has it


class LockInSyncCondition(_KeyholderCondition):
    """Whether a lock has shown every code that it should hold, and no other of ours."""

    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}  # noqa: RUF012 - as its base has it
    _key = "credentials"
    _states = {CredentialsState.IN_SYNC}  # noqa: RUF012 - as its base has it


CONDITIONS: dict[str, type[Condition]] = {
    "lock_in_sync": LockInSyncCondition,
    "person_is_allowed": PersonIsAllowedCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by name."""
    return CONDITIONS
