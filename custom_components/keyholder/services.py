"""The actions."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.util.json import JsonObjectType
import probatio

from .autolock.guard import AutolockGuard
from .autolocks import AUTOLOCKS
from .const import DOMAIN, SUBENTRY_LOCK
from .model.autolock import LONGEST
from .model.credential import LockId
from .model.snapshot import SlotView
from .runtime.coordinator import LockCoordinator
from .runtime.data import KeyholderConfigEntry
from .runtime.membership import CONF_LOCK

SERVICE_VERIFY: Final = "verify"
SERVICE_AUTOLOCK_START: Final = "autolock_start"
SERVICE_AUTOLOCK_CANCEL: Final = "autolock_cancel"

_DURATION: Final = "duration"

type _Managed = Mapping[LockId, LockCoordinator]


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_VERIFY,
        _async_verify,
        schema=cv.make_entity_service_schema({}),
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_AUTOLOCK_START,
        _async_autolock_start,
        schema=cv.make_entity_service_schema(
            {probatio.Required(_DURATION): cv.positive_time_period}
        ),
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_AUTOLOCK_CANCEL,
        _async_autolock_cancel,
        schema=cv.make_entity_service_schema({}),
    )


async def _async_verify(call: ServiceCall) -> ServiceResponse:
    """Read every managed slot of the targeted locks back now, all locks at once.

    A lock that does not answer is told in the response; who asks for none gets an
    error instead, after all other locks were read.
    """
    hass = call.hass
    locks = _targeted_locks(hass, TargetSelection(call.data), _managed(hass))
    await _async_check_permission(call, locks)
    answers = await asyncio.gather(
        *(coordinator.async_verify() for coordinator in locks.values())
    )
    if call.return_response:
        return {
            entity_id: _lock_response(coordinator, answered)
            for (entity_id, coordinator), answered in zip(
                locks.items(), answers, strict=True
            )
        }
    silent = [
        coordinator.name
        for coordinator, answered in zip(locks.values(), answers, strict=True)
        if not all(answered.values())
    ]
    if silent:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="lock_did_not_answer",
            translation_placeholders={"locks": ", ".join(silent)},
        )
    return None


async def _async_autolock_start(call: ServiceCall) -> None:
    """Let the targeted doors lock themselves after a time of its own."""
    duration: timedelta = call.data[_DURATION]
    if not timedelta(0) <= duration <= LONGEST:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="autolock_duration"
        )
    idle = [
        coordinator.name
        for coordinator, guard in await _async_guards(call)
        if not await guard.async_start_timer(duration)
    ]
    if idle:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="autolock_nothing_to_lock",
            translation_placeholders={"locks": ", ".join(idle)},
        )


async def _async_autolock_cancel(call: ServiceCall) -> None:
    """Leave the targeted doors as they are until the next unlock."""
    for _, guard in await _async_guards(call):
        await guard.async_cancel_timer()


async def _async_guards(
    call: ServiceCall,
) -> list[tuple[LockCoordinator, AutolockGuard]]:
    hass = call.hass
    locks = _targeted_locks(hass, TargetSelection(call.data), _managed(hass))
    await _async_check_permission(call, locks)
    return [
        (coordinator, guard)
        for coordinator in locks.values()
        for autolocks in hass.data[AUTOLOCKS].values()
        if (guard := autolocks.guard(coordinator.settings.lock)) is not None
    ]


def _managed(hass: HomeAssistant) -> _Managed:
    entries: list[KeyholderConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    return {
        lock: coordinator
        for entry in entries
        for lock, coordinator in entry.runtime_data.locks.items()
    }


def _targeted_locks(
    hass: HomeAssistant, selection: TargetSelection, managed: _Managed
) -> dict[str, LockCoordinator]:
    """Return the managed locks behind a target, by entity id.

    A lock is meant by its own entity, by anything on its device, by the device, and
    by an area, floor or label that one of these is in. What is named outright and
    is no managed lock is an error; what an area brings along is not.
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
    hass: HomeAssistant, entity: er.RegistryEntry | None, managed: _Managed
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
    hass: HomeAssistant, entity: er.RegistryEntry, managed: _Managed
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
    registry: er.EntityRegistry, device_id: str, managed: _Managed
) -> Iterator[LockId]:
    for entity in er.async_entries_for_device(registry, device_id):
        if entity.id in managed:
            yield entity.id


async def _async_check_permission(
    call: ServiceCall, locks: Mapping[str, LockCoordinator]
) -> None:
    """Let nobody use the radio of a lock, or learn who is on it, who may not use it."""
    if call.context.user_id is None:
        return
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    for entity_id in locks:
        if not user.permissions.check_entity(entity_id, POLICY_CONTROL):
            raise Unauthorized(
                context=call.context, entity_id=entity_id, permission=POLICY_CONTROL
            )


def _lock_response(
    coordinator: LockCoordinator, answered: Mapping[int, bool]
) -> JsonObjectType:
    snapshot = coordinator.data
    return {
        "reachable": snapshot.reachable,
        "slots": {
            str(slot): _slot_response(view, answered=answered.get(slot, False))
            for slot, view in snapshot.slots.items()
        },
    }


def _slot_response(view: SlotView, *, answered: bool) -> JsonObjectType:
    verified_at = view.verified_at
    return {
        "person": view.label,
        "state": None if view.state is None else view.state.value,
        "evidence": view.evidence.value,
        "verified_at": None if verified_at is None else verified_at.isoformat(),
        "answered": answered,
        "reason": None if view.reason is None else view.reason.value,
    }


def _not_managed(target: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_managed",
        translation_placeholders={"target": target},
    )
