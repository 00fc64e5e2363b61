"""Base classes of the entities: they project the snapshots that the engine publishes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity

from .devices import lock_device, person_device
from .model.credential import LockId, Person, PersonId
from .model.settings import LockSettings
from .model.snapshot import LockSnapshot
from .runtime.site.site import Site


@dataclass(frozen=True, slots=True)
class StateAndAttributes:
    """The state and the extra state attributes of a sensor."""

    value: str | datetime | None
    attributes: Mapping[str, Any] = field(default_factory=dict)


class KeyholderEntity(Entity):
    """An entity of one subentry. It writes its state only when that has changed.

    It is always available: that a lock is unreachable is a known state, and so is the
    last read of its codes.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, site: Site, subentry_id: str, unique_id: str) -> None:
        """Initialize an entity that belongs to a subentry."""
        self.site = site
        self.subentry_id = subentry_id
        self.key = unique_id
        self._attr_unique_id = unique_id

    @override
    async def async_added_to_hass(self) -> None:
        """Set the initial state and subscribe to changes."""
        await super().async_added_to_hass()
        self._update_attrs()
        self.async_on_remove(self._subscribe())

    def _subscribe(self) -> Callable[[], None]:
        """Subscribe `_on_change` to the source of this entity; return unsubscribe."""
        return self.site.signals.subscribe_members(self._on_change)

    @callback
    def _on_change(self) -> None:
        if self._update_attrs():
            self.async_write_ha_state()

    @callback
    def _update_attrs(self) -> bool:
        """Update the state and attributes; return whether they changed."""
        return False


class LockEntity(KeyholderEntity):
    """An entity on the device of a managed lock."""

    def __init__(self, site: Site, settings: LockSettings, key: str) -> None:
        """Initialize an entity of a lock; without a device if the lock has none."""
        super().__init__(site, settings.subentry_id, f"{settings.lock}_{key}")
        self.lock: LockId = settings.lock
        self.device_entry = lock_device(site, settings.lock)

    @property
    def snapshot(self) -> LockSnapshot | None:
        """Return the lock's snapshot, None while its coordinator is set up or closed."""
        coordinator = self.site.locks.get(self.lock)
        return None if coordinator is None else coordinator.data


class PersonEntity(KeyholderEntity):
    """An entity on the device of a person."""

    def __init__(self, site: Site, person: Person, key: str) -> None:
        """Initialize an entity of a person."""
        super().__init__(site, person.subentry_id, f"{person.person_id}_{key}")
        self.person_id: PersonId = person.person_id
        self.device_entry = person_device(site, person)

    @property
    def person(self) -> Person | None:
        """Return the person's current settings, None if they were removed."""
        return self.site.people.get(self.person_id)
