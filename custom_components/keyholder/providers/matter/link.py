"""The way from a lock entity to its endpoint, found anew for every call.

Entities get renamed, entries reload and nodes become new objects; only the id of the
entity's registry entry stays. There may be several Matter servers: the lock is looked
for behind the config entry that owns its entity, and nowhere else.
"""

from dataclasses import dataclass

from homeassistant.components.matter.helpers import get_device_id
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from matter_server.client import MatterClient
from matter_server.client.models.node import MatterEndpoint, MatterNode

from ..base import LockUnreachable
from .library import DoorLock


@dataclass(frozen=True, slots=True)
class Way:
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


class LockLink:
    """Finds the endpoint of one lock."""

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

    def client(self) -> MatterClient | None:
        """Return the client of the Matter server behind the lock, None while it is away."""
        lock = self._lock()
        if lock is None or lock.config_entry_id is None:
            return None
        entry = self._hass.config_entries.async_get_entry(lock.config_entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        client: MatterClient = entry.runtime_data.adapter.matter_client
        return client

    def way(self) -> Way:
        """Return the way as it is now; LockUnreachable if there is none.

        Also to a node that is thought unavailable: only trying can bring it back.
        """
        lock = self._lock()
        if lock is None:
            raise LockUnreachable("the lock entity is gone")
        client = self.client()
        info = None if client is None else client.server_info
        if client is None or info is None:
            raise LockUnreachable("the Matter server is not connected")
        for node in client.get_nodes():
            for endpoint in node.endpoints.values():
                if not endpoint.has_cluster(DoorLock):
                    continue
                # An entity's unique id begins with its device's and its endpoint's
                begin = f"{get_device_id(info, endpoint)}-{endpoint.endpoint_id}-"
                if lock.unique_id.startswith(begin):
                    return Way(client, endpoint)
        raise LockUnreachable("the Matter server does not know the lock")

    def is_open(self) -> bool:
        """Return whether the lock can be spoken to, as far as is known."""
        try:
            return self.way().is_open
        except LockUnreachable:
            return False

    def _lock(self) -> er.RegistryEntry | None:
        return er.async_get(self._hass).entities.get_entry(self._registry_id)
