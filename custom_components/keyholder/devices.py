"""Devices of the entities: one device per person, and the locks' own devices."""

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import DOMAIN
from .data import KeyholderConfigEntry
from .model.credential import LockId, Person
from .runtime.site.site import Site
from .runtime.site.subentries import locks_from_entry


def lock_device(site: Site, lock: LockId) -> dr.AnyDeviceEntry | None:
    """Return the device of a lock's own entity, None if it has none.

    Our entities link to it by `device_entry`, not by `DeviceInfo`: it is another
    integration's device, and that would add our config entry to it.
    """
    entry = er.async_get(site.hass).async_get(lock)
    if entry is None or entry.device_id is None:
        return None
    return dr.async_get(site.hass).async_get(entry.device_id)


def person_device(site: Site, person: Person) -> dr.DeviceEntry | None:
    """Return the device of a person, None if there is none yet.

    Made by `async_manage_devices` once per person and not by the `DeviceInfo` of each
    entity: a person has an entity for each lock, every one of which would look the
    device up and update it, and none of them would rename it without a reload.
    """
    return dr.async_get(site.hass).async_get_device_by_identifier(
        (DOMAIN, person.subentry_id), site.entry.entry_id
    )


@callback
def async_manage_devices(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
    """Create and rename devices of people; move our entities with their lock's device.

    Call this before the platforms are set up: entities look up their device when they are
    created.
    """
    site = entry.runtime_data.site
    _remove_stale_devices(hass, entry)

    @callback
    def follow_people() -> None:
        registry = dr.async_get(hass)
        for person in site.people.values():
            device = person_device(site, person)
            if person.subentry_id in entry.subentries and (
                device is None or device.name != person.name
            ):
                registry.async_get_or_create(
                    config_entry_id=entry.entry_id,
                    config_subentry_id=person.subentry_id,
                    identifiers={(DOMAIN, person.subentry_id)},
                    name=person.name,
                    entry_type=dr.DeviceEntryType.SERVICE,
                )

    @callback
    def move(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] != "update" or "device_id" not in data["changes"]:
            return
        registry = er.async_get(hass)
        moved = registry.async_get(data["entity_id"])
        settings = None if moved is None else locks_from_entry(entry).get(moved.id)
        if moved is None or settings is None:
            return
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            if entity.config_subentry_id == settings.subentry_id:
                registry.async_update_entity(
                    entity.entity_id, device_id=moved.device_id
                )

    follow_people()
    entry.async_on_unload(site.signals.async_subscribe_members(follow_people))
    entry.async_on_unload(hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, move))


def _remove_stale_devices(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
    """Remove devices whose person was removed.

    Home Assistant saves its registries at different times. After a power cut the device
    of a person removed just before may exist again, and nothing else removes it.
    """
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        subentry_id = device.config_subentry_id
        if subentry_id is not None and subentry_id not in entry.subentries:
            registry.async_remove_device(device.id)
