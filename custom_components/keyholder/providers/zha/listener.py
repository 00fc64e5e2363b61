"""One subscription to a lock, over reloads, lost sticks and other interviews."""

from collections.abc import Callable
import logging
from typing import Final

from homeassistant.components.lock.const import LockState
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from zigpy.application import ControllerApplication
from zigpy.zcl.clusters.closures import DoorLock

from ...model.lock_events import Connected, Disconnected, LockEvent
from ..base import LockUnreachable, Unsubscribe
from .ear import ClusterEar
from .link import LockLink, Way
from .lock_state import LockPosition

_LOGGER: Final = logging.getLogger(__name__)

_POSITIONS: Final = frozenset({LockState.LOCKED.value, LockState.UNLOCKED.value})


class Listener:
    """Follows a lock from `start()` until `stop()`."""

    def __init__(
        self,
        hass: HomeAssistant,
        link: LockLink,
        slots: Callable[[], range | None],
        on_event: Callable[[LockEvent], None],
    ) -> None:
        """Prepare; `slots` returns the managed ones, where they are known."""
        self._hass = hass
        self._link = link
        self._slots = slots
        self._on_event = on_event
        self._state = LockPosition(hass, link)
        self._application: ControllerApplication | None = None
        self._cluster: DoorLock | None = None
        self._ear: ClusterEar | None = None
        self._is_open = False
        self._is_stopped = False
        self._unsubscribes: list[Unsubscribe] = []

    def start(self) -> None:
        """Listen, and tell at once if the lock is there."""
        self._unsubscribes += [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._on_entry_changed
            ),
            # An entity that comes or goes is a hint to look, and another position may
            # be a guess; what it says is not believed
            self._hass.bus.async_listen(
                EVENT_STATE_CHANGED, self._on_hint, event_filter=self._is_about_lock
            ),
        ]
        self._follow()

    @callback
    def stop(self) -> None:
        """Stop listening. May be called again."""
        self._is_stopped = True
        self._state.stop()
        self._detach()
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def device_reinterviewed(self, device: object) -> None:
        """Take the new object of a device; zigpy calls this by its name."""
        self._follow()

    @callback
    def device_removed(self, device: object) -> None:
        """Notice that a device is gone; zigpy calls this by its name."""
        self._follow()

    @callback
    def _on_entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if self._link.owns(entry):
            self._follow()

    @callback
    def _is_about_lock(self, data: EventStateChangedData) -> bool:
        return bool(data["entity_id"] == self._link.entity_id)

    @callback
    def _on_hint(self, event: Event[EventStateChangedData]) -> None:
        self._follow()
        old, new = event.data["old_state"], event.data["new_state"]
        if old is None or new is None or old.state == new.state:
            return
        if self._is_open and {old.state, new.state} <= _POSITIONS:
            self._state.shown(locked=new.state == LockState.LOCKED)

    def _follow(self) -> None:
        """Hold on to the cluster as it is now, and tell if the way opened or closed."""
        if self._is_stopped:
            return
        try:
            way = self._link.way()
        except LockUnreachable:
            way = None
        if (way.cluster if way else None) is not self._cluster:
            self._close()
            self._detach()
            if way is not None:
                self._attach(way)
        if way is None or not way.is_open:
            self._close()
        elif not self._is_open:
            self._is_open = True
            # What a lock tells is lost to who is not there just then
            self._tell(Connected(missed=True))
            self._state.look()

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._state.stop()
            self._tell(Disconnected())

    def _attach(self, way: Way) -> None:
        self._cluster = way.cluster
        self._ear = ClusterEar(way.cluster, self._slots, self._tell, self._state.told)
        self._application = way.application
        way.application.add_listener(self)

    def _detach(self) -> None:
        self._cluster = None
        if self._ear is not None:
            self._ear.stop()
            self._ear = None
        if self._application is not None:
            self._application.remove_listener(self)
            self._application = None

    def _tell(self, event: LockEvent) -> None:
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
