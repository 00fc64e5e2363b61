"""Switches: whether a person's codes are to be on the locks."""

from collections.abc import Iterator
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .entity import KeyholderEntity, PersonEntity
from .follow import async_follow_members
from .model.credential import Person
from .runtime.data import KeyholderConfigEntry
from .runtime.membership import CONF_ENABLED, is_leaving
from .runtime.site import Site

PARALLEL_UPDATES = 0

ENABLED = SwitchEntityDescription(key="enabled", translation_key="enabled")


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: KeyholderConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches, and follow the members of the site."""
    await async_follow_members(entry, Platform.SWITCH, async_add_entities, _make)


def _make(site: Site) -> Iterator[KeyholderEntity]:
    for person in site.people.values():
        yield EnabledSwitch(site, person)


class EnabledSwitch(PersonEntity, SwitchEntity):
    """Takes a person's codes off all locks, and puts them back."""

    entity_description = ENABLED

    def __init__(self, site: Site, person: Person) -> None:
        """Switch a person."""
        super().__init__(site, person, ENABLED.key)

    @callback
    @override
    def _refresh(self) -> bool:
        person = self.person
        if person is None:
            return False
        before = self._attr_is_on
        self._attr_is_on = person.enabled
        return self._attr_is_on is not before

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Put the codes back. Returns when that is decided, not when it is done."""
        await self._async_set(enabled=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Take the codes away. Returns when that is decided, not when it is done."""
        await self._async_set(enabled=False)

    async def _async_set(self, *, enabled: bool) -> None:
        entry = self.site.entry
        subentry = entry.subentries[self.subentry_id]
        if enabled and is_leaving(subentry):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="person_is_leaving",
                translation_placeholders={"person": subentry.title},
            )
        self.hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, CONF_ENABLED: enabled}
        )
        # not left to the update listener alone: who switched wants to see it switched
        await self.site.async_sync()
