"""Reference to a lock entity by the id of its entry in the entity registry.

Entities are renamed and config entries reload; only this id stays the same.
"""

from dataclasses import replace

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..model.provider_io import LockAddress
from .base import AddressChangedError


class EntityReference:
    """Resolves a lock entity, and the config entry that owns it, anew for every call."""

    def __init__(self, hass: HomeAssistant, registry_id: str) -> None:
        """Keep the id of the lock's entry in the entity registry."""
        self._hass = hass
        self._registry_id = registry_id
        self.accepted_address: LockAddress | None = None
        """The only address that the lock may have; None: any."""
        self.changed_address: LockAddress | None = None
        """Where the lock was found instead, when it was last resolved."""

    def __str__(self) -> str:
        """Return the name of the lock for logs."""
        return self.entity_id or self._registry_id

    @property
    def entity_id(self) -> str | None:
        """Return the current entity id of the lock, None if the entity is removed."""
        lock = self._lock()
        return None if lock is None else lock.entity_id

    def is_from_entry(self, entry: ConfigEntry) -> bool:
        """Return whether the lock entity belongs to this config entry."""
        lock = self._lock()
        return lock is not None and lock.config_entry_id == entry.entry_id

    def check_address(self, found: LockAddress) -> None:
        """Raise AddressChangedError if this is another address than the accepted one.

        Called whenever the lock is resolved, before anything is sent to what was found.
        """
        accepted = self.accepted_address
        if accepted is None or replace(found, endpoint=accepted.endpoint) == accepted:
            self.changed_address = None
            return
        self.changed_address = found
        raise AddressChangedError(found)

    def _lock(self) -> er.RegistryEntry | None:
        return er.async_get(self._hass).entities.get_entry(self._registry_id)

    def _loaded_entry(self) -> ConfigEntry | None:
        """Return the config entry that owns the lock, None while it is not loaded."""
        lock = self._lock()
        if lock is None or lock.config_entry_id is None:
            return None
        entry = self._hass.config_entries.async_get_entry(lock.config_entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return entry
