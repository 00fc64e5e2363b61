"""Target of a Z-Wave lock: its node, and the endpoint that has its codes."""

from dataclasses import dataclass
from typing import Final

from zwave_js_server.const import CommandClass, NodeStatus
from zwave_js_server.model.endpoint import Endpoint
from zwave_js_server.model.node import Node

from ...model.provider_io import LockAddress
from ..base import LockUnreachableError

_CODES: Final = frozenset({CommandClass.USER_CODE, 0x83})
"""User Code CC, and User Credential CC, which the library has no name for."""


@dataclass(frozen=True, slots=True)
class ZwaveTarget:
    """The node through which a lock is reached now."""

    node: Node

    @property
    def endpoint(self) -> Endpoint:
        """Return the first endpoint that supports codes; the root endpoint if none does."""
        for index in sorted(self.node.endpoints):
            endpoint = self.node.endpoints[index]
            if any(info.id in _CODES for info in endpoint.command_classes):
                return endpoint
        return self.node.endpoints[0]

    @property
    def lock_address(self) -> LockAddress:
        """Return the node, with the id of its network, and the endpoint of the codes.

        Raises LockUnreachableError while the driver is not ready.
        """
        driver = self.node.client.driver
        if driver is None:
            raise LockUnreachableError("the Z-Wave driver is not ready")
        home = driver.controller.home_id
        return LockAddress(f"{home}-{self.node.node_id}", str(self.endpoint.index))

    @property
    def is_reachable(self) -> bool:
        """Return whether the node is ready and not dead."""
        return bool(self.node.ready and self.node.status is not NodeStatus.DEAD)
