"""Subscription to a Zigbee lock, over reloads, lost sticks and new interviews."""

from collections.abc import Callable
from typing import Final, override

from homeassistant.components.lock.const import LockState
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from zigpy.application import ControllerApplication
from zigpy.zcl.clusters.closures import DoorLock

from ...model.lock_events import LockEvent
from ..base import LockUnreachableError, Unsubscribe
from ..subscription import LockSubscription
from .bolt_state import ZhaBoltStateReader
from .cluster_listener import ClusterListener
from .reference import ZhaLockReference
from .target import ZhaTarget

_POSITIONS: Final = frozenset({LockState.LOCKED.value, LockState.UNLOCKED.value})


class ZhaLockSubscription(LockSubscription[ZhaLockReference]):
    """Subscribes to a cluster, and to the zigpy application, which may replace it."""

    def __init__(
        self,
        hass: HomeAssistant,
        reference: ZhaLockReference,
        slots: Callable[[], range | None],
        on_event: Callable[[LockEvent], None],
    ) -> None:
        """Initialize; `slots` returns the managed slots, None while they are not known."""
        self._position = ZhaBoltStateReader(hass, reference)
        super().__init__(hass, reference, on_event, self._position)
        self._slots = slots
        self._application: ControllerApplication | None = None
        self._cluster: DoorLock | None = None
        self._cluster_listener: ClusterListener | None = None

    @callback
    def device_reinterviewed(self, device: object) -> None:
        """Resolve the new object of a device; zigpy calls this by its name."""
        self.refresh()

    @callback
    def device_removed(self, device: object) -> None:
        """Detach from a removed device; zigpy calls this by its name."""
        self.refresh()

    @override
    def _listen(self) -> list[Unsubscribe]:
        # A new or removed entity means that the lock must be resolved again, and a new
        # position may be assumed by ZHA; the state itself is not used
        return [
            self._hass.bus.async_listen(
                EVENT_STATE_CHANGED,
                self._on_entity_state,
                event_filter=self._is_about_lock,
            )
        ]

    @callback
    def _is_about_lock(self, data: EventStateChangedData) -> bool:
        return bool(data["entity_id"] == self._reference.entity_id)

    @callback
    def _on_entity_state(self, event: Event[EventStateChangedData]) -> None:
        self.refresh()
        old, new = event.data["old_state"], event.data["new_state"]
        if old is None or new is None or old.state == new.state:
            return
        if self._is_connected and {old.state, new.state} <= _POSITIONS:
            self._position.on_entity_changed(locked=new.state == LockState.LOCKED)

    @override
    def _refresh(self) -> None:
        try:
            target = self._reference.resolve()
        except LockUnreachableError:
            target = None
        if (target.cluster if target else None) is not self._cluster:
            self._set_disconnected()
            self._detach()
            if target is not None:
                self._attach(target)
        if target is None or not target.is_reachable:
            self._set_disconnected()
        else:
            # Reports are lost while we are not connected
            self._set_connected(missed=True)

    def _attach(self, target: ZhaTarget) -> None:
        self._cluster = target.cluster
        self._cluster_listener = ClusterListener(
            target.cluster, self._slots, self.emit, self._position.on_reported
        )
        self._application = target.application
        target.application.add_listener(self)

    @override
    def _detach(self) -> None:
        self._cluster = None
        if self._cluster_listener is not None:
            self._cluster_listener.stop()
            self._cluster_listener = None
        if self._application is not None:
            self._application.remove_listener(self)
            self._application = None
