"""Actions that change and remove people; none of them handles a PIN."""

from dataclasses import replace
from typing import Final

from homeassistant.const import CONF_ENABLED, CONF_NAME
from homeassistant.core import HomeAssistant, ServiceCall, callback

from ..application.people import (
    adds_locks,
    async_unreachable_locks,
    async_with_pin,
    revalidate,
    validate_person_name,
)
from ..application.person_draft import PersonDraft
from ..application.rules import data_with_rule
from ..const import CONF_ALL_LOCKS, CONF_LOCKS, DOMAIN
from ..model.credential import Person
from ..runtime.site.rule_serialization import DENY_ALL_RULE
from ..runtime.site.site import Site
from ..runtime.site.subentries import person_from_subentry
from .person_fields import (
    REMOVE_PERSON,
    SET_ENABLED,
    UPDATE_PERSON,
    rule_with_limits,
    validation_error,
)
from .person_helpers import (
    chosen_locks,
    draft_from_person,
    raise_as_service_errors,
    resolve_person,
)
from .person_targets import (
    async_check_person,
    lock_entities,
    raise_if_being_removed,
    raise_if_removed,
)
from .targets import async_check_control

SERVICE_UPDATE_PERSON: Final = "update_person"
SERVICE_REMOVE_PERSON: Final = "remove_person"
SERVICE_SET_ENABLED: Final = "set_enabled"


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions. A user needs control permission for the person's switch."""
    for service, action, schema in (
        (SERVICE_UPDATE_PERSON, _async_update_person, UPDATE_PERSON),
        (SERVICE_REMOVE_PERSON, _async_remove_person, REMOVE_PERSON),
        (SERVICE_SET_ENABLED, _async_set_enabled, SET_ENABLED),
    ):
        hass.services.async_register(DOMAIN, service, action, schema=schema)


async def _async_update_person(call: ServiceCall) -> None:
    """Change the given fields among name, locks and limits of the access rule."""
    data = call.data
    site, subentry = resolve_person(call.hass, data)
    await async_check_person(call, subentry)
    person = person_from_subentry(subentry)
    with raise_as_service_errors():
        draft = None
        if CONF_LOCKS in data or CONF_ALL_LOCKS in data:
            draft = replace(draft_from_person(person), locks=chosen_locks(site, data))
            await _async_check_new_locks(call, site, draft, person)
        async with site.people_lock:
            raise_if_removed(site, subentry)
            raise_if_being_removed(subentry)
            # the person may have changed while `people_lock` was awaited
            person = person_from_subentry(subentry)
            if person.rule == DENY_ALL_RULE:
                raise validation_error("rule_not_understood", person=person.name)
            name = validate_person_name(site, data.get(CONF_NAME, person.name), person)
            locks = person.locks if draft is None else draft.locks
            draft = replace(draft_from_person(person), name=name, locks=locks)
            if adds_locks(locks, person.locks):
                revalidate(site, draft, person)
            changed = {**subentry.data, **draft.as_data()}
            call.hass.config_entries.async_update_subentry(
                site.entry,
                subentry,
                title=name,
                data=data_with_rule(changed, rule_with_limits(person.rule, data)),
            )
    await site.async_sync()


async def _async_remove_person(call: ServiceCall) -> None:
    """Start the removal of a person; returns before their codes are verified as cleared."""
    site, subentry = resolve_person(call.hass, call.data)
    await async_check_person(call, subentry)
    if site.journal_lost:
        raise validation_error("journal_lost")
    raise_if_removed(site, subentry)
    site.removals.async_begin(subentry.subentry_id)
    await site.async_sync()


async def _async_set_enabled(call: ServiceCall) -> None:
    """Enable or disable a person, as their switch does."""
    site, subentry = resolve_person(call.hass, call.data)
    await async_check_person(call, subentry)
    enabled: bool = call.data[CONF_ENABLED]
    if enabled:
        raise_if_being_removed(subentry)
    raise_if_removed(site, subentry)
    call.hass.config_entries.async_update_subentry(
        site.entry, subentry, data={**subentry.data, CONF_ENABLED: enabled}
    )
    await site.async_sync()


async def _async_check_new_locks(
    call: ServiceCall, site: Site, draft: PersonDraft, person: Person
) -> None:
    """Check permission, PIN requirements and free slots for added locks.

    Raises Unauthorized or InvalidInputError.
    """
    if not adds_locks(draft.locks, person.locks):
        return
    present = lock_entities(site, person.locks)
    new = [lock for lock in lock_entities(site, draft.locks) if lock not in present]
    await async_check_control(call, new)
    await async_with_pin(site, draft, person, entered=None, generate=False)
    await async_unreachable_locks(site, draft)
