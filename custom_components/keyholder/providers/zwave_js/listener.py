"""One subscription to a lock, over reloads, lost connections and replaced nodes."""

from collections.abc import Callable
import logging
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from zwave_js_server.model.node import Node

from ...model.lock_events import Connected, Disconnected, LockEvent, SlotRefused
from ...model.slot import Reason
from ..base import LockUnreachable, Unsubscribe
from .lately import WrittenLately
from .link import LockLink
from .node_reports import NodeReports
from .notifications import DuplicateCode, Told

_LOGGER: Final = logging.getLogger(__name__)

_NODE_EVENTS: Final = ("dead", "alive", "ready", "interview started")
_CONTROLLER_EVENTS: Final = ("node added", "node removed")


class Listener:
    """Follows a lock from `start()` until `stop()`."""

    def __init__(
        self,
        hass: HomeAssistant,
        link: LockLink,
        slots: Callable[[], range | None],
        written: WrittenLately,
        on_event: Callable[[LockEvent], None],
    ) -> None:
        """Prepare; `slots` returns the managed ones, where they are known."""
        self._hass = hass
        self._link = link
        self._slots = slots
        self._written = written
        self._on_event = on_event
        self._node: Node | None = None
        self._is_open = False
        self._is_stopped = False
        self._unsubscribes: list[Unsubscribe] = []
        self._node_unsubscribes: list[Unsubscribe] = []

    def start(self) -> None:
        """Listen, and tell at once if the lock is there."""
        self._unsubscribes.append(
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._on_entry_changed
            )
        )
        self._follow()

    @callback
    def stop(self) -> None:
        """Stop listening. May be called again."""
        self._is_stopped = True
        self._detach()
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def _on_entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if self._link.owns(entry):
            self._follow()

    @callback
    def _on_hint(self, _: dict[str, Any]) -> None:
        self._follow()

    def _follow(self) -> None:
        """Hold on to the node as it is now, and tell if the way opened or closed."""
        if self._is_stopped:
            return
        try:
            node = self._link.node()
        except LockUnreachable:
            node = None
        if node is not self._node:
            self._close()
            self._detach()
            if node is not None:
                self._attach(node)
        if self._link.open_node() is None:
            self._close()
        elif not self._is_open:
            self._is_open = True
            self._emit(Connected())

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._emit(Disconnected())

    def _attach(self, node: Node) -> None:
        self._node = node
        reports = NodeReports(node, self._slots, self._on_told)
        self._node_unsubscribes = [
            reports.stop,
            *(node.on(name, self._on_hint) for name in _NODE_EVENTS),
        ]
        if (driver := node.client.driver) is not None:
            self._node_unsubscribes += [
                driver.controller.on(name, self._on_hint) for name in _CONTROLLER_EVENTS
            ]

    def _detach(self) -> None:
        self._node = None
        while self._node_unsubscribes:
            self._node_unsubscribes.pop()()

    @callback
    def _on_told(self, told: Told) -> None:
        if not isinstance(told, DuplicateCode):
            self._emit(told)
        elif (slot := self._written.refused(told.slot)) is not None:
            self._emit(SlotRefused(slot, Reason.DUPLICATE))

    def _emit(self, event: LockEvent) -> None:
        """Pass it on; a listener that fails is its own problem."""
        if self._is_stopped:
            return
        _LOGGER.debug("Lock %s: %s", self._link, type(event).__name__)
        try:
            self._on_event(event)
        except Exception as err:  # noqa: BLE001 - one callback never stops another
            # No text of it and no traceback: what failed may have held a code
            _LOGGER.error(
                "Lock %s: a listener failed with %s", self._link, type(err).__name__
            )
