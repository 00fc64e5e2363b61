"""The provider of a lock that cannot be spoken to at all."""

from collections.abc import Callable, Collection
from typing import Never, override

from homeassistant.core import callback

from ..model.lock_events import Connected, LockEvent
from ..model.reading import Capabilities, CodeTarget
from .base import LockProvider, LockUnreachableError, ProviderError, Unsubscribe


class UnavailableProvider(LockProvider):
    """Stands for a lock whose entity is gone, or whose technology cannot be used.

    What was known of the lock stays with the engine. Without an error the lock is out
    of reach; with one, the engine hears it when it asks.
    """

    capabilities: Capabilities | None = None
    is_connected = False

    def __init__(self, error: ProviderError | None = None) -> None:
        """Raise this error on every call."""
        self._is_told = error is not None
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
        """Report nothing, but let the engine ask if there is an error to hear."""
        if self._is_told:
            on_event(Connected())
        return lambda: None
