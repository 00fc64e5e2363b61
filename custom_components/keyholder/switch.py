"""Switches: enable a person's codes, and the autolock options of a lock."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import CONF_ENABLED, EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .autolock.lock_code import async_needs_code
from .const import CONF_LOCK_WHEN_CLOSED, DOMAIN
from .data import KeyholderConfigEntry
from .dynamic_entities import async_setup_member_entities, per_lock, per_person
from .entity import AutolockEntity, PersonDeviceEntity
from .model.autolock import AutolockConfig
from .runtime.site.subentries import is_being_removed

PARALLEL_UPDATES = 0

# of the category config: voice assistants do not see them, and "turn off" for an area,
# floor or label leaves them alone, unless somebody names them
ENABLED = SwitchEntityDescription(
    key=CONF_ENABLED,
    translation_key="enabled",
    entity_category=EntityCategory.CONFIG,
)


@dataclass(frozen=True, kw_only=True)
class AutolockDescription(SwitchEntityDescription):
    """Describes an autolock switch; `option` is its key in the stored options."""

    option: str
    is_on_fn: Callable[[AutolockConfig], bool]


AUTOLOCK = (
    AutolockDescription(
        key="autolock",
        translation_key="autolock",
        entity_category=EntityCategory.CONFIG,
        option=CONF_ENABLED,
        is_on_fn=lambda rules: rules.enabled,
    ),
    AutolockDescription(
        key="lock_when_closed",
        translation_key="lock_when_closed",
        entity_category=EntityCategory.CONFIG,
        option=CONF_LOCK_WHEN_CLOSED,
        is_on_fn=lambda rules: rules.lock_when_closed,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: KeyholderConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches; add and remove them with the subentries."""
    await async_setup_member_entities(
        entry,
        Platform.SWITCH,
        async_add_entities,
        per_lock(AutolockSwitch, AUTOLOCK),
        per_person(EnabledSwitch, (ENABLED,)),
    )


class EnabledSwitch(PersonDeviceEntity, SwitchEntity):
    """Enables or disables a person: off removes their codes from all locks."""

    @callback
    @override
    def _update_attrs(self) -> bool:
        person = self.person
        if person is None:
            return False
        before = self._attr_is_on
        self._attr_is_on = person.enabled
        return self._attr_is_on is not before

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Enable the person. Returns when that is stored, not when codes are written."""
        await self._async_set(enabled=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Disable the person. Returns when that is stored, not when codes are cleared."""
        await self._async_set(enabled=False)

    async def _async_set(self, *, enabled: bool) -> None:
        entry = self.site.entry
        subentry = entry.subentries[self.subentry_id]
        if enabled and is_being_removed(subentry):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="person_is_leaving",
                translation_placeholders={"person": subentry.title},
            )
        self.hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, CONF_ENABLED: enabled}
        )
        # not left to the update listener alone: the caller expects the new state
        await self.site.async_sync()


class AutolockSwitch(AutolockEntity, SwitchEntity):
    """A boolean autolock option of a lock."""

    entity_description: AutolockDescription

    @callback
    @override
    def _update_attrs(self) -> bool:
        before = self._attr_is_on
        self._attr_is_on = self.entity_description.is_on_fn(self.config)
        return self._attr_is_on is not before

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the option on. An unlocked door's timer starts now.

        Raises ServiceValidationError for autolock of a lock that would refuse it.
        """
        if self.entity_description.option == CONF_ENABLED:
            self._expect_no_code_needed()
        await self.async_change_config(**{self.entity_description.option: True})

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the option off at once. A lock command in flight continues."""
        await self.async_change_config(**{self.entity_description.option: False})

    def _expect_no_code_needed(self) -> None:
        entity = er.async_get(self.hass).async_get(self.lock)
        if entity is not None and async_needs_code(self.hass, self.lock):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="autolock_needs_code",
                translation_placeholders={"entity": entity.entity_id},
            )
