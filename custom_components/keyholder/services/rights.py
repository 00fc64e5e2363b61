"""What the user who calls an action for people may do.

An action that waits checks again afterwards: what a user may do, and what they would
change, may be different by then. A call without a user, by an automation, may do all.
"""

from collections.abc import Callable

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_ENABLED
from homeassistant.core import ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..data import KeyholderConfigEntry
from ..logic.person_changes import needs_administrator
from ..model.credential import Person
from ..runtime.site.site import Site
from ..runtime.site.subentries import locks_from_entry, person_from_subentry


async def async_check_administrator(call: ServiceCall) -> None:
    """Raise Unauthorized if the calling user is not an administrator."""
    if not _is_administrator(await _async_user(call)):
        raise Unauthorized(context=call.context)


async def async_check_locks_of_person(
    call: ServiceCall, site: Site, person: Person
) -> None:
    """Raise Unauthorized unless the calling user may control every lock of a person.

    Somebody without a lock is changed by administrators only.
    """
    user = await _async_user(call)
    if not (_is_administrator(user) or _may_control_locks(user, site, person)):
        raise Unauthorized(context=call.context, permission=POLICY_CONTROL)


async def async_check_change(
    call: ServiceCall, site: Site, before: Person, after: Person
) -> None:
    """Raise Unauthorized if the calling user may not make this change.

    An administrator may make any. Others need control of every lock of the person, and
    may only take away.
    """
    await async_check_locks_of_person(call, site, before)
    if needs_administrator(before, after):
        await async_check_administrator(call)


async def async_check_enabling(
    call: ServiceCall, site: Site, before: Person, after: Person
) -> None:
    """Raise Unauthorized if the calling user may not enable or disable a person.

    Who may control the person's switch may do what the switch does.
    """
    if not _may_control(await _async_user(call), _switch(call, before)):
        await async_check_change(call, site, before, after)


async def async_may_see(
    call: ServiceCall,
) -> Callable[[KeyholderConfigEntry, ConfigSubentry], bool]:
    """Return who of the people of a site may be seen by the calling user.

    They are those whose switch the user may read, and those who have a lock that the user
    may read: the entities of a lock name who used it.
    """
    user = await _async_user(call)

    def may_see(entry: KeyholderConfigEntry, subentry: ConfigSubentry) -> bool:
        person = person_from_subentry(subentry)
        if _is_administrator(user) or _may(user, POLICY_READ, _switch(call, person)):
            return True
        registry = er.async_get(call.hass)
        locks = (
            registry.async_get(lock)
            for lock in locks_from_entry(entry)
            if person.is_assigned(lock)
        )
        return any(
            lock is not None and _may(user, POLICY_READ, lock.entity_id)
            for lock in locks
        )

    return may_see


async def _async_user(call: ServiceCall) -> User | None:
    """Return the calling user, None for an automation. Raises UnknownUser."""
    if call.context.user_id is None:
        return None
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    return user


def _is_administrator(user: User | None) -> bool:
    return user is None or (user.is_active and user.is_admin)


def _may_control(user: User | None, entity_id: str) -> bool:
    return _may(user, POLICY_CONTROL, entity_id)


def _may(user: User | None, policy: str, entity_id: str) -> bool:
    return user is None or (
        user.is_active and user.permissions.check_entity(entity_id, policy)
    )


def _may_control_locks(user: User | None, site: Site, person: Person) -> bool:
    locks = [lock for lock in site.locks if person.is_assigned(lock)]
    registry = er.async_get(site.hass)
    entities = (registry.async_get(lock) for lock in locks)
    return bool(locks) and all(
        # of a lock whose entity is missing nobody knows who may control it
        entity is not None and _may_control(user, entity.entity_id)
        for entity in entities
    )


def _switch(call: ServiceCall, person: Person) -> str:
    """Return the entity id of a person's switch."""
    unique_id = f"{person.person_id}_{CONF_ENABLED}"
    registry = er.async_get(call.hass)
    switch = registry.async_get_entity_id("switch", DOMAIN, unique_id)
    return switch or f"switch.{unique_id}"
