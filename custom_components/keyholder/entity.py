"""Base classes of the entities: they project the snapshots that the engine publishes."""

import logging
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import (
    CoordinatorEntity,
    DataUpdateCoordinator,
)

from .autolock_manager import AutolockManager
from .devices import lock_device, person_device
from .model.autolock import AutolockConfig
from .model.credential import CredentialRef, LockId, Person, PersonId
from .model.settings import LockSettings
from .model.snapshot import LockSnapshot
from .runtime.site.autolock_serialization import subentry_data_with_autolock
from .runtime.site.site import Site

_LOGGER: Final = logging.getLogger(__name__)


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
        self._attr_unique_id = unique_id

    @override
    async def async_added_to_hass(self) -> None:
        """Set the initial state and subscribe to changes."""
        await super().async_added_to_hass()
        self._update_attrs()
        self._subscribe()

    def _subscribe(self) -> None:
        """Subscribe to the source of this entity until it is removed."""
        self.async_on_remove(self.site.signals.async_subscribe_members(self._on_change))

    @callback
    def _on_change(self) -> None:
        """Write the state if it changed."""
        if self._update_attrs():
            self.async_write_ha_state()

    @callback
    def _update_attrs(self) -> bool:
        """Update the state and attributes; return whether they changed."""
        return False


class LockDeviceEntity(KeyholderEntity):
    """An entity on the device of a managed lock."""

    def __init__(
        self, site: Site, settings: LockSettings, description: EntityDescription
    ) -> None:
        """Initialize an entity of a lock; without a device if the lock has none."""
        super().__init__(
            site, settings.subentry_id, f"{settings.lock}_{description.key}"
        )
        self.entity_description = description
        self.lock: LockId = settings.lock
        self.device_entry = lock_device(site, settings.lock)


class SnapshotEntity(
    CoordinatorEntity[DataUpdateCoordinator[LockSnapshot]], KeyholderEntity
):
    """An entity that shows data of a lock's coordinator.

    A lock whose settings change gets another coordinator, which the entity then follows.
    A lock that could not be set up has none: a coordinator without data stands for it.
    """

    lock: LockId
    _stop_following: CALLBACK_TYPE | None = None

    def __init__(self, site: Site, subentry_id: str, unique_id: str) -> None:
        """Initialize the entity; its subclass then sets the coordinator."""
        KeyholderEntity.__init__(self, site, subentry_id, unique_id)

    def set_coordinator(
        self, settings: LockSettings, context: CredentialRef | None = None
    ) -> None:
        """Show the data of the lock's coordinator.

        With a credential as `context` it is updated when that credential changes only.
        """
        self.lock = settings.lock
        site = self.site
        coordinator = site.locks.get(settings.lock) or DataUpdateCoordinator[
            LockSnapshot
        ](site.hass, _LOGGER, config_entry=site.entry, name=settings.name)
        super().__init__(coordinator, context)

    @override
    async def async_added_to_hass(self) -> None:
        """Set the initial state and subscribe to the lock's coordinator."""
        # the lock may have been set up again since the entity was created
        self.coordinator = self.site.locks.get(self.lock) or self.coordinator
        await super().async_added_to_hass()

    @override
    async def async_update(self) -> None:
        """Do nothing: the lock reports its changes, and `verify` reads it."""

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Stop following a coordinator that has replaced the first one."""
        await super().async_will_remove_from_hass()
        if self._stop_following is not None:
            self._stop_following()

    @callback
    @override
    def _on_change(self) -> None:
        coordinator = self.site.locks.get(self.lock)
        if coordinator is not None and coordinator is not self.coordinator:
            if self._stop_following is not None:
                self._stop_following()
            self.coordinator = coordinator
            self._stop_following = coordinator.async_add_listener(
                self._handle_coordinator_update, self.coordinator_context
            )
        super()._on_change()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._on_change()


class PersonDeviceEntity(KeyholderEntity):
    """An entity on the device of a person."""

    def __init__(
        self,
        site: Site,
        person: Person,
        description: EntityDescription,
        lock: LockId | None = None,
    ) -> None:
        """Initialize an entity of a person, or of their code on one lock."""
        parts = (person.person_id, lock, description.key)
        unique_id = "_".join(part for part in parts if part is not None)
        super().__init__(site, person.subentry_id, unique_id)
        self.entity_description = description
        self.person_id: PersonId = person.person_id
        self.device_entry = person_device(site, person)

    @property
    def person(self) -> Person | None:
        """Return the person's current settings, None if they were removed."""
        return self.site.people.get(self.person_id)


class AutolockEntity(LockDeviceEntity):
    """Base of entities on a lock's device that represent or change its autolock."""

    @property
    def autolock(self) -> AutolockManager:
        """Return the autolock manager of the site."""
        manager: AutolockManager = self.site.entry.runtime_data.autolock
        return manager

    @property
    def config(self) -> AutolockConfig:
        """Return the lock's current autolock configuration."""
        return self.autolock.config(self.lock)

    @override
    def _subscribe(self) -> None:
        self.async_on_remove(self.autolock.async_listen(self.lock, self._on_change))

    async def async_change_config(self, **changes: Any) -> None:
        """Store changed options in the lock's subentry and apply them at once."""
        subentry = self.site.entry.subentries[self.subentry_id]
        self.hass.config_entries.async_update_subentry(
            self.site.entry,
            subentry,
            data=subentry_data_with_autolock(subentry, **changes),
        )
        # not left to the update listener alone: the caller expects the new state
        await self.autolock.async_sync()
