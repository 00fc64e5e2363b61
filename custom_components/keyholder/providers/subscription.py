"""Base class for subscriptions to a lock: connection state and passing on of events."""

from abc import ABC, abstractmethod
from collections.abc import Callable
import logging
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..model.lock_events import AddressChanged, Connected, Disconnected, LockEvent
from ..model.provider_io import LockAddress
from .base import Unsubscribe
from .bolt_state import BoltStateReader
from .entity_reference import EntityReference

_LOGGER: Final = logging.getLogger(__name__)


class LockSubscription[Reference: EntityReference](ABC):
    """Subscription to a lock from `start()` to `stop()`, over reloads and lost connections."""

    def __init__(
        self,
        hass: HomeAssistant,
        reference: Reference,
        on_event: Callable[[LockEvent], None],
        state: BoltStateReader[Reference] | None = None,
    ) -> None:
        """Initialize; `state` is started each time the lock becomes connected."""
        self._hass = hass
        self._on_event = on_event
        self._reference = reference
        self._state = state
        self._is_connected = False
        self._is_stopped = False
        self._changed_address: LockAddress | None = None
        self._unsubscribes: list[Unsubscribe] = []

    def start(self) -> None:
        """Subscribe, and emit `Connected` at once if the lock is reachable."""
        self._unsubscribes.append(
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._on_entry_changed
            )
        )
        self._unsubscribes += self._listen()
        self.async_refresh()

    @callback
    def async_stop(self) -> None:
        """Unsubscribe and emit nothing more. May be called again."""
        self._is_stopped = True
        if self._state is not None:
            self._state.async_stop()
        self._detach()
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def async_refresh(self, _: object = None) -> None:
        """Resolve the lock again and emit a change of its connection.

        Called on every event after which the lock may have become reachable or
        unreachable.
        """
        if not self._is_stopped:
            self._refresh()
            self._emit_address()

    def emit(self, event: LockEvent) -> None:
        """Pass an event on to the callback; an error in the callback is only logged."""
        if self._is_stopped:
            return
        _LOGGER.debug("Lock %s: %s", self._reference, type(event).__name__)
        try:
            self._on_event(event)
        except Exception as err:  # noqa: BLE001 - one callback never stops another
            # Neither text nor traceback: either may contain a code
            _LOGGER.error(
                "Lock %s: event callback failed with %s",
                self._reference,
                type(err).__name__,
            )

    # For subclasses to implement

    def _listen(self) -> list[Unsubscribe]:
        """Subscribe to the events, other than changes of the config entry, that call `refresh`."""
        return []

    @abstractmethod
    def _refresh(self) -> None:
        """Attach to the current library object; call `_set_connected` or `_set_disconnected`."""

    @abstractmethod
    def _detach(self) -> None:
        """Unsubscribe from the current library object. May be called again."""

    # For subclasses to call

    def _set_connected(self, *, missed: bool) -> None:
        """The lock is reachable. `missed`: reports sent while it was unreachable are lost."""
        if not self._is_connected:
            self._is_connected = True
            self.emit(Connected(events_missed=missed))
            if self._state is not None:
                self._state.async_start()

    def _set_disconnected(self) -> None:
        """The lock is unreachable."""
        if self._is_connected:
            self._is_connected = False
            if self._state is not None:
                self._state.async_stop()
            self.emit(Disconnected())

    def _emit_address(self) -> None:
        changed = self._reference.changed_address
        if changed != self._changed_address:
            self._changed_address = changed
            self.emit(AddressChanged(changed))

    @callback
    def _on_entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if self._reference.is_from_entry(entry):
            self.async_refresh()
