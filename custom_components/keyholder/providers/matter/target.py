"""Target of a Matter lock: its endpoint, and the client of its server."""

from dataclasses import dataclass

from matter_server.client import MatterClient
from matter_server.client.models.node import MatterEndpoint, MatterNode

from ...model.provider_io import LockAddress


@dataclass(frozen=True, slots=True)
class MatterTarget:
    """The client and endpoint through which a lock is reached now."""

    client: MatterClient
    endpoint: MatterEndpoint

    @property
    def node(self) -> MatterNode:
        """Return the node of the lock."""
        return self.endpoint.node

    @property
    def lock_address(self) -> LockAddress:
        """Return the node, with the id of its fabric, and the endpoint of the lock."""
        server = self.client.server_info
        fabric = None if server is None else server.compressed_fabric_id
        return LockAddress(
            f"{fabric}-{self.node.node_id}", str(self.endpoint.endpoint_id)
        )

    @property
    def is_reachable(self) -> bool:
        """Return whether the server is connected and the node available."""
        return bool(self.client.connection.connected and self.node.available)
