"""One subscription to a lock, over reloads, lost sticks and other interviews."""

from collections.abc import Callable
from typing import Final, override

from homeassistant.components.lock.const import LockState
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from zigpy.application import ControllerApplication
from zigpy.zcl.clusters.closures import DoorLock

from ...model.lock_events import LockEvent
from ..base import LockUnreachableError, Unsubscribe
from ..lock_listener import LockSubscription
from .ear import ClusterListener
from .link import ZhaLockReference, ZhaTarget
from .lock_state import ZhaBoltStateReader

_POSITIONS: Final = frozenset({LockState.LOCKED.value, LockState.UNLOCKED.value})


class Listener(LockSubscription[ZhaLockReference]):
    """Holds on to a cluster, and to the application that makes another one of it."""

    def __init__(
        self,
        hass: HomeAssistant,
        link: ZhaLockReference,
        slots: Callable[[], range | None],
        on_event: Callable[[LockEvent], None],
    ) -> None:
        """Prepare; `slots` returns the managed ones, where they are known."""
        self._position = ZhaBoltStateReader(hass, link)
        super().__init__(hass, link, on_event, self._position)
        self._slots = slots
        self._application: ControllerApplication | None = None
        self._cluster: DoorLock | None = None
        self._ear: ClusterListener | None = None

    @callback
    def device_reinterviewed(self, device: object) -> None:
        """Take the new object of a device; zigpy calls this by its name."""
        self.refresh()

    @callback
    def device_removed(self, device: object) -> None:
        """Notice that a device is gone; zigpy calls this by its name."""
        self.refresh()

    @override
    def _listen(self) -> list[Unsubscribe]:
        # An entity that comes or goes is a hint to look, and another position may be a
        # guess; what it says is not believed
        return [
            self._hass.bus.async_listen(
                EVENT_STATE_CHANGED, self._on_hint, event_filter=self._is_about_lock
            )
        ]

    @callback
    def _is_about_lock(self, data: EventStateChangedData) -> bool:
        return bool(data["entity_id"] == self._link.entity_id)

    @callback
    def _on_hint(self, event: Event[EventStateChangedData]) -> None:
        self.refresh()
        old, new = event.data["old_state"], event.data["new_state"]
        if old is None or new is None or old.state == new.state:
            return
        if self._is_open and {old.state, new.state} <= _POSITIONS:
            self._position.on_entity_changed(locked=new.state == LockState.LOCKED)

    @override
    def _refresh(self) -> None:
        try:
            way = self._link.resolve()
        except LockUnreachableError:
            way = None
        if (way.cluster if way else None) is not self._cluster:
            self._set_disconnected()
            self._detach()
            if way is not None:
                self._attach(way)
        if way is None or not way.is_open:
            self._set_disconnected()
        else:
            # What a lock tells is lost to who is not there just then
            self._set_connected(missed=True)

    def _attach(self, way: ZhaTarget) -> None:
        self._cluster = way.cluster
        self._ear = ClusterListener(
            way.cluster, self._slots, self.emit, self._position.on_reported
        )
        self._application = way.application
        way.application.add_listener(self)

    @override
    def _detach(self) -> None:
        self._cluster = None
        if self._ear is not None:
            self._ear.stop()
            self._ear = None
        if self._application is not None:
            self._application.remove_listener(self)
            self._application = None
