"""Actions that change and remove people; none of them handles a PIN."""

from dataclasses import replace
from typing import Final

from homeassistant.const import CONF_ENABLED, CONF_NAME
from homeassistant.core import HomeAssistant, ServiceCall, callback

from ..application.people import (
    async_unreachable_locks,
    async_with_pin,
    revalidate,
    validate_person_name,
)
from ..application.rules import data_with_rule
from ..const import CONF_ALL_LOCKS, CONF_LOCKS
from ..logic.person_changes import adds_locks, is_renamed
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
    async_resolve_person,
    chosen_locks,
    draft_from_person,
    raise_as_service_errors,
)
from .person_targets import raise_if_being_removed, raise_if_removed
from .rights import (
    async_check_administrator,
    async_check_change,
    async_check_enabling,
    async_check_locks_of_person,
)
from .sealed_data import async_register_sealed

SERVICE_UPDATE_PERSON: Final = "update_person"
SERVICE_REMOVE_PERSON: Final = "remove_person"
SERVICE_SET_ENABLED: Final = "set_enabled"


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions; what a user needs to call them, `rights` says."""
    for service, action, schema in (
        (SERVICE_UPDATE_PERSON, _async_update_person, UPDATE_PERSON),
        (SERVICE_REMOVE_PERSON, _async_remove_person, REMOVE_PERSON),
        (SERVICE_SET_ENABLED, _async_set_enabled, SET_ENABLED),
    ):
        async_register_sealed(hass, service, action, schema)


async def _async_update_person(call: ServiceCall) -> None:
    """Change the given fields among name, locks and limits of the access rule."""
    site, subentry = await async_resolve_person(call)
    before = person_from_subentry(subentry)
    await async_check_locks_of_person(call, site, before)
    if is_renamed(before, call.data.get(CONF_NAME, before.name)):
        # not after its validation, which tells whether somebody has that name
        await async_check_administrator(call)
    with raise_as_service_errors():
        after = _changed(call, site, before)
        await async_check_change(call, site, before, after)
        if adds_locks(after.locks, before.locks):
            await _async_check_new_locks(site, before, after)
        async with site.people_lock:
            # while this waited, the person and what the user may do may have changed
            before = person_from_subentry(subentry)
            await async_check_locks_of_person(call, site, before)
            raise_if_removed(site, subentry)
            raise_if_being_removed(subentry)
            after = _changed(call, site, before)
            await async_check_change(call, site, before, after)
            draft = draft_from_person(after)
            if adds_locks(after.locks, before.locks):
                revalidate(site, draft, before)
            changed = {**subentry.data, **draft.as_data()}
            call.hass.config_entries.async_update_subentry(
                site.entry,
                subentry,
                title=after.name,
                data=data_with_rule(changed, after.rule),
            )
    await site.async_sync()


async def _async_remove_person(call: ServiceCall) -> None:
    """Start the removal of a person; returns before their codes are verified as cleared."""
    site, subentry = await async_resolve_person(call)
    await async_check_administrator(call)
    if site.journal_lost:
        raise validation_error("journal_lost")
    raise_if_removed(site, subentry)
    site.removals.async_begin(subentry.subentry_id)
    await site.async_sync()


async def _async_set_enabled(call: ServiceCall) -> None:
    """Enable or disable a person, as their switch does."""
    site, subentry = await async_resolve_person(call)
    person = person_from_subentry(subentry)
    enabled: bool = call.data[CONF_ENABLED]
    await async_check_enabling(call, site, person, replace(person, enabled=enabled))
    if enabled:
        raise_if_being_removed(subentry)
    raise_if_removed(site, subentry)
    call.hass.config_entries.async_update_subentry(
        site.entry, subentry, data={**subentry.data, CONF_ENABLED: enabled}
    )
    await site.async_sync()


def _changed(call: ServiceCall, site: Site, person: Person) -> Person:
    """Return the person with the given changes.

    Raises ServiceValidationError or InvalidInputError if one of them is invalid.
    """
    data = call.data
    if person.rule == DENY_ALL_RULE:
        raise validation_error("rule_not_understood", person=person.name)
    locks = person.locks
    if CONF_LOCKS in data or CONF_ALL_LOCKS in data:
        locks = chosen_locks(site, data)
    return replace(
        person,
        name=validate_person_name(site, data.get(CONF_NAME, person.name), person),
        locks=locks,
        rule=rule_with_limits(person.rule, data),
    )


async def _async_check_new_locks(site: Site, before: Person, after: Person) -> None:
    """Check PIN requirements and free slots for added locks.

    Raises InvalidInputError.
    """
    draft = draft_from_person(after)
    await async_with_pin(site, draft, before, entered=None, generate=False)
    await async_unreachable_locks(site, draft)
