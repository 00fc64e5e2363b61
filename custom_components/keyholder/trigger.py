"""Triggers: a door has locked itself, or could not."""

from typing import ClassVar, override

from homeassistant.components.event import (
    ATTR_EVENT_TYPE,
    DOMAIN as EVENT_DOMAIN,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)

from .model.access import AccessType


class AccessTrigger(StatelessEntityTriggerBase):
    """Fires when a lock's `access` event is of one kind."""

    _domain_specs = {EVENT_DOMAIN: DomainSpec()}  # noqa: RUF012 - as its base has it
    _kind: ClassVar[AccessType]

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether the event is the one that is waited for."""
        return state.attributes.get(ATTR_EVENT_TYPE) == self._kind


class AutolockedTrigger(AccessTrigger):
    """Fires when a door has locked itself."""

    _kind = AccessType.AUTOLOCKED


class AutolockFailedTrigger(AccessTrigger):
    """Fires when a door could not be locked."""

    _kind = AccessType.AUTOLOCK_FAILED


TRIGGERS: dict[str, type[Trigger]] = {
    "autolocked": AutolockedTrigger,
    "autolock_failed": AutolockFailedTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by name."""
    return TRIGGERS
