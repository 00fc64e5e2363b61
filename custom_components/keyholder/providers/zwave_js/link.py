"""Resolve a lock entity to its Z-Wave node and endpoint, anew for every call.

Node objects are replaced when the driver, or Home Assistant's config entry for it,
starts anew.
"""

from contextlib import suppress
from typing import Final

from homeassistant.components.zwave_js.helpers import async_get_node_from_device_id
from zwave_js_server.const import CommandClass, NodeStatus
from zwave_js_server.model.endpoint import Endpoint
from zwave_js_server.model.node import Node

from ..base import LockUnreachableError
from ..entity_reference import EntityReference

_CODES: Final = frozenset({CommandClass.USER_CODE, 0x83})
"""User Code CC, and User Credential CC, which the library has no name for."""


class ZwaveLockReference(EntityReference):
    """Resolves one lock to its node and endpoint."""

    def node(self) -> Node:
        """Return the current node of the lock.

        Raises LockUnreachableError if there is none. A node whose status is dead is
        returned too: only a command can bring it back.
        """
        lock = self._lock()
        if lock is None or lock.device_id is None:
            raise LockUnreachableError("the lock entity is removed")
        # ValueError: the entry is not loaded, its driver not ready, the node unknown
        with suppress(ValueError):
            return async_get_node_from_device_id(self._hass, lock.device_id)
        raise LockUnreachableError("the Z-Wave network is not connected")

    def endpoint(self) -> Endpoint:
        """Return the first endpoint that supports codes; the root endpoint if none does."""
        node = self.node()
        for index in sorted(node.endpoints):
            endpoint = node.endpoints[index]
            if any(info.id in _CODES for info in endpoint.command_classes):
                return endpoint
        return node.endpoints[0]

    def open_node(self) -> Node | None:
        """Return the node if it is ready and not dead, else None."""
        try:
            node = self.node()
        except LockUnreachableError:
            return None
        return node if node.ready and node.status is not NodeStatus.DEAD else None
