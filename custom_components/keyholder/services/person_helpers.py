"""Shared code of the actions for people: targets, drafts and error conversion."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.target import TargetSelection

from ..application.errors import InvalidInputError
from ..application.people import active_locks
from ..application.person_draft import PersonDraft
from ..const import CONF_LOCKS, CONF_PERSON, DOMAIN
from ..model.credential import LockId, Person
from ..runtime.site.site import Site
from ..runtime.storage.durable_store import StorageError
from .person_fields import validation_error
from .person_targets import find_person
from .rights import async_may_see
from .targets import targeted_locks


@contextmanager
def raise_as_service_errors() -> Iterator[None]:
    """Convert validation and storage errors into action errors.

    InvalidInputError becomes ServiceValidationError, StorageError HomeAssistantError.
    """
    try:
        yield
    except InvalidInputError as err:
        (key,) = err.errors.values()
        raise validation_error(key, **err.placeholders) from None
    except StorageError:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="storage_failed"
        ) from None


async def async_resolve_person(call: ServiceCall) -> tuple[Site, ConfigSubentry]:
    """Return the loaded site and the subentry of the person in the call data.

    Somebody whom the calling user may not see is as unknown as anybody else. Raises
    ServiceValidationError.
    """
    may_see = await async_may_see(call)
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    return find_person(call.hass, call.data[CONF_PERSON], entry_id, may_see)


def draft_from_person(person: Person) -> PersonDraft:
    """Return a draft of an existing person without changes."""
    return PersonDraft(
        person=person.person_id,
        name=person.name,
        locks=person.locks,
        enabled=person.enabled,
    )


def chosen_locks(site: Site, data: Mapping[str, Any]) -> frozenset[LockId] | None:
    """Return the given locks, None for all. Raises ServiceValidationError."""
    entity_ids = data.get(CONF_LOCKS)
    if entity_ids is None:
        return None
    if not entity_ids:
        # an empty list, for example from a template, does not mean all locks
        raise validation_error("locks_needed")
    managed = {lock.settings.lock: lock for lock in active_locks(site)}
    selection = TargetSelection({"entity_id": entity_ids})
    locks = targeted_locks(site.hass, selection, managed)
    return frozenset(lock.settings.lock for lock in locks.values())
