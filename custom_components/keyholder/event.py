"""Event entities: access events of a lock, and uses of a person's code."""

from abc import abstractmethod
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import KeyholderConfigEntry
from .dynamic_entities import async_setup_member_entities, per_lock, per_person
from .entity import KeyholderEntity, LockDeviceEntity, PersonDeviceEntity
from .model.access import AccessEvent, AccessType

PARALLEL_UPDATES = 0

ACCESS_DESCRIPTION = EventEntityDescription(
    key="access",
    translation_key="access",
    event_types=[each.value for each in AccessType],
)

USED_DESCRIPTION = EventEntityDescription(
    key="used",
    translation_key="used",
    event_types=[AccessType.UNLOCKED.value, AccessType.LOCKED.value],
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: KeyholderConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entities; add and remove them with the subentries."""
    await async_setup_member_entities(
        entry,
        Platform.EVENT,
        async_add_entities,
        per_lock(AccessEventEntity, (ACCESS_DESCRIPTION,)),
        per_person(UsedEventEntity, (USED_DESCRIPTION,)),
    )


class _AccessEventEntity(KeyholderEntity, EventEntity):
    """Fires new access events. A restored event is kept as state and not fired again.

    Late history is ignored: automations take every state write as a new event.
    """

    @override
    def _subscribe(self) -> None:
        self.async_on_remove(self.site.access_log.async_listen(self._on_logged))

    @callback
    def _on_logged(self, event: AccessEvent) -> None:
        if not event.is_historic:
            self._on_access(event)

    @callback
    @abstractmethod
    def _on_access(self, event: AccessEvent) -> None:
        """Fire the event if it belongs to this entity."""


class AccessEventEntity(_AccessEventEntity, LockDeviceEntity):
    """Access events at one lock, by any person or none."""

    @callback
    @override
    def _on_access(self, event: AccessEvent) -> None:
        if event.lock == self.lock:
            attributes = {
                "person": event.name,
                "method": event.method,
                "slot": event.slot,
            }
            if event.reason is not None:
                attributes["reason"] = event.reason
            if event.message is not None:
                attributes["message"] = event.message
            if (name := self.site.digits_of(event)) is not None:
                attributes["digits_of"] = name
            self._trigger_event(event.type, attributes)
            self.async_write_ha_state()


class UsedEventEntity(_AccessEventEntity, PersonDeviceEntity):
    """Uses of one person's code, at any lock."""

    @callback
    @override
    def _on_access(self, event: AccessEvent) -> None:
        if event.person == self.person_id and event.type in self.event_types:
            lock = self.site.locks.get(event.lock)
            self._trigger_event(
                event.type,
                {
                    "lock": None if lock is None else lock.name,
                    "method": event.method,
                    "slot": event.slot,
                },
            )
            self.async_write_ha_state()
