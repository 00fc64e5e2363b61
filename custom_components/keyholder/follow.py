"""Entities and devices come, go and are renamed with the members of a site."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

from homeassistant.const import Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .entity import KeyholderEntity
from .runtime.data import KeyholderConfigEntry
from .runtime.membership import locks_of
from .runtime.site import Site


async def async_follow_members(
    entry: KeyholderConfigEntry,
    platform: Platform,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[Site], Iterable[KeyholderEntity]],
) -> None:
    """Keep the entities of a platform those that `make` returns for the members.

    What is new is added under its subentry; what is not wanted any more leaves the
    registry, also where it was left there while the entry was not loaded. Returns when
    all that there are now are added, member by member: the event loop is not kept.
    """
    site = entry.runtime_data
    added: set[str] = set()
    seen: object = None

    @callback
    def find_new() -> dict[str, list[KeyholderEntity]]:
        nonlocal seen
        if seen is site.people:
            return {}
        seen = site.people
        wanted = {entity.key: entity for entity in make(site)}
        _remove_others(site, platform, wanted.keys())
        added.intersection_update(wanted)
        new: defaultdict[str, list[KeyholderEntity]] = defaultdict(list)
        for key, entity in wanted.items():
            if key not in added and entity.subentry_id in entry.subentries:
                added.add(key)
                new[entity.subentry_id].append(entity)
        return new

    @callback
    def follow() -> None:
        for subentry_id, entities in find_new().items():
            async_add_entities(entities, config_subentry_id=subentry_id)

    first = find_new()
    entry.async_on_unload(site.changes.on_members(follow))
    for subentry_id, entities in first.items():
        wanted = [entity for entity in entities if entity.key in added]
        if subentry_id in entry.subentries:
            async_add_entities(wanted, config_subentry_id=subentry_id)
            await asyncio.sleep(0)


def _remove_others(site: Site, platform: Platform, wanted: Iterable[str]) -> None:
    registry = er.async_get(site.hass)
    for entity in er.async_entries_for_config_entry(registry, site.entry.entry_id):
        if entity.domain == platform and entity.unique_id not in wanted:
            registry.async_remove(entity.entity_id)


@callback
def async_follow_devices(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
    """Let devices of people follow their names, and entities of locks their device."""
    site = entry.runtime_data
    _remove_left_devices(hass, entry)

    @callback
    def rename() -> None:
        registry = dr.async_get(hass)
        for person in site.people.values():
            device = registry.async_get_device_by_identifier(
                (DOMAIN, person.subentry_id), entry.entry_id
            )
            if device is not None and device.name != person.name:
                registry.async_update_device(device.id, name=person.name)

    @callback
    def move(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] != "update" or "device_id" not in data["changes"]:
            return
        registry = er.async_get(hass)
        moved = registry.async_get(data["entity_id"])
        settings = None if moved is None else locks_of(entry).get(moved.id)
        if moved is None or settings is None:
            return
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            if entity.config_subentry_id == settings.subentry_id:
                registry.async_update_entity(
                    entity.entity_id, device_id=moved.device_id
                )

    entry.async_on_unload(site.changes.on_members(rename))
    entry.async_on_unload(hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, move))


def _remove_left_devices(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
    """Remove the devices of people who are gone.

    Home Assistant saves its registries at different times. After a power cut the device
    of somebody who was removed just before may be back, and nothing else takes it away.
    """
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        subentry_id = device.config_subentry_id
        if subentry_id is not None and subentry_id not in entry.subentries:
            registry.async_remove_device(device.id)
