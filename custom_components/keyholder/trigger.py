"""Triggers: access and autolock events of a lock, problems and expiry of codes."""

from typing import ClassVar, override

from homeassistant.components.event import (
    ATTR_EVENT_TYPE,
    DOMAIN as EVENT_DOMAIN,
)
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityTargetStateTriggerBase,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)

from .automation_filter import async_filter_own_entities
from .model.access import AccessType
from .model.credential import PersonStatus
from .model.lock_events import Method
from .model.slot import SlotState
from .model.snapshot import CredentialsState


class _KeyholderTrigger(EntityTriggerBase):
    """Triggers on Keyholder's own entities only, not on others of the same device."""

    _keys: ClassVar[frozenset[str]]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities that can fire this trigger."""
        return async_filter_own_entities(
            self._hass, super().entity_filter(entities), self._keys
        )


class AccessTrigger(_KeyholderTrigger, StatelessEntityTriggerBase):
    """Fires when an `access` event entity fires one event type."""

    _domain_specs = {EVENT_DOMAIN: DomainSpec()}  # noqa: RUF012 - as its base has it
    _keys = frozenset({"access"})
    _kind: ClassVar[AccessType]

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether the event has the type of this trigger."""
        return state.attributes.get(ATTR_EVENT_TYPE) == self._kind


class AutolockedTrigger(AccessTrigger):
    """Fires when autolock has locked a door."""

    _kind = AccessType.AUTOLOCKED


class AutolockFailedTrigger(AccessTrigger):
    """Fires when autolock could not lock a door."""

    _kind = AccessType.AUTOLOCK_FAILED


class AccessDeniedTrigger(AccessTrigger):
    """Fires when a lock denied access."""

    _kind = AccessType.DENIED


class CredentialUsedTrigger(AccessTrigger):
    """Fires when a known person's code unlocked a door.

    Targets are the lock's access event and the person's event.
    """

    _keys = frozenset({"access", "used"})
    _kind = AccessType.UNLOCKED

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether a code was used and its person is known."""
        attributes = state.attributes
        return (
            super().is_valid_state(state, report_not_triggered)
            and attributes.get("method") == Method.KEYPAD
            # a person's own event entity has no person attribute
            and ("person" not in attributes or attributes["person"] is not None)
        )


class _SensorStateTrigger(_KeyholderTrigger, EntityTargetStateTriggerBase):
    """Fires when a sensor changes to a state, not when it starts in it."""

    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}  # noqa: RUF012 - as its base has it


class CodeProblemTrigger(_SensorStateTrigger):
    """Fires when codes of a lock or a person need the user's attention."""

    _keys = frozenset({"credentials", "slot", "status"})
    _to_states = {  # noqa: RUF012 - as its base has it
        CredentialsState.ATTENTION,
        PersonStatus.ATTENTION,
        SlotState.SUSPENDED,
    }


class PersonExpiredTrigger(_SensorStateTrigger):
    """Fires when a person's access has expired."""

    _keys = frozenset({"status"})
    _to_states = {PersonStatus.EXPIRED}  # noqa: RUF012 - as its base has it


TRIGGERS: dict[str, type[Trigger]] = {
    "access_denied": AccessDeniedTrigger,
    "autolocked": AutolockedTrigger,
    "autolock_failed": AutolockFailedTrigger,
    "code_problem": CodeProblemTrigger,
    "credential_used": CredentialUsedTrigger,
    "person_expired": PersonExpiredTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by name."""
    return TRIGGERS
