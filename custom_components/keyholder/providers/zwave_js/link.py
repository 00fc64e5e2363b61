"""The way from a lock entity to its node, found anew for every call.

Entities get renamed, entries reload and nodes become new objects; only the id of the
entity's registry entry stays.
"""

from contextlib import suppress
from typing import Final

from homeassistant.components.zwave_js.helpers import async_get_node_from_device_id
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from zwave_js_server.const import CommandClass, NodeStatus
from zwave_js_server.model.endpoint import Endpoint
from zwave_js_server.model.node import Node

from ..base import LockUnreachable

_CODES: Final = frozenset({CommandClass.USER_CODE, 0x83})
"""User Code CC and User Credential CC, which the library has no name for."""


class LockLink:
    """Finds the node of one lock."""

    def __init__(self, hass: HomeAssistant, registry_id: str) -> None:
        """Keep the id of the lock's registry entry."""
        self._hass = hass
        self._registry_id = registry_id

    def __str__(self) -> str:
        """Return how the lock is called in logs."""
        lock = self._lock()
        return self._registry_id if lock is None else lock.entity_id

    def owns(self, entry: ConfigEntry) -> bool:
        """Return whether the lock is reached through this config entry."""
        lock = self._lock()
        return lock is not None and lock.config_entry_id == entry.entry_id

    def node(self) -> Node:
        """Return the node as it is now; LockUnreachable if there is no way to it.

        A node that is thought dead is returned: only trying can bring it back.
        """
        lock = self._lock()
        if lock is None or lock.device_id is None:
            raise LockUnreachable("the lock entity is gone")
        # A ValueError: the entry is not loaded, its driver not ready, the node unknown
        with suppress(ValueError):
            return async_get_node_from_device_id(self._hass, lock.device_id)
        raise LockUnreachable("the Z-Wave network is not connected")

    def endpoint(self) -> Endpoint:
        """Return the endpoint that keeps the codes; the root if none says so."""
        node = self.node()
        for index in sorted(node.endpoints):
            endpoint = node.endpoints[index]
            if any(info.id in _CODES for info in endpoint.command_classes):
                return endpoint
        return node.endpoints[0]

    def open_node(self) -> Node | None:
        """Return the node if it can be spoken to, as far as is known."""
        try:
            node = self.node()
        except LockUnreachable:
            return None
        return node if node.ready and node.status is not NodeStatus.DEAD else None

    def _lock(self) -> er.RegistryEntry | None:
        return er.async_get(self._hass).entities.get_entry(self._registry_id)
