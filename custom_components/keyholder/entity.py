"""What every entity of Keyholder is: a projection of what the engine publishes."""

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
from .runtime.site import Site


@dataclass(frozen=True, slots=True)
class StateAndAttributes:
    """A state and its attributes, together."""

    value: str | datetime | None
    attributes: Mapping[str, Any] = field(default_factory=dict)


class KeyholderEntity(Entity):
    """An entity of one subentry. It writes its state only when that has changed.

    It is always available: that a lock is out of reach is something that is known, and
    so is what was last seen of its codes.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, site: Site, subentry_id: str, unique_id: str) -> None:
        """Stand for something that the subentry brought."""
        self.site = site
        self.subentry_id = subentry_id
        self.key = unique_id
        self._attr_unique_id = unique_id

    @override
    async def async_added_to_hass(self) -> None:
        """Take over what is known, then follow it."""
        await super().async_added_to_hass()
        self._update_attrs()
        self.async_on_remove(self._subscribe())

    def _subscribe(self) -> Callable[[], None]:
        """Ask to be told of what this entity shows; return how to stop that."""
        return self.site.signals.subscribe_members(self._on_change)

    @callback
    def _on_change(self) -> None:
        if self._update_attrs():
            self.async_write_ha_state()

    @callback
    def _update_attrs(self) -> bool:
        """Take over what is known now; return whether that shows."""
        return False


class LockEntity(KeyholderEntity):
    """An entity on the lock's own device."""

    def __init__(self, site: Site, settings: LockSettings, key: str) -> None:
        """Stand for a managed lock; a lock whose device is gone has it without one."""
        super().__init__(site, settings.subentry_id, f"{settings.lock}_{key}")
        self.lock: LockId = settings.lock
        self.device_entry = lock_device(site, settings.lock)

    @property
    def snapshot(self) -> LockSnapshot | None:
        """Return what is known of the lock, None while it is being opened or closed."""
        coordinator = self.site.locks.get(self.lock)
        return None if coordinator is None else coordinator.data


class PersonEntity(KeyholderEntity):
    """An entity on the device of a person."""

    def __init__(self, site: Site, person: Person, key: str) -> None:
        """Stand for a person, or for a part of what they hold."""
        super().__init__(site, person.subentry_id, f"{person.person_id}_{key}")
        self.person_id: PersonId = person.person_id
        self.device_entry = person_device(site, person)

    @property
    def person(self) -> Person | None:
        """Return the person as they are set up now, None if they were removed."""
        return self.site.people.get(self.person_id)
