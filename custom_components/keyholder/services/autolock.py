"""Actions that start and cancel the autolock timer."""

from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection
import probatio

from ..autolock.controller import AutolockController
from ..const import DOMAIN
from ..model.autolock import MAX_DURATION
from ..runtime.lock.coordinator import LockCoordinator
from .sealed_data import async_register_sealed
from .targets import async_check_locks, loaded_sites, managed_locks, targeted_locks

SERVICE_AUTOLOCK_START: Final = "autolock_start"
SERVICE_AUTOLOCK_CANCEL: Final = "autolock_cancel"

_DURATION: Final = "duration"


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_register_sealed(
        hass,
        SERVICE_AUTOLOCK_START,
        _async_autolock_start,
        cv.make_entity_service_schema(
            {probatio.Required(_DURATION): cv.positive_time_period}
        ),
    )
    async_register_sealed(
        hass,
        SERVICE_AUTOLOCK_CANCEL,
        _async_autolock_cancel,
        cv.make_entity_service_schema({}),
    )


async def _async_autolock_start(call: ServiceCall) -> None:
    """Start the autolock timer of the targeted locks with the given duration.

    Raises ServiceValidationError if a lock has nothing to lock; the others are started.
    """
    duration: timedelta = call.data[_DURATION]
    if not timedelta(0) <= duration <= MAX_DURATION:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="autolock_duration"
        )
    idle = [
        coordinator.name
        for coordinator, controller in await _async_controllers(call)
        if not await controller.async_start_timer(duration)
    ]
    if idle:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="autolock_nothing_to_lock",
            translation_placeholders={"locks": ", ".join(idle)},
        )


async def _async_autolock_cancel(call: ServiceCall) -> None:
    """Cancel the autolock timer of the targeted locks until the next unlock."""
    for _, controller in await _async_controllers(call):
        await controller.async_cancel_timer()


async def _async_controllers(
    call: ServiceCall,
) -> list[tuple[LockCoordinator, AutolockController]]:
    hass = call.hass
    locks = targeted_locks(hass, TargetSelection(call.data), managed_locks(hass))
    await async_check_locks(call, locks)
    return [
        (coordinator, controller)
        for coordinator in locks.values()
        for data in loaded_sites(hass)
        if (controller := data.autolock.controller(coordinator.settings.lock))
        is not None
    ]
