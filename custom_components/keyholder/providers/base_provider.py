"""Base class of the providers: the result of the last probe, slots, and subscriptions."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import override

from homeassistant.core import HomeAssistant, callback

from ..model.lock_events import LockEvent
from ..model.provider_io import Capabilities, LockAddress
from .base import LockProvider, ProviderError, SlotUnavailableError, Unsubscribe
from .entity_reference import EntityReference
from .subscription import LockSubscription


class BaseLockProvider[Reference: EntityReference](LockProvider, ABC):
    """Implements what does not depend on the technology."""

    def __init__(self, hass: HomeAssistant, reference: Reference) -> None:
        """Use the reference to the lock."""
        self._hass = hass
        self._reference = reference
        self._capabilities: Capabilities | None = None
        self._is_unreadable = False
        self._active: list[LockSubscription[Reference]] = []

    @property
    @override
    def capabilities(self) -> Capabilities | None:
        """Return the result of the last probe."""
        return self._capabilities

    @override
    def address(self) -> LockAddress | None:
        """Return where the slots of the lock are, None while that is not known."""
        try:
            return self._address()
        except ProviderError:
            return None

    @override
    def accept_address(self, address: LockAddress) -> None:
        """Send to this address only."""
        self._reference.accepted_address = address

    @override
    async def async_probe(self) -> Capabilities:
        """Return what the lock supports."""
        capabilities = await self._probe()
        if self._is_unreadable:
            capabilities = capabilities.without_reads()
        self._capabilities = capabilities
        return capabilities

    @override
    def set_unreadable(self) -> None:
        """Probe the lock as one that shows nothing from now on."""
        self._is_unreadable = True

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Call back for every report of the lock, until the returned function is called."""
        subscription = self._make_subscription(on_event)
        self._active.append(subscription)
        subscription.start()

        @callback
        def stop() -> None:
            subscription.async_stop()
            if subscription in self._active:
                self._active.remove(subscription)

        return stop

    # For subclasses to implement

    @abstractmethod
    async def _probe(self) -> Capabilities:
        """Find out what the lock supports; raises as `async_probe` does."""

    @abstractmethod
    def _address(self) -> LockAddress:
        """Return where the slots of the lock are; LockUnreachableError if not known."""

    @abstractmethod
    def _make_subscription(
        self, on_event: Callable[[LockEvent], None]
    ) -> LockSubscription[Reference]:
        """Return a subscription that is not started yet."""

    # For subclasses to call

    async def _check(self, *slots: int) -> Capabilities:
        """Return what the lock supports; SlotUnavailableError for slots that do not exist."""
        known = self._capabilities or await self.async_probe()
        for slot in slots:
            if slot not in known.slots:
                raise SlotUnavailableError(f"the lock has no slot {slot}")
        return known

    def _emit(self, event: LockEvent) -> None:
        """Emit an event that does not come from the lock to every subscriber."""
        for subscription in self._active:
            subscription.emit(event)

    def _managed_slots(self) -> range | None:
        """Return the slots of the lock, None while they are not known."""
        return self._capabilities.slots if self._capabilities else None
