"""Binary sensors of a lock: whether it has a problem."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import KeyholderConfigEntry
from .dynamic_entities import async_setup_member_entities, per_lock
from .entity import LockDeviceEntity, SnapshotEntity
from .model.settings import LockSettings
from .model.snapshot import LockSnapshot
from .runtime.site.site import Site

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LockBinarySensorDescription(BinarySensorEntityDescription):
    """Describes a binary sensor on a lock's device."""

    is_on_fn: Callable[[LockSnapshot], bool]


LOCK_BINARY_SENSORS = (
    LockBinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda snapshot: snapshot.has_problem,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: KeyholderConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors; add and remove them with the subentries."""
    plan = per_lock(LockBinarySensor, LOCK_BINARY_SENSORS)
    await async_setup_member_entities(
        entry, Platform.BINARY_SENSOR, async_add_entities, plan
    )


class LockBinarySensor(LockDeviceEntity, SnapshotEntity, BinarySensorEntity):
    """A binary sensor on a lock's device."""

    entity_description: LockBinarySensorDescription

    def __init__(
        self,
        site: Site,
        settings: LockSettings,
        description: LockBinarySensorDescription,
    ) -> None:
        """Initialize the binary sensor."""
        super().__init__(site, settings, description)
        self.set_coordinator(settings)

    @callback
    @override
    def _update_attrs(self) -> bool:
        view = self.site.lock_view(self.lock)
        if view is None:
            return False
        before = self._attr_is_on
        self._attr_is_on = self.entity_description.is_on_fn(view.snapshot)
        return self._attr_is_on is not before
