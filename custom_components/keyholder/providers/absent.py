"""The provider of a lock that cannot be spoken to at all: its entity is gone."""

from collections.abc import Callable, Collection
from typing import Never

from homeassistant.core import callback

from ..model.lock_events import LockEvent
from ..model.reading import Capabilities, CodeTarget
from .base import LockUnreachable, Unsubscribe


class AbsentProvider:
    """Out of reach for good; what was known of the lock stays with the engine."""

    capabilities: Capabilities | None = None
    is_connected = False

    async def async_probe(self) -> Never:
        """Raise LockUnreachable."""
        raise LockUnreachable

    async def async_read(self, slots: Collection[int]) -> Never:
        """Raise LockUnreachable."""
        raise LockUnreachable

    async def async_write(self, slot: int, target: CodeTarget) -> Never:
        """Raise LockUnreachable."""
        raise LockUnreachable

    async def async_clear(self, slot: int) -> Never:
        """Raise LockUnreachable."""
        raise LockUnreachable

    @callback
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Report nothing, ever."""
        return lambda: None
