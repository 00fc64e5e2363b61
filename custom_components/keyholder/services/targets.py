"""Resolve the managed locks that an action targets, and check permissions."""

from collections.abc import Iterable, Iterator, Mapping

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import (
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from ..const import CONF_LOCK, DOMAIN, SUBENTRY_LOCK
from ..data import KeyholderConfigEntry, KeyholderData
from ..model.credential import LockId
from ..runtime.lock.coordinator import LockCoordinator

type ManagedLocks = Mapping[LockId, LockCoordinator]


def loaded_sites(hass: HomeAssistant) -> list[KeyholderData]:
    """Return the runtime data of all loaded config entries."""
    entries: list[KeyholderConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    return [entry.runtime_data for entry in entries]


def managed_locks(hass: HomeAssistant) -> ManagedLocks:
    """Return the managed locks of all loaded sites."""
    return {
        lock: coordinator
        for data in loaded_sites(hass)
        for lock, coordinator in data.site.locks.items()
    }


def targeted_locks(
    hass: HomeAssistant, selection: TargetSelection, managed: ManagedLocks
) -> dict[str, LockCoordinator]:
    """Return the managed locks of a target, by entity id.

    A lock is targeted by its own entity, any entity on its device, the device, and by an
    area, floor or label of one of these. Raises ServiceValidationError if an entity or
    device named directly is not a managed lock, or if no lock is targeted.
    """
    registry = er.async_get(hass)
    selected = async_extract_referenced_entity_ids(hass, selection)
    found: set[LockId] = set()
    for entity_id in sorted(selected.referenced):
        locks = set(_locks_of_entity(hass, registry.async_get(entity_id), managed))
        if not locks:
            raise _not_managed(entity_id)
        found |= locks
    for device_id in sorted(selection.device_ids):
        locks = set(_locks_on_device(registry, device_id, managed))
        if not locks:
            raise _not_managed(device_id)
        found |= locks
    for entity_id in selected.indirectly_referenced:
        found.update(_locks_of_entity(hass, registry.async_get(entity_id), managed))
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_lock_targeted"
        )
    entries = {lock: registry.async_get(lock) for lock in found}
    named = {
        lock if entry is None else entry.entity_id: managed[lock]
        for lock, entry in entries.items()
    }
    return dict(sorted(named.items()))


def _locks_of_entity(
    hass: HomeAssistant, entity: er.RegistryEntry | None, managed: ManagedLocks
) -> Iterator[LockId]:
    if entity is None:
        return
    if entity.id in managed:
        yield entity.id
    elif entity.platform == DOMAIN:
        yield from _lock_of_our_entity(hass, entity, managed)
    elif entity.domain != "lock" and entity.device_id is not None:
        yield from _locks_on_device(er.async_get(hass), entity.device_id, managed)


def _lock_of_our_entity(
    hass: HomeAssistant, entity: er.RegistryEntry, managed: ManagedLocks
) -> Iterator[LockId]:
    entry = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    if entry is None or entity.config_subentry_id is None:
        return
    subentry = entry.subentries.get(entity.config_subentry_id)
    if subentry is not None and subentry.subentry_type == SUBENTRY_LOCK:
        lock: LockId = subentry.data[CONF_LOCK]
        if lock in managed:
            yield lock


def _locks_on_device(
    registry: er.EntityRegistry, device_id: str, managed: ManagedLocks
) -> Iterator[LockId]:
    for entity in er.async_entries_for_device(registry, device_id):
        if entity.id in managed:
            yield entity.id


async def async_check_locks(
    call: ServiceCall, locks: Mapping[str, LockCoordinator]
) -> None:
    """Raise Unauthorized if the calling user may not control all of these locks.

    Otherwise a user could use a lock's radio or learn whose codes it holds.
    """
    await async_check_control(call, locks)


async def async_check_control(call: ServiceCall, entity_ids: Iterable[str]) -> None:
    """Raise Unauthorized if the calling user may not control all of these entities.

    A call without a user, for example by an automation, is always allowed.
    """
    if call.context.user_id is None:
        return
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    for entity_id in entity_ids:
        if not user.permissions.check_entity(entity_id, POLICY_CONTROL):
            raise Unauthorized(
                context=call.context, entity_id=entity_id, permission=POLICY_CONTROL
            )


def _not_managed(target: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_managed",
        translation_placeholders={"target": target},
    )
