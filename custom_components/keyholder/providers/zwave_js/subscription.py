"""Subscription to a Z-Wave lock, over reloads, lost connections and replaced nodes."""

from collections.abc import Callable
from typing import Final, override

from homeassistant.core import HomeAssistant, callback
from zwave_js_server.model.node import Node

from ...model.lock_events import LockEvent, WriteRejected
from ...model.slot import Reason
from ..base import LockUnreachableError, Unsubscribe
from ..subscription import LockSubscription
from .decoder import DecodedEvent, DuplicateCode
from .node_events import NodeEvents
from .recent_writes import RecentWrites
from .reference import ZwaveLockReference

_NODE_EVENTS: Final = ("dead", "alive", "ready", "interview started")
_CONTROLLER_EVENTS: Final = ("node added", "node removed")


class ZwaveLockSubscription(LockSubscription[ZwaveLockReference]):
    """Subscribes to the current node of the lock and to its controller."""

    def __init__(
        self,
        hass: HomeAssistant,
        reference: ZwaveLockReference,
        slots: Callable[[], range | None],
        written: RecentWrites,
        on_event: Callable[[LockEvent], None],
    ) -> None:
        """Initialize; `slots` returns the managed slots, None while they are not known."""
        super().__init__(hass, reference, on_event)
        self._slots = slots
        self._written = written
        self._node: Node | None = None
        self._node_unsubscribes: list[Unsubscribe] = []

    @override
    def _refresh(self) -> None:
        try:
            target = self._reference.resolve()
        except LockUnreachableError:
            target = None
        node = target.node if target else None
        if node is not self._node:
            self._set_disconnected()
            self._detach()
            if node is not None:
                self._attach(node)
        if target is None or not target.is_reachable:
            self._set_disconnected()
        else:
            self._set_connected(missed=False)

    def _attach(self, node: Node) -> None:
        self._node = node
        reports = NodeEvents(node, self._slots, self._on_decoded)
        self._node_unsubscribes = [
            reports.stop,
            *(node.on(name, self.refresh) for name in _NODE_EVENTS),
        ]
        if (driver := node.client.driver) is not None:
            self._node_unsubscribes += [
                driver.controller.on(name, self.refresh) for name in _CONTROLLER_EVENTS
            ]

    @override
    def _detach(self) -> None:
        self._node = None
        while self._node_unsubscribes:
            self._node_unsubscribes.pop()()

    @callback
    def _on_decoded(self, event: DecodedEvent) -> None:
        if not isinstance(event, DuplicateCode):
            self.emit(event)
        elif (slot := self._written.match_rejection(event.slot)) is not None:
            self.emit(WriteRejected(slot, Reason.DUPLICATE))
