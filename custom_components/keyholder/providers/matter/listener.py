"""One subscription to a lock, over reloads, lost connections and replaced nodes.

What is called here is called from within the library's own reading of its websocket: an
error that left a callback would end the connection.
"""

from collections.abc import Callable, Mapping
import logging
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
from matter_server.client import MatterClient
from matter_server.common.models import EventType, MatterNodeEvent

from ...model.lock_events import Connected, Disconnected, LockEvent
from ..base import LockUnreachable, Unsubscribe
from .echoes import OwnChanges
from .events import (
    BASIC_INFORMATION,
    DOOR_LOCK,
    START_UP,
    Ownership,
    at_of,
    decode,
)
from .library import fabric_of
from .link import LockLink, Way
from .lock_state import LockState
from .owners import Owners
from .reports import Numbered, Seen

_LOGGER: Final = logging.getLogger(__name__)

_NODE_EVENTS: Final = (
    EventType.NODE_ADDED,
    EventType.NODE_UPDATED,
    EventType.NODE_REMOVED,
)


class Listener:
    """Follows a lock from `start()` until `stop()`."""

    def __init__(
        self,
        hass: HomeAssistant,
        link: LockLink,
        on_event: Callable[[LockEvent], None],
        *,
        slots: Callable[[], range | None],
        own: OwnChanges,
        owners: Owners,
    ) -> None:
        """Prepare; `slots` returns the managed ones, where they are known."""
        self._hass = hass
        self._link = link
        self._slots = slots
        self._own = own
        self._owners = owners
        self._on_event = on_event
        self._seen = Seen()
        self._state = LockState(hass, link)
        self._client: MatterClient | None = None
        self._is_open = False
        self._is_stopped = False
        self._unsubscribes: list[Unsubscribe] = []
        self._client_unsubscribes: list[Unsubscribe] = []

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
        self._state.stop()
        self._detach()
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def _on_entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if self._link.owns(entry):
            self._follow()

    @callback
    def _on_node_changed(self, event: EventType, node: object) -> None:
        # A node is removed only after this
        self._follow(is_gone=event is EventType.NODE_REMOVED and self._is_ours(node))

    def _follow(self, *, is_gone: bool = False) -> None:
        """Hold on to the client as it is now, and tell if the way opened or closed."""
        if self._is_stopped:
            return
        client = self._link.client()
        if client is not self._client:
            self._close()
            self._detach()
            if client is not None:
                self._attach(client)
        if is_gone or not self._link.is_open():
            self._close()
        elif not self._is_open:
            self._is_open = True
            # What a lock tells is lost to who is not connected to the server just then
            self.tell(Connected(missed=True))
            self._state.look()

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._state.stop()
            self.tell(Disconnected())

    def _attach(self, client: MatterClient) -> None:
        self._client = client
        self._client_unsubscribes = [
            client.subscribe_events(self._on_node_event, EventType.NODE_EVENT),
            *(
                client.subscribe_events(self._on_node_changed, each)
                for each in _NODE_EVENTS
            ),
        ]

    def _detach(self) -> None:
        self._client = None
        while self._client_unsubscribes:
            self._client_unsubscribes.pop()()

    @callback
    def _on_node_event(self, _: EventType, event: MatterNodeEvent) -> None:
        if self._is_stopped or event.cluster_id not in (DOOR_LOCK, BASIC_INFORMATION):
            return
        try:
            way = self._link.way()
        except LockUnreachable:
            return
        if event.node_id == way.node.node_id:
            self._take(event, way)

    def _take(self, event: MatterNodeEvent, way: Way) -> None:
        about_lock = (
            event.cluster_id == DOOR_LOCK
            and event.endpoint_id == way.endpoint.endpoint_id
        )
        started = event.cluster_id == BASIC_INFORMATION and event.event_id == START_UP
        if not about_lock and not started:
            return
        numbered = Numbered(event.event_number, event.timestamp, event.timestamp_type)
        if not self._seen.is_news(numbered):
            return
        if started:
            # It was off: whatever was done to it meanwhile has to be read
            self._close()
            self._follow()
            return
        ownership = Ownership(
            fabric=fabric_of(way.node),
            is_ours=self._own.is_one,
            slots_of=lambda user: self._owners.slots_of(user, self._slots()),
        )
        at = at_of(event.timestamp, event.timestamp_type, dt_util.utcnow())
        data = event.data if isinstance(event.data, Mapping) else {}
        for told in decode(event.event_id, data, self._slots(), at, ownership):
            self.tell(told)

    def _is_ours(self, node: object) -> bool:
        try:
            return bool(self._link.way().node.node_id == node)
        except LockUnreachable:
            return False

    def tell(self, event: LockEvent) -> None:
        """Pass an event on; a listener that fails is its own problem."""
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
