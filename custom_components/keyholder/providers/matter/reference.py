"""Resolve a lock entity to its Matter endpoint, anew for every call.

Node objects are replaced when a server reconnects. There may be several servers: the
lock is searched only on that of the config entry that owns its entity.
"""

from homeassistant.components.matter.helpers import get_device_id
from matter_server.client import MatterClient

from ..base import LockUnreachableError
from ..entity_reference import EntityReference
from .client import DoorLock
from .target import MatterTarget


class MatterLockReference(EntityReference):
    """Resolves one lock to its endpoint."""

    def client(self) -> MatterClient | None:
        """Return the client of the lock's Matter server, None while its entry is not loaded."""
        entry = self._loaded_entry()
        if entry is None:
            return None
        client: MatterClient = entry.runtime_data.adapter.matter_client
        return client

    def resolve(self) -> MatterTarget:
        """Return the current target; LockUnreachableError if there is none.

        An unavailable node is returned too: only a command can bring it back.
        """
        lock = self._lock()
        if lock is None:
            raise LockUnreachableError("the lock entity is removed")
        client = self.client()
        info = None if client is None else client.server_info
        if client is None or info is None:
            raise LockUnreachableError("the Matter server is not connected")
        for node in client.get_nodes():
            for endpoint in node.endpoints.values():
                if not endpoint.has_cluster(DoorLock):
                    continue
                # An entity's unique id begins with those of its device and endpoint
                begin = f"{get_device_id(info, endpoint)}-{endpoint.endpoint_id}-"
                if lock.unique_id.startswith(begin):
                    target = MatterTarget(client, endpoint)
                    self.check_address(target.lock_address)
                    return target
        raise LockUnreachableError("the Matter server does not know the lock")

    def is_reachable(self) -> bool:
        """Return whether the lock is reachable, as far as is known."""
        try:
            return self.resolve().is_reachable
        except LockUnreachableError:
            return False
