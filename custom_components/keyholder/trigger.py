"""Triggers: access and autolock events of a lock, problems and expiry of codes."""

from collections.abc import Mapping
from typing import ClassVar, Final, override

from homeassistant.components.event import (
    ATTR_EVENT_TYPE,
    DOMAIN as EVENT_DOMAIN,
)
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    EntityTargetStateTriggerBase,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
    TriggerConfig,
)
import probatio

from .automation_filter import async_filter_own_entities
from .const import CONF_OPERATION
from .model.access import BOLT_EVENTS, AccessType
from .model.credential import PersonStatus
from .model.lock_events import Action, Method
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
    """Fires when an `access` event entity fires one event type, or one of several."""

    _domain_specs = {EVENT_DOMAIN: DomainSpec()}  # noqa: RUF012 - as its base has it
    _keys = frozenset({"access"})
    _kinds: tuple[AccessType, ...]

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether the event has a type of this trigger."""
        return state.attributes.get(ATTR_EVENT_TYPE) in self._kinds


class AutolockedTrigger(AccessTrigger):
    """Fires when autolock has locked a door."""

    _kinds = (AccessType.AUTOLOCKED,)


class AutolockFailedTrigger(AccessTrigger):
    """Fires when autolock could not lock a door."""

    _kinds = (AccessType.AUTOLOCK_FAILED,)


class AccessDeniedTrigger(AccessTrigger):
    """Fires when a lock denied access."""

    _kinds = (AccessType.DENIED,)


_OPERATIONS: Final[Mapping[str, tuple[AccessType, ...]]] = {
    Action.UNLOCK: (AccessType.UNLOCKED,),
    Action.LOCK: (AccessType.LOCKED,),
    "any": BOLT_EVENTS,
}


class CredentialUsedTrigger(AccessTrigger):
    """Fires when a known person's code unlocked a door, or locked it, as the options say.

    Targets are the lock's access event and the person's event.
    """

    _keys = frozenset({"access", "used"})
    _schema = ENTITY_STATE_TRIGGER_SCHEMA.extend(
        {
            probatio.Required(CONF_OPTIONS, default={}): {
                probatio.Required(
                    CONF_OPERATION, default=Action.UNLOCK.value
                ): probatio.In(list(_OPERATIONS)),
            },
        }
    )

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take which operations fire from the options."""
        super().__init__(hass, config)
        self._kinds = _OPERATIONS[self._options[CONF_OPERATION]]

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
