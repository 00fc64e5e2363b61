"""Numbers of a lock: autolock durations by day and by night."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, Platform, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_DAY, CONF_NIGHT
from .data import KeyholderConfigEntry
from .dynamic_entities import async_setup_member_entities, per_lock
from .entity import AutolockEntity
from .model.autolock import MAX_DURATION, MIN_DURATION, AutolockConfig

PARALLEL_UPDATES = 0

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class DurationDescription(NumberEntityDescription):
    """Describes an autolock duration; `option` is its key in the stored options."""

    option: str
    duration_fn: Callable[[AutolockConfig], timedelta]


DURATIONS = (
    DurationDescription(
        key="autolock_day",
        translation_key="autolock_day",
        option=CONF_DAY,
        duration_fn=lambda rules: rules.day,
    ),
    DurationDescription(
        key="autolock_night",
        translation_key="autolock_night",
        option=CONF_NIGHT,
        duration_fn=lambda rules: rules.night,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: KeyholderConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers; add and remove them with the subentries."""
    plan = per_lock(DurationNumber, DURATIONS)
    await async_setup_member_entities(entry, Platform.NUMBER, async_add_entities, plan)


class DurationNumber(AutolockEntity, NumberEntity):
    """Minutes until an unlocked door is locked; a change applies from the next unlock."""

    entity_description: DurationDescription
    _attr_device_class = NumberDeviceClass.DURATION
    _attr_entity_category = EntityCategory.CONFIG
    _attr_mode = NumberMode.BOX
    _attr_native_min_value = MIN_DURATION / _MINUTE
    _attr_native_max_value = MAX_DURATION / _MINUTE
    _attr_native_step = 1
    _attr_native_unit_of_measurement = UnitOfTime.MINUTES

    @callback
    @override
    def _update_attrs(self) -> bool:
        before = self._attr_native_value
        duration = self.entity_description.duration_fn(self.config)
        self._attr_native_value = round(duration / _MINUTE)
        return self._attr_native_value != before

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Store the duration, in minutes."""
        await self.async_change_config(**{self.entity_description.option: round(value)})
