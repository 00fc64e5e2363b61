"""The way from a lock entity to its node, found anew for every call.

Nodes become new objects when their driver or Home Assistant's entry for it starts anew.
"""

from contextlib import suppress
from typing import Final

from homeassistant.components.zwave_js.helpers import async_get_node_from_device_id
from zwave_js_server.const import CommandClass, NodeStatus
from zwave_js_server.model.endpoint import Endpoint
from zwave_js_server.model.node import Node

from ..base import LockUnreachableError
from ..entity_link import EntityReference

_CODES: Final = frozenset({CommandClass.USER_CODE, 0x83})
"""User Code CC and User Credential CC, which the library has no name for."""


class ZwaveLockReference(EntityReference):
    """Finds the node of one lock."""

    def node(self) -> Node:
        """Return the node as it is now; LockUnreachable if there is no way to it.

        A node that is thought dead is returned: only trying can bring it back.
        """
        lock = self._lock()
        if lock is None or lock.device_id is None:
            raise LockUnreachableError("the lock entity is gone")
        # A ValueError: the entry is not loaded, its driver not ready, the node unknown
        with suppress(ValueError):
            return async_get_node_from_device_id(self._hass, lock.device_id)
        raise LockUnreachableError("the Z-Wave network is not connected")

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
        except LockUnreachableError:
            return None
        return node if node.ready and node.status is not NodeStatus.DEAD else None
