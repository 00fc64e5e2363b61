"""Track the state of an entity by registry id, across renames and removal."""

from collections.abc import Callable

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event


@callback
def async_entity_id_of(hass: HomeAssistant, registry_id: str) -> str | None:
    """Return the current id of an entity, None if it does not exist."""
    entity = er.async_get(hass).async_get(registry_id)
    return None if entity is None else entity.entity_id


@callback
def async_log_name(hass: HomeAssistant, registry_id: str) -> str:
    """Return what log lines call an entity: its id, or its registry id without one."""
    return async_entity_id_of(hass, registry_id) or registry_id


class EntityStateTracker:
    """Calls back with each state of an entity, the current one first.

    The entity is identified by its registry id. It may be renamed, removed and added
    again.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        registry_id: str,
        on_state: Callable[[State | None], None],
    ) -> None:
        """Call `on_state` with each state; None means that there is no entity or state."""
        self._hass = hass
        self._registry_id = registry_id
        self._on_state = on_state
        self._entity_id: str | None = None
        self._unsub_state: CALLBACK_TYPE | None = None
        self._unsub_registry: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        """Subscribe to the entity and call back with its current state."""
        self._unsub_registry = self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_registry
        )
        self._follow()

    @callback
    def async_close(self) -> None:
        """Unsubscribe."""
        self._unfollow()
        if self._unsub_registry is not None:
            self._unsub_registry()
            self._unsub_registry = None

    @callback
    def _follow(self) -> None:
        self._entity_id = async_entity_id_of(self._hass, self._registry_id)
        if self._entity_id is None:
            self._on_state(None)
            return
        self._unsub_state = async_track_state_change_event(
            self._hass, self._entity_id, self._on_change
        )
        self._on_state(self._hass.states.get(self._entity_id))

    @callback
    def _unfollow(self) -> None:
        if self._unsub_state is not None:
            self._unsub_state()
            self._unsub_state = None

    @callback
    def _on_change(self, event: Event[EventStateChangedData]) -> None:
        self._on_state(event.data["new_state"])

    @callback
    def _on_registry(self, _event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if async_entity_id_of(self._hass, self._registry_id) != self._entity_id:
            self._unfollow()
            self._follow()
