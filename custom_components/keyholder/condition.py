"""Conditions: a person is allowed in now, a lock is in sync.

An unknown or unavailable sensor makes a condition false, also with "all" targets.
"""

from typing import ClassVar, override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .automation_filter import async_filter_own_entities
from .model.snapshot import CredentialsState


class _KeyholderCondition(EntityStateConditionBase):
    """Evaluates Keyholder's own sensors.

    The base class would skip those that are unknown or unavailable.
    """

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the sensors that are evaluated."""
        targets = super().entity_filter(entities)
        return async_filter_own_entities(self._hass, targets, {self._key})

    @override
    def _should_include(self, _state: State) -> bool:
        return True

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether the state is known and fulfils the condition."""
        known = entity_state.state not in self._excluded_states
        return known and super().is_valid_state(entity_state)

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        return bool(states) and super()._check_all_match_state(states)


class PersonIsAllowedCondition(_KeyholderCondition):
    """Whether a person is enabled and their access rule allows access now."""

    _domain_specs = {  # noqa: RUF012 - as its base has it
        SENSOR_DOMAIN: DomainSpec(value_source="allowed")
    }
    _key = "status"
    _states = {True}  # noqa: RUF012 - as its base has it


class LockInSyncCondition(_KeyholderCondition):
    """Whether reads have verified that a lock holds exactly the desired codes of ours."""

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
