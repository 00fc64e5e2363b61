"""The states that an entity can have, where Home Assistant says so."""

from collections.abc import Mapping
from typing import Final

from homeassistant.components.alarm_control_panel.const import AlarmControlPanelState
from homeassistant.components.cover.const import CoverState
from homeassistant.components.lock.const import LockState
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er

_ON_OFF: Final = frozenset({STATE_ON, STATE_OFF})

_STATES: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        (
            *("automation", "binary_sensor", "calendar", "fan", "humidifier"),
            *("input_boolean", "light", "remote", "schedule", "script", "siren"),
            *("switch", "update"),
        ),
        _ON_OFF,
    ),
    "alarm_control_panel": frozenset(AlarmControlPanelState),
    "cover": frozenset(CoverState),
    "lock": frozenset(LockState),
    "sun": frozenset({"above_horizon", "below_horizon"}),
    "timer": frozenset({"idle", "active", "paused"}),
}


def possible_states(hass: HomeAssistant, entity: str) -> frozenset[str] | None:
    """Return the states that an entity can have, None where any text may be one.

    `entity` is an entity id or a registry id. The state that it has now is one of them.
    """
    registered = er.async_get(hass).async_get(entity)
    entity_id = entity if registered is None else registered.entity_id
    state = hass.states.get(entity_id)
    attributes = {} if state is None else state.attributes
    options = attributes.get("options")
    if isinstance(options, list):
        states = frozenset(map(str, options))
    elif "." in entity_id and split_entity_id(entity_id)[0] in _STATES:
        states = _STATES[split_entity_id(entity_id)[0]]
    else:
        return None
    return states if state is None else states | {state.state}
