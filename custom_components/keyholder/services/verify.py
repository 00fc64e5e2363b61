"""Action that verifies codes by reading them back."""

import asyncio
from collections.abc import Mapping
from typing import Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection
from homeassistant.util.json import JsonObjectType

from ..const import DOMAIN
from ..model.snapshot import SlotView
from ..runtime.lock.coordinator import LockCoordinator
from .sealed_data import async_register_sealed
from .targets import async_check_locks, managed_locks, targeted_locks

SERVICE_VERIFY: Final = "verify"


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the action."""
    async_register_sealed(
        hass,
        SERVICE_VERIFY,
        _async_verify,
        cv.make_entity_service_schema({}),
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_verify(call: ServiceCall) -> ServiceResponse:
    """Read back every managed slot of the targeted locks, all locks at once.

    The response states which slots answered. Without a response, a slot that gives no
    answer raises HomeAssistantError after all locks were read.
    """
    hass = call.hass
    locks = targeted_locks(hass, TargetSelection(call.data), managed_locks(hass))
    await async_check_locks(call, locks)
    answers = await asyncio.gather(
        *(coordinator.requests.async_verify() for coordinator in locks.values())
    )
    if call.return_response:
        return {
            entity_id: _lock_response(coordinator, answered)
            for (entity_id, coordinator), answered in zip(
                locks.items(), answers, strict=True
            )
        }
    unanswered = [
        coordinator.name
        for coordinator, answered in zip(locks.values(), answers, strict=True)
        if not all(answered.values())
    ]
    if unanswered:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="lock_did_not_answer",
            translation_placeholders={"locks": ", ".join(unanswered)},
        )
    return None


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
        "person": view.person_name,
        "state": None if view.state is None else view.state.value,
        "evidence": view.evidence.value,
        "verified_at": None if verified_at is None else verified_at.isoformat(),
        "answered": answered,
        "reason": None if view.reason is None else view.reason.value,
    }
