"""Find and probe a lock before it is managed, or before it replaces a missing one."""

from dataclasses import dataclass
from datetime import timedelta
import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.loader import IntegrationNotFound, async_get_integration

from ..const import CONF_LOCK, DOMAIN
from ..logic.lock_identity import is_same_lock
from ..model.credential import LockId
from ..model.provider_io import Capabilities, LockAddress
from ..providers.base import (
    IncompatibleLibraryError,
    InterviewIncompleteError,
    LockProvider,
    LockUnreachableError,
    NotSupportedError,
)
from ..providers.registry import async_create_provider, is_supported
from ..runtime.lock.timeouts import CallTimeoutError, async_run_with_timeout
from ..runtime.site.lock_replacement import ReplacementRefusal
from ..runtime.site.site import Site
from ..runtime.site.subentries import locks_from_entry
from .errors import InvalidInputError

_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LockCandidate:
    """A lock that can be managed; `name` is the name of its device.

    `address` is where it was probed, None if its technology does not say.
    `answers_reads`: reads of its slots are answered, as far as was tried.
    """

    lock: LockId
    name: str
    capabilities: Capabilities
    address: LockAddress | None = None
    answers_reads: bool = True


def find_lock(hass: HomeAssistant, chosen: str) -> er.RegistryEntry:
    """Return the registry entry of an entity id or registry id.

    Raises InvalidInputError if it has no unique id or is managed already.
    """
    lock = er.async_get(hass).async_get(chosen)
    if lock is None:
        raise InvalidInputError("no_unique_id", CONF_LOCK)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if lock.id in locks_from_entry(entry):
            raise InvalidInputError(
                "already_managed",
                CONF_LOCK,
                lock=lock_name(hass, lock),
                site=entry.title,
            )
    return lock


async def async_probe_candidate(
    hass: HomeAssistant, lock: er.RegistryEntry, patience: timedelta
) -> LockCandidate:
    """Probe a lock for at most `patience` and return it with its capabilities.

    Then it is found out whether it answers reads, for at most twice as long.

    Raises InvalidInputError if it is not supported, has no codes, is not interviewed, is
    unreachable, if its slots are managed by another entity, or its library is
    incompatible or fails.
    """
    name = lock_name(hass, lock)
    if not is_supported(lock):
        integration = await _async_integration_name(hass, lock.platform)
        raise InvalidInputError(
            "integration_not_supported", CONF_LOCK, integration=integration, lock=name
        )
    try:
        provider = await async_create_provider(hass, lock)
        await _async_refuse_second_entity(hass, lock, provider)
        capabilities = await async_run_with_timeout(provider.async_probe(), patience)
        answers_reads = not capabilities.shows_occupancy or await _async_answers_reads(
            provider, patience
        )
        # A dialog that was open at the same time may have added another entity of it
        await _async_refuse_second_entity(hass, lock, provider)
    except InvalidInputError:
        raise
    except NotSupportedError:
        raise InvalidInputError("lock_without_codes", CONF_LOCK, lock=name) from None
    except InterviewIncompleteError:
        raise InvalidInputError("lock_not_interviewed", CONF_LOCK, lock=name) from None
    except LockUnreachableError, CallTimeoutError:
        raise InvalidInputError("lock_unreachable", CONF_LOCK, lock=name) from None
    except IncompatibleLibraryError as err:
        _LOGGER.error(
            "The library for %s is not compatible: %s",
            name,
            str(err) or type(err).__name__,
        )
        raise InvalidInputError("provider_broken", CONF_LOCK, lock=name) from None
    except Exception as err:  # noqa: BLE001 - the form must survive any library failure
        _LOGGER.error("Probing %s failed: %s", name, type(err).__name__)
        raise InvalidInputError("provider_broken", CONF_LOCK, lock=name) from None
    if not answers_reads:
        capabilities = capabilities.without_reads()
    return LockCandidate(lock.id, name, capabilities, provider.address(), answers_reads)


async def _async_answers_reads(provider: LockProvider, patience: timedelta) -> bool:
    """Return whether the lock answers reads of its slots.

    Twice the patience, as it takes a second question to know that it answers no first.
    """
    return await async_run_with_timeout(provider.async_answers_reads(), patience * 2)


async def _async_refuse_second_entity(
    hass: HomeAssistant, lock: er.RegistryEntry, provider: LockProvider
) -> None:
    """Raise InvalidInputError if another entity of the same lock is managed already."""
    registry = er.async_get(hass)
    for entry in hass.config_entries.async_entries(DOMAIN):
        for settings in locks_from_entry(entry).values():
            managed = registry.async_get(settings.lock)
            if managed is None or managed.id == lock.id:
                continue
            if managed.platform != lock.platform:
                continue
            other = await async_create_provider(hass, managed)
            if is_same_lock(
                provider.address(),
                other.address() or settings.address,
                same_device=lock.device_id is not None
                and lock.device_id == managed.device_id,
            ):
                raise InvalidInputError(
                    "same_lock",
                    CONF_LOCK,
                    lock=lock_name(hass, lock),
                    entity=managed.entity_id,
                    site=entry.title,
                )


def replacement_candidates(hass: HomeAssistant) -> list[str]:
    """Return the entity ids of supported locks that are not managed yet, sorted.

    Without further entities of devices of which one is managed.
    """
    registry = er.async_get(hass)
    managed = {
        lock
        for entry in hass.config_entries.async_entries(DOMAIN)
        for lock in locks_from_entry(entry)
    }
    entities = map(registry.async_get, managed)
    devices = {entity.device_id for entity in entities if entity is not None} - {None}
    return sorted(
        lock.entity_id
        for lock in registry.entities.values()
        if lock.domain == "lock"
        and lock.disabled_by is None
        and is_supported(lock)
        and lock.id not in managed
        and lock.device_id not in devices
    )


async def async_replace(site: Site, old: LockId, chosen: str) -> None:
    """Replace the old lock by the chosen one and reload the site.

    Raises InvalidInputError if that is not possible.
    """
    known = site.locks.get(old)
    if known is None or er.async_get(site.hass).async_get(old) is not None:
        raise InvalidInputError(ReplacementRefusal.GONE.value)
    lock = find_lock(site.hass, chosen)
    patience = site.timing.form_timeout
    candidate = await async_probe_candidate(site.hass, lock, patience)
    if known.settings.slots is None and not candidate.capabilities.shows_occupancy:
        raise InvalidInputError("slots_needed")
    refusal = await site.async_replace_lock(
        old, candidate.lock, candidate.capabilities, candidate.address
    )
    if refusal is not None:
        raise InvalidInputError(refusal.value)
    await site.hass.config_entries.async_reload(site.entry.entry_id)


def lock_name(hass: HomeAssistant, lock: er.RegistryEntry) -> str:
    """Return the name of the lock's device, else of its entity, else the entity id."""
    if lock.device_id is not None:
        device = dr.async_get(hass).async_get(lock.device_id)
        if device is not None and (name := device.name_by_user or device.name):
            return name
    return lock.name or lock.original_name or lock.entity_id


async def _async_integration_name(hass: HomeAssistant, domain: str) -> str:
    try:
        return (await async_get_integration(hass, domain)).name
    except IntegrationNotFound:
        return domain
