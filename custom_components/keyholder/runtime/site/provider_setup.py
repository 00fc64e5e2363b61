"""Create the provider of a configured lock, or a stand-in that is unreachable."""

import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ...model.settings import LockSettings
from ...providers.base import LockProvider, ProviderError
from ...providers.registry import async_create_provider
from ...providers.unavailable import UnavailableProvider

_LOGGER: Final = logging.getLogger(__name__)


async def async_get_provider(
    hass: HomeAssistant, settings: LockSettings
) -> LockProvider:
    """Return the provider of a lock, an UnavailableProvider if it cannot be created."""
    lock = er.async_get(hass).async_get(settings.lock)
    if lock is None:
        _LOGGER.error("The entity of lock %s no longer exists", settings.name)
        return UnavailableProvider()
    try:
        return await async_create_provider(hass, lock)
    except ProviderError as err:
        _LOGGER.error(
            "The provider of lock %s could not be created: %s",
            settings.name,
            str(err) or type(err).__name__,
        )
        return UnavailableProvider(err)
