"""Sensors: codes of a lock, status of a person, their code on one lock, autolock."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .autolock_entity import AutolockEntity
from .data import KeyholderConfigEntry
from .dynamic_entities import EntityFactory, async_setup_member_entities
from .entity import (
    KeyholderEntity,
    LockEntity,
    PersonEntity,
    SnapshotEntity,
    StateAndAttributes,
)
from .model.credential import CredentialRef, Person
from .model.person_status import PersonStatus
from .model.settings import LockSettings
from .model.slot import SlotState
from .model.snapshot import CredentialsState, LockSnapshot
from .runtime.site.site import Site
from .runtime.site.subentries import locks_from_entry
from .state_attributes import (
    credentials_value,
    person_value,
    slot_value,
    unassigned_value,
)

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LockSensorDescription(SensorEntityDescription):
    """Describes a sensor on a lock's device."""

    value_fn: Callable[[LockSnapshot, Site], StateAndAttributes]


@dataclass(frozen=True, kw_only=True)
class PersonSensorDescription(SensorEntityDescription):
    """Describes a sensor on a person's device."""

    value_fn: Callable[[Person, Site], StateAndAttributes]


LOCK_SENSORS = (
    LockSensorDescription(
        key="credentials",
        translation_key="credentials",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in CredentialsState],
        value_fn=lambda snapshot, site: credentials_value(snapshot, site.people),
    ),
    LockSensorDescription(
        key="verified_since",
        translation_key="verified_since",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda snapshot, _site: StateAndAttributes(
            snapshot.all_verified_since
        ),
    ),
)

PERSON_SENSORS = (
    PersonSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in PersonStatus],
        value_fn=lambda person, site: person_value(
            person,
            site.status(person),
            site.rules.result(person),
            site.counters.usage(person.person_id),
        ),
    ),
)

SLOT_SENSOR = SensorEntityDescription(
    key="slot",
    translation_key="slot",
    device_class=SensorDeviceClass.ENUM,
    options=[state.value for state in SlotState],
)

AUTOLOCK_AT = SensorEntityDescription(
    key="autolock_at",
    translation_key="autolock_at",
    device_class=SensorDeviceClass.TIMESTAMP,
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: KeyholderConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors; add and remove them with the subentries."""
    await async_setup_member_entities(entry, Platform.SENSOR, async_add_entities, _plan)


def _plan(site: Site) -> Iterator[EntityFactory]:
    locks = locks_from_entry(site.entry)
    for settings in locks.values():
        for description in LOCK_SENSORS:
            yield settings.subentry_id, partial(LockSensor, site, settings, description)
        yield settings.subentry_id, partial(AutolockSensor, site, settings)
    for person in site.people.values():
        for person_description in PERSON_SENSORS:
            yield (
                person.subentry_id,
                partial(PersonSensor, site, person, person_description),
            )
        for settings in locks.values():
            if person.is_assigned(settings.lock):
                yield person.subentry_id, partial(SlotSensor, site, person, settings)


class _AttributeSensor(KeyholderEntity, SensorEntity):
    """Base of sensors whose state and attributes change together."""

    _last_value: StateAndAttributes | None = None

    @callback
    @override
    def _update_attrs(self) -> bool:
        value = self._get_value()
        if value is None or value == self._last_value:
            return False
        self._last_value = value
        self._attr_native_value = value.value
        self._attr_extra_state_attributes = dict(value.attributes)
        return True

    @abstractmethod
    def _get_value(self) -> StateAndAttributes | None:
        """Return the current state and attributes; None leaves them unchanged."""


class LockSensor(_AttributeSensor, LockEntity, SnapshotEntity):
    """A sensor on a lock's device."""

    entity_description: LockSensorDescription
    _unrecorded_attributes = frozenset(
        {
            "accepted",
            "capabilities",
            "in_sync",
            "leaving",
            "out_of_sync",
            "reachable",
            "suspended",
            "syncing",
            "total",
            "unknown",
            "waiting",
        }
    )

    def __init__(
        self, site: Site, settings: LockSettings, description: LockSensorDescription
    ) -> None:
        """Initialize the sensor."""
        super().__init__(site, settings, description.key)
        self.entity_description = description
        self.set_coordinator(settings)

    @override
    def _get_value(self) -> StateAndAttributes | None:
        snapshot = self.snapshot
        if snapshot is None:
            return None
        return self.entity_description.value_fn(snapshot, self.site)


class PersonSensor(_AttributeSensor, PersonEntity):
    """A sensor on a person's device."""

    entity_description: PersonSensorDescription
    _unrecorded_attributes = frozenset({"last_used", "next_change", "uses"})

    def __init__(
        self, site: Site, person: Person, description: PersonSensorDescription
    ) -> None:
        """Initialize the sensor."""
        super().__init__(site, person, description.key)
        self.entity_description = description

    @override
    def _subscribe(self) -> None:
        super()._subscribe()
        signals = self.site.signals
        self.async_on_remove(signals.subscribe_person(self.person_id, self._on_change))

    @override
    def _get_value(self) -> StateAndAttributes | None:
        person = self.person
        if person is None:
            return None
        return self.entity_description.value_fn(person, self.site)


class SlotSensor(_AttributeSensor, PersonEntity, SnapshotEntity):
    """State of a person's code on one lock."""

    entity_description = SLOT_SENSOR
    _unrecorded_attributes = frozenset({"verified_at"})

    def __init__(self, site: Site, person: Person, settings: LockSettings) -> None:
        """Initialize the sensor; the code may not have a slot yet."""
        super().__init__(site, person, f"{settings.lock}_{SLOT_SENSOR.key}")
        self._credential = CredentialRef(person.person_id)
        self._attr_translation_placeholders = {"lock": settings.name}
        self.set_coordinator(settings, self._credential)

    @callback
    @override
    def _update_attrs(self) -> bool:
        return self._update_lock_name() | super()._update_attrs()

    def _update_lock_name(self) -> bool:
        """Update the lock name in the entity name; return whether it changed."""
        placeholders = {"lock": self.coordinator.name}
        if placeholders == self._attr_translation_placeholders:
            return False
        self._attr_translation_placeholders = placeholders
        self.__dict__.pop("name", None)  # cached by Home Assistant
        return True

    @override
    def _get_value(self) -> StateAndAttributes | None:
        snapshot, person = self.snapshot, self.person
        if snapshot is None or person is None:
            return None
        view = snapshot.slot_of(self._credential)
        enforced_by = self.site.enforced_by(person, self.lock)
        if view is not None:
            return slot_value(view, enforced_by)
        return unassigned_value(
            self.site.desired(person, self.lock),
            snapshot.unassigned.get(self._credential),
            enforced_by,
            has_pin=self.site.has_pin(person),
        )


class AutolockSensor(_AttributeSensor, AutolockEntity):
    """Timestamp at which autolock is going to lock the door."""

    entity_description = AUTOLOCK_AT

    def __init__(self, site: Site, settings: LockSettings) -> None:
        """Initialize the sensor."""
        super().__init__(site, settings, AUTOLOCK_AT.key)

    @override
    def _get_value(self) -> StateAndAttributes | None:
        controller = self.autolock.controller(self.lock)
        entry = None if controller is None else controller.entry
        if entry is None:
            return StateAndAttributes(None, {"duration": None, "reason": None})
        return StateAndAttributes(
            entry.deadline,
            {"duration": entry.duration.total_seconds(), "reason": entry.reason},
        )
