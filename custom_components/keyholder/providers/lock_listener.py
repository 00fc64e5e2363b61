"""What every subscription to a lock does, whatever library brings its reports."""

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

from ..model.lock_events import Connected, Disconnected, LockEvent
from .base import Unsubscribe
from .entity_link import EntityReference
from .lock_state import BoltStateReader

_LOGGER: Final = logging.getLogger(__name__)


class LockSubscription[Link: EntityReference](ABC):
    """Follows a lock from `start()` until `stop()`, over reloads and lost connections."""

    def __init__(
        self,
        hass: HomeAssistant,
        link: Link,
        on_event: Callable[[LockEvent], None],
        state: BoltStateReader[Link] | None = None,
    ) -> None:
        """Prepare; `state` is looked at whenever the way has opened."""
        self._hass = hass
        self._on_event = on_event
        self._link = link
        self._state = state
        self._is_open = False
        self._is_stopped = False
        self._unsubscribes: list[Unsubscribe] = []

    def start(self) -> None:
        """Listen, and tell at once if the lock is there."""
        self._unsubscribes.append(
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._on_entry_changed
            )
        )
        self._unsubscribes += self._listen()
        self.refresh()

    @callback
    def stop(self) -> None:
        """Stop listening, and tell nothing more. May be called again."""
        self._is_stopped = True
        if self._state is not None:
            self._state.stop()
        self._detach()
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def refresh(self, _: object = None) -> None:
        """Look what the lock is reached through now, and tell if the way has changed.

        Whatever hints that it may have can call this.
        """
        if not self._is_stopped:
            self._refresh()

    def emit(self, event: LockEvent) -> None:
        """Pass it on; a listener that fails is its own problem."""
        if self._is_stopped:
            return
        _LOGGER.debug("Lock %s: %s", self._link, type(event).__name__)
        try:
            self._on_event(event)
        except Exception as err:  # noqa: BLE001 - one callback never stops another
            # No text of it and no traceback: what failed may have held a code
            _LOGGER.error(
                "Lock %s: a listener failed with %s",
                self._link,
                type(err).__name__,
            )

    # What differs

    def _listen(self) -> list[Unsubscribe]:
        """Subscribe to what hints, for as long as this listens, that the way may change."""
        return []

    @abstractmethod
    def _refresh(self) -> None:
        """Hold on to what there is now, and say with `_open` or `_close` how it stands."""

    @abstractmethod
    def _detach(self) -> None:
        """Let go of what there was. May be called again."""

    # What happened

    def _set_connected(self, *, missed: bool) -> None:
        """The lock can be spoken to. `missed`: what it told meanwhile is lost."""
        if not self._is_open:
            self._is_open = True
            self.emit(Connected(events_missed=missed))
            if self._state is not None:
                self._state.start()

    def _set_disconnected(self) -> None:
        """The lock cannot be spoken to."""
        if self._is_open:
            self._is_open = False
            if self._state is not None:
                self._state.stop()
            self.emit(Disconnected())

    @callback
    def _on_entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if self._link.is_from_entry(entry):
            self.refresh()
