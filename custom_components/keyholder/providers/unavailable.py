"""Provider of a lock that cannot be reached or whose library cannot be used."""

from collections.abc import Callable, Collection
from typing import Never, override

from homeassistant.core import callback

from ..model.lock_events import Connected, LockEvent
from ..model.provider_io import Capabilities, CodeTarget
from .base import LockProvider, LockUnreachableError, ProviderError, Unsubscribe


class UnavailableProvider(LockProvider):
    """Stand-in for a lock whose entity is removed or whose technology cannot be used.

    Every call raises the same error. The engine keeps its records of the lock. Without
    an error the lock counts as unreachable and nothing is emitted; with one,
    `Connected` is emitted once, so that the engine calls and receives the error.
    """

    capabilities: Capabilities | None = None
    is_connected = False

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
