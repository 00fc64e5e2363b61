"""Sensors: codes of a lock, status of a person, their code on one lock, autolock."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import KeyholderConfigEntry
from .dynamic_entities import (
    EntityFactory,
    async_setup_member_entities,
    per_lock,
    per_person,
)
from .entity import (
    AutolockEntity,
    KeyholderEntity,
    LockDeviceEntity,
    PersonDeviceEntity,
    SnapshotEntity,
)
from .model.autolock_timer import TimerEntry
from .model.credential import CredentialRef, Person, PersonStatus
from .model.settings import LockSettings
from .model.slot import SlotState
from .model.snapshot import CredentialsState
from .runtime.site.site import Site
from .runtime.site.subentries import locks_from_entry
from .runtime.site.views import CodeView, LockView, PersonView
from .state_attributes import (
    code_attributes,
    credentials_attributes,
    person_attributes,
)

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class KeyholderSensorDescription[T](SensorEntityDescription):
    """Describes a sensor by functions of the data that it shows."""

    value_fn: Callable[[T], str | datetime | None]
    attributes_fn: Callable[[T], Mapping[str, Any]] = lambda _data: {}


LOCK_SENSORS: tuple[KeyholderSensorDescription[LockView], ...] = (
    KeyholderSensorDescription(
        key="credentials",
        translation_key="credentials",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in CredentialsState],
        value_fn=lambda view: view.snapshot.state,
        attributes_fn=credentials_attributes,
    ),
    KeyholderSensorDescription(
        key="verified_since",
        translation_key="verified_since",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda view: view.snapshot.all_verified_since,
    ),
)

PERSON_SENSORS: tuple[KeyholderSensorDescription[PersonView], ...] = (
    KeyholderSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in PersonStatus],
        value_fn=lambda view: view.codes.status,
        attributes_fn=person_attributes,
    ),
)

CODE_SENSOR: KeyholderSensorDescription[CodeView] = KeyholderSensorDescription(
    key="slot",
    translation_key="slot",
    device_class=SensorDeviceClass.ENUM,
    options=[state.value for state in SlotState],
    value_fn=lambda view: view.state,
    attributes_fn=code_attributes,
)

AUTOLOCK_SENSORS: tuple[KeyholderSensorDescription[TimerEntry | None], ...] = (
    KeyholderSensorDescription(
        key="autolock_at",
        translation_key="autolock_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda entry: None if entry is None else entry.deadline,
        attributes_fn=lambda entry: {
            "duration": None if entry is None else entry.duration.total_seconds(),
            "reason": None if entry is None else entry.reason,
        },
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: KeyholderConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors; add and remove them with the subentries."""
    await async_setup_member_entities(
        entry,
        Platform.SENSOR,
        async_add_entities,
        per_lock(LockSensor, LOCK_SENSORS),
        per_lock(AutolockSensor, AUTOLOCK_SENSORS),
        per_person(PersonSensor, PERSON_SENSORS),
        _code_sensors,
    )


def _code_sensors(site: Site) -> Iterator[EntityFactory]:
    locks = locks_from_entry(site.entry).values()
    for person in site.people.values():
        for settings in locks:
            if person.is_assigned(settings.lock):
                yield person.subentry_id, partial(CodeSensor, site, person, settings)


class _KeyholderSensor[T](KeyholderEntity, SensorEntity):
    """Base of sensors whose state and attributes change together."""

    entity_description: KeyholderSensorDescription[T]
    _last_set: tuple[object, Mapping[str, Any]] | None = None

    @callback
    def _set_data(self, data: T) -> bool:
        """Set state and attributes from the data; return whether they changed."""
        value = self.entity_description.value_fn(data)
        attributes = dict(self.entity_description.attributes_fn(data))
        if (value, attributes) == self._last_set:
            return False
        self._last_set = value, attributes
        self._attr_native_value = value
        self._attr_extra_state_attributes = attributes
        return True


class LockSensor(_KeyholderSensor[LockView], LockDeviceEntity, SnapshotEntity):
    """A sensor on a lock's device."""

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
        self,
        site: Site,
        settings: LockSettings,
        description: KeyholderSensorDescription[LockView],
    ) -> None:
        """Initialize the sensor."""
        super().__init__(site, settings, description)
        self.set_coordinator(settings)

    @callback
    @override
    def _update_attrs(self) -> bool:
        view = self.site.lock_view(self.lock)
        return view is not None and self._set_data(view)


class PersonSensor(_KeyholderSensor[PersonView], PersonDeviceEntity):
    """A sensor on a person's device."""

    _unrecorded_attributes = frozenset(
        {
            "last_used",
            "missing_on",
            "next_change",
            "shown_on",
            "uncounted_locks",
            "uses",
        }
    )

    @override
    def _subscribe(self) -> None:
        super()._subscribe()
        signals = self.site.signals
        self.async_on_remove(
            signals.async_subscribe_person(self.person_id, self._on_change)
        )

    @callback
    @override
    def _update_attrs(self) -> bool:
        view = self.site.person_view(self.person_id)
        return view is not None and self._set_data(view)


class CodeSensor(_KeyholderSensor[CodeView], PersonDeviceEntity, SnapshotEntity):
    """State of a person's code on one lock."""

    _unrecorded_attributes = frozenset({"verified_at"})

    def __init__(self, site: Site, person: Person, settings: LockSettings) -> None:
        """Initialize the sensor; the code may not have a slot yet."""
        super().__init__(site, person, CODE_SENSOR, settings.lock)
        self._attr_translation_placeholders = {"lock": settings.name}
        self.set_coordinator(settings, CredentialRef(person.person_id))

    @callback
    @override
    def _update_attrs(self) -> bool:
        renamed = self._update_lock_name()
        view = self.site.code_view(self.person_id, self.lock)
        return (view is not None and self._set_data(view)) or renamed

    def _update_lock_name(self) -> bool:
        """Update the lock name in the entity name; return whether it changed."""
        placeholders = {"lock": self.coordinator.name}
        if placeholders == self._attr_translation_placeholders:
            return False
        self._attr_translation_placeholders = placeholders
        self.__dict__.pop("name", None)  # cached by Home Assistant
        return True


class AutolockSensor(_KeyholderSensor[TimerEntry | None], AutolockEntity):
    """Timestamp at which autolock is going to lock the door."""

    @callback
    @override
    def _update_attrs(self) -> bool:
        controller = self.autolock.controller(self.lock)
        return self._set_data(None if controller is None else controller.entry)
