"""Actions that take or return a PIN; a user must be an administrator."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, CONF_ENABLED, CONF_NAME
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)

from ..application.errors import InvalidInputError
from ..application.people import (
    async_add_person,
    async_unreachable_locks,
    async_with_pin,
    revalidate,
    validate_person_name,
)
from ..application.person_draft import PersonDraft
from ..const import CONF_RETURN_PIN
from ..model.access_rules import UNRESTRICTED_RULE
from ..model.credential import Person
from ..runtime.site.site import Site
from ..runtime.site.subentries import person_from_subentry
from .person_fields import (
    ADD_PERSON,
    SET_PIN,
    requested_pin,
    rule_with_limits,
    validation_error,
)
from .person_helpers import (
    async_resolve_person,
    chosen_locks,
    draft_from_person,
    raise_as_service_errors,
)
from .person_targets import (
    find_site,
    lock_entities,
    raise_if_being_removed,
    raise_if_removed,
)
from .rights import async_check_administrator
from .sealed_data import async_register_sealed

SERVICE_ADD_PERSON: Final = "add_person"
SERVICE_SET_PIN: Final = "set_pin"


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions, for administrators only."""
    for service, action, schema in (
        (SERVICE_ADD_PERSON, _async_add_person, ADD_PERSON),
        (SERVICE_SET_PIN, _async_set_pin, SET_PIN),
    ):
        async_register_sealed(
            hass,
            service,
            action,
            schema,
            admin=True,
            supports_response=SupportsResponse.OPTIONAL,
        )


async def _async_add_person(call: ServiceCall) -> ServiceResponse:
    """Add a person with PIN and limits; respond with their id, name and locks."""
    data = call.data
    _check_response(call, data)
    site = find_site(call.hass, data.get(ATTR_CONFIG_ENTRY_ID))
    rule = rule_with_limits(UNRESTRICTED_RULE, data)
    with raise_as_service_errors():
        draft = PersonDraft(
            person=None,
            name=validate_person_name(site, data[CONF_NAME], None),
            locks=chosen_locks(site, data),
            enabled=data[CONF_ENABLED],
        )
        draft = await _async_with_pin(site, draft, None, data)
        await async_unreachable_locks(site, draft)
        async with site.people_lock:
            await async_check_administrator(call)
            person = await async_add_person(site, draft, rule)
    await site.async_sync()
    return _response(call, site, replace(draft, person=person), data)


async def _async_set_pin(call: ServiceCall) -> ServiceResponse:
    """Set the PIN of a person to the given or a generated one."""
    data = call.data
    _check_response(call, data)
    site, subentry = await async_resolve_person(call)
    raise_if_being_removed(subentry)
    person = person_from_subentry(subentry)
    with raise_as_service_errors():
        pin = (await _async_with_pin(site, draft_from_person(person), person, data)).pin
        async with site.people_lock:
            await async_check_administrator(call)
            raise_if_removed(site, subentry)
            # the person's locks may have changed while `people_lock` was awaited
            person = person_from_subentry(subentry)
            draft = replace(draft_from_person(person), pin=pin)
            revalidate(site, draft, person)
            assert pin is not None
            await site.async_set_pin(person.person_id, pin)
    return _response(call, site, draft, data)


async def _async_with_pin(
    site: Site, draft: PersonDraft, person: Person | None, data: Mapping[str, Any]
) -> PersonDraft:
    """Return the draft with the given or generated PIN.

    Raises InvalidInputError if the PIN is unsuitable or trivial.
    """
    entered = requested_pin(data)
    draft = await async_with_pin(
        site, draft, person, entered=entered, generate=entered is None
    )
    if draft.trivial:
        # an action has no user to confirm it
        raise InvalidInputError("pin_trivial")
    return draft


def _check_response(call: ServiceCall, data: Mapping[str, Any]) -> None:
    if data[CONF_RETURN_PIN] and not call.return_response:
        raise validation_error("return_pin_without_response")


def _response(
    call: ServiceCall, site: Site, draft: PersonDraft, data: Mapping[str, Any]
) -> ServiceResponse:
    if not call.return_response:
        return None
    response: dict[str, Any] = {
        "person_id": draft.person,
        "name": draft.name,
        "locks": lock_entities(site, draft.locks),
    }
    if data[CONF_RETURN_PIN] and draft.pin is not None:
        response["pin"] = draft.pin.reveal()
    return response
