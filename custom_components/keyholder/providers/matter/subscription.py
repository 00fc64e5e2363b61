"""Subscription to a Matter lock, over reloads, lost connections and replaced nodes.

The library calls these callbacks while it reads its websocket: an error that left a
callback would end the connection.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from matter_server.client import MatterClient
from matter_server.common.models import EventType, MatterNodeEvent

from ...model.lock_events import LockEvent
from ..base import LockUnreachableError, Unsubscribe
from ..bolt_state import BoltStateReader
from ..subscription import LockSubscription
from .client import DoorLock, async_refresh, fabric_of
from .decoder import (
    BASIC_INFORMATION,
    DOOR_LOCK,
    START_UP,
    Ownership,
    decode_event,
    event_time,
    is_change_by,
)
from .event_clock import Arrival
from .expected_changes import ExpectedChanges
from .reference import MatterLockReference
from .target import MatterTarget
from .timed_events import TimedEvents
from .user_registry import UserRegistry

_NODE_EVENTS: Final = (
    EventType.NODE_ADDED,
    EventType.NODE_UPDATED,
    EventType.NODE_REMOVED,
)
ATTEMPTS: Final = 3
"""Reads of the state: the first command after a restart is lost."""
_MAX_REORDERED: Final = 16
"""How many events later one may arrive: more than a lock sends at once."""


@dataclass(frozen=True, slots=True)
class EventNumber:
    """The number of an event, and its time by the lock's clock in milliseconds.

    The numbers of a node rise across restarts.
    """

    number: int
    timestamp: int
    timestamp_type: int


class EventDeduplicator:
    """The event numbers received from one node.

    After a lost subscription the server has the lock send again what may have been
    missed.
    """

    def __init__(self) -> None:
        """Begin without received events."""
        self._last: EventNumber | None = None
        self._missing: list[int] = []
        """Numbers just below the highest that were not received yet."""

    def is_new(self, event: EventNumber) -> bool:
        """Return whether an event was not received before, and record it.

        An event that later ones have overtaken is new. A lock that restarts its
        numbering, against the specification, sends lower numbers with a later time.
        """
        last = self._last
        if event.number in self._missing:
            self._missing.remove(event.number)
            return True
        if last is not None and event.number > last.number:
            first = max(last.number + 1, event.number - _MAX_REORDERED)
            between = [*self._missing, *range(first, event.number)]
            self._missing = between[-_MAX_REORDERED:]
        elif last is not None:
            same_clock = event.timestamp_type == last.timestamp_type
            if not same_clock or event.timestamp <= last.timestamp:
                return False
            self._missing = []
        self._last = event
        return True


class MatterLockSubscription(LockSubscription[MatterLockReference]):
    """Subscribes to the client of a Matter server."""

    def __init__(
        self,
        hass: HomeAssistant,
        reference: MatterLockReference,
        on_event: Callable[[LockEvent], None],
        *,
        slots: Callable[[], range | None],
        expected: ExpectedChanges,
        registry: UserRegistry,
    ) -> None:
        """Initialize; `slots` returns the managed slots, None while they are not known."""
        state = BoltStateReader(hass, reference, self._read_state, attempts=ATTEMPTS)
        super().__init__(hass, reference, on_event, state)
        self._slots = slots
        self._expected = expected
        self._registry = registry
        self._seen = EventDeduplicator()
        self._timed_events = TimedEvents(hass, self.emit)
        self._client: MatterClient | None = None
        self._client_unsubscribes: list[Unsubscribe] = []

    @callback
    def _on_node_changed(self, event: EventType, node: object) -> None:
        # The library removes the node only after this event
        if event is EventType.NODE_REMOVED and self._is_ours(node):
            self._set_disconnected()
        else:
            self.async_refresh()

    @override
    def _refresh(self) -> None:
        client = self._reference.client()
        if client is not self._client:
            self._set_disconnected()
            self._detach()
            if client is not None:
                self._attach(client)
        if self._reference.is_reachable():
            if not self._is_connected:
                self._timed_events.clock.on_connected(dt_util.utcnow().timestamp())
            # Reports are lost while we are not connected to the server
            self._set_connected(missed=True)
        else:
            self._set_disconnected()

    def _attach(self, client: MatterClient) -> None:
        self._client = client
        self._client_unsubscribes = [
            client.subscribe_events(self._on_node_event, EventType.NODE_EVENT),
            *(
                client.subscribe_events(self._on_node_changed, each)
                for each in _NODE_EVENTS
            ),
        ]

    @callback
    @override
    def async_stop(self) -> None:
        """Unsubscribe, and emit nothing after what is held. May be called again."""
        self._timed_events.async_settle()
        super().async_stop()

    @override
    def _detach(self) -> None:
        self._timed_events.async_settle()
        self._client = None
        while self._client_unsubscribes:
            self._client_unsubscribes.pop()()

    @callback
    def _on_node_event(self, _: EventType, event: MatterNodeEvent) -> None:
        if self._is_stopped or event.cluster_id not in (DOOR_LOCK, BASIC_INFORMATION):
            return
        try:
            target = self._reference.resolve()
        except LockUnreachableError:
            return
        if event.node_id == target.node.node_id:
            self._handle_event(event, target)

    def _handle_event(self, event: MatterNodeEvent, target: MatterTarget) -> None:
        about_lock = (
            event.cluster_id == DOOR_LOCK
            and event.endpoint_id == target.endpoint.endpoint_id
        )
        started = event.cluster_id == BASIC_INFORMATION and event.event_id == START_UP
        if not about_lock and not started:
            return
        numbered = EventNumber(
            event.event_number, event.timestamp, event.timestamp_type
        )
        if not self._seen.is_new(numbered):
            return
        if started:
            # The lock was off: changes made meanwhile must be read
            self._set_disconnected()
            self.async_refresh()
            self._timed_events.clock.on_restarted(dt_util.utcnow().timestamp())
            return
        ownership = Ownership(
            fabric=fabric_of(target.node),
            is_ours=self._expected.consume,
            slots_of=lambda user: self._registry.slots_of(user, self._slots()),
            known_slot_of=lambda user: self._registry.known_slot_of(
                user, self._slots()
            ),
        )
        now = dt_util.utcnow()
        data = event.data if isinstance(event.data, Mapping) else {}
        events = decode_event(event.event_id, data, self._slots(), now, ownership)
        reported = event_time(event.timestamp, event.timestamp_type, now)
        arrival = Arrival(reported.timestamp(), now.timestamp())
        if is_change_by(data, event.event_id, ownership.fabric):
            self._timed_events.async_learn_from_own(arrival)
        self._timed_events.async_process(arrival, events)

    async def _read_state(self) -> None:
        target = self._reference.resolve()
        await async_refresh(
            target.client, target.endpoint, DoorLock.Attributes.LockState
        )

    def _is_ours(self, node: object) -> bool:
        try:
            return bool(self._reference.resolve().node.node_id == node)
        except LockUnreachableError:
            return False
