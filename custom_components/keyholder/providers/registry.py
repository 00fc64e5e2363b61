"""Create the provider of a lock entity; a technology is imported when it is first used."""

from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.importlib import async_import_module

from .base import IncompatibleLibraryError, LockProvider, NotSupportedError

type ProviderFactory = Callable[[HomeAssistant, er.RegistryEntry], LockProvider]
type ProviderLoader = Callable[[HomeAssistant], Awaitable[ProviderFactory]]


async def _load_zwave_js(hass: HomeAssistant) -> ProviderFactory:
    module = await _async_import(hass, "zwave_js")
    factory: ProviderFactory = module.ZWaveJsProvider
    return factory


async def _load_matter(hass: HomeAssistant) -> ProviderFactory:
    module = await _async_import(hass, "matter")
    factory: ProviderFactory = module.MatterProvider
    return factory


async def _load_zha(hass: HomeAssistant) -> ProviderFactory:
    module = await _async_import(hass, "zha")
    factory: ProviderFactory = module.ZhaProvider
    return factory


async def _load_zigbee2mqtt(hass: HomeAssistant) -> ProviderFactory:
    module = await _async_import(hass, "zigbee2mqtt")
    factory: ProviderFactory = module.Zigbee2MqttProvider
    return factory


async def _async_import(hass: HomeAssistant, technology: str) -> ModuleType:
    """Return the package of a technology.

    Raises IncompatibleLibraryError if its library cannot be used.
    """
    name = f"{__package__}.{technology}"
    try:
        module = await async_import_module(hass, name)
    except Exception as err:  # a library that is too old lacks names that we import
        # Home Assistant caches a failed import, and then names our module
        is_cached = isinstance(err, ModuleNotFoundError) and err.name == name
        if is_cached:
            why = "an earlier import of it failed"
        else:
            # These name a module or an attribute; texts of other errors are not logged
            is_named = isinstance(err, ImportError | AttributeError)
            why = str(err) if is_named else type(err).__name__
        raise IncompatibleLibraryError(
            f"the library of {technology} is not usable: {why}"
        ) from err
    module.check_library()
    return module


LOADERS: Final[dict[str, ProviderLoader]] = {
    "matter": _load_matter,
    "mqtt": _load_zigbee2mqtt,
    "zha": _load_zha,
    "zwave_js": _load_zwave_js,
}
"""By the integration that owns the lock entity (its platform)."""


def is_supported(lock: er.RegistryEntry) -> bool:
    """Return whether there is a provider for the lock's integration."""
    return lock.platform in LOADERS


async def async_create_provider(
    hass: HomeAssistant, lock: er.RegistryEntry
) -> LockProvider:
    """Return the provider for a lock entity.

    Raises NotSupportedError if there is none for its integration,
    IncompatibleLibraryError if the technology's library lacks something that the
    provider uses.
    """
    loader = LOADERS.get(lock.platform)
    if loader is None:
        raise NotSupportedError(f"no provider for {lock.platform}")
    return (await loader(hass))(hass, lock)
