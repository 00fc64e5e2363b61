"""The way from a lock entity to its endpoint, found anew for every call.

Nodes become new objects when a server connects again. There may be several servers: the
lock is looked for behind the config entry that owns its entity, and nowhere else.
"""

from dataclasses import dataclass

from homeassistant.components.matter.helpers import get_device_id
from matter_server.client import MatterClient
from matter_server.client.models.node import MatterEndpoint, MatterNode

from ..base import LockUnreachableError
from ..entity_link import EntityReference
from .library import DoorLock


@dataclass(frozen=True, slots=True)
class MatterTarget:
    """A lock as it can be reached now."""

    client: MatterClient
    endpoint: MatterEndpoint

    @property
    def node(self) -> MatterNode:
        """Return the node that the lock is on."""
        return self.endpoint.node

    @property
    def is_open(self) -> bool:
        """Return whether the lock can be spoken to, as far as the server knows."""
        return bool(self.client.connection.connected and self.node.available)


class MatterLockReference(EntityReference):
    """Finds the endpoint of one lock."""

    def client(self) -> MatterClient | None:
        """Return the client of the Matter server behind the lock, None while it is away."""
        entry = self._loaded_entry()
        if entry is None:
            return None
        client: MatterClient = entry.runtime_data.adapter.matter_client
        return client

    def resolve(self) -> MatterTarget:
        """Return the way as it is now; LockUnreachable if there is none.

        Also to a node that is thought unavailable: only trying can bring it back.
        """
        lock = self._lock()
        if lock is None:
            raise LockUnreachableError("the lock entity is gone")
        client = self.client()
        info = None if client is None else client.server_info
        if client is None or info is None:
            raise LockUnreachableError("the Matter server is not connected")
        for node in client.get_nodes():
            for endpoint in node.endpoints.values():
                if not endpoint.has_cluster(DoorLock):
                    continue
                # An entity's unique id begins with its device's and its endpoint's
                begin = f"{get_device_id(info, endpoint)}-{endpoint.endpoint_id}-"
                if lock.unique_id.startswith(begin):
                    return MatterTarget(client, endpoint)
        raise LockUnreachableError("the Matter server does not know the lock")

    def is_open(self) -> bool:
        """Return whether the lock can be spoken to, as far as is known."""
        try:
            return self.resolve().is_open
        except LockUnreachableError:
            return False
