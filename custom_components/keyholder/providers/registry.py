"""Which provider a lock gets; a technology is imported when it is first used."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
import logging
from types import ModuleType
from typing import Final, Never, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.importlib import async_import_module

from ..model.lock_events import Connected, LockEvent
from ..model.provider_io import Capabilities, CodeTarget
from ..model.settings import LockSettings
from .base import (
    IncompatibleLibraryError,
    LockProvider,
    LockUnreachableError,
    NotSupportedError,
    ProviderError,
    Unsubscribe,
)

_LOGGER: Final = logging.getLogger(__name__)

type ProviderFactory = Callable[[HomeAssistant, er.RegistryEntry], LockProvider]
type ProviderLoader = Callable[[HomeAssistant], Awaitable[ProviderFactory]]

_PROVIDERS: Final[Mapping[str, tuple[str, str]]] = {
    "matter": ("matter", "MatterProvider"),
    "mqtt": ("zigbee2mqtt", "Zigbee2MqttProvider"),
    "zha": ("zha", "ZhaProvider"),
    "zwave_js": ("zwave_js", "ZWaveJsProvider"),
}
"""Package and class, by the integration that owns the lock entity (its platform)."""


async def _async_load(
    technology: str, class_name: str, hass: HomeAssistant
) -> ProviderFactory:
    module = await _async_import(hass, technology)
    factory: ProviderFactory = getattr(module, class_name)
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
    platform: partial(_async_load, technology, class_name)
    for platform, (technology, class_name) in _PROVIDERS.items()
}
"""By the integration that owns the lock entity."""


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


async def async_get_provider(
    hass: HomeAssistant, settings: LockSettings
) -> LockProvider:
    """Return the provider of a lock, an UnavailableProvider if it cannot be created."""
    lock = er.async_get(hass).async_get(settings.lock)
    if lock is None:
        _LOGGER.error("The entity of lock %s no longer exists", settings.name)
        return UnavailableProvider()
    try:
        provider = await async_create_provider(hass, lock)
    except ProviderError as err:
        what = "The library for %s is not compatible: %s"
        if not isinstance(err, IncompatibleLibraryError):
            what = "Creating the provider of %s failed: %s"
        _LOGGER.error(what, settings.name, str(err) or type(err).__name__)
        return UnavailableProvider(err)
    if not settings.answers_reads:
        provider.set_unreadable()
    return provider


class UnavailableProvider(LockProvider):
    """Stand-in for a lock whose entity is removed or whose technology cannot be used.

    Every call raises the same error. The engine keeps its records of the lock. Without
    an error the lock counts as unreachable and nothing is emitted; with one,
    `Connected` is emitted once, so that the engine calls and receives the error.
    """

    capabilities: Capabilities | None = None

    def __init__(self, error: ProviderError | None = None) -> None:
        """Keep the error that every call raises; LockUnreachableError without one."""
        self._has_error = error is not None
        self._error = error or LockUnreachableError()

    @override
    async def async_probe(self) -> Never:
        """Raise the error."""
        raise self._error

    @override
    async def async_read(self, slots: Collection[int]) -> Never:
        """Raise the error."""
        raise self._error

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> Never:
        """Raise the error."""
        raise self._error

    @override
    async def async_clear(self, slot: int) -> Never:
        """Raise the error."""
        raise self._error

    @override
    async def async_read_schedule(self, slot: int) -> Never:
        """Raise the error."""
        raise self._error

    @callback
    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Emit `Connected` once if an error was given; there are no other events."""
        if self._has_error:
            on_event(Connected())
        return lambda: None
