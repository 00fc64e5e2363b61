"""Subscription to a Zigbee lock, over reloads, lost sticks and new interviews.

Callbacks catch their own errors: zigpy logs what they raise at debug level only.
"""

import asyncio
from collections.abc import Callable
from typing import Final, override

from homeassistant.components.lock.const import LockState
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.util import dt as dt_util
from zigpy.application import ControllerApplication
from zigpy.zcl import AttributeReadEvent, AttributeReportedEvent
from zigpy.zcl.clusters.closures import DoorLock

from ...model.lock_events import Jammed, LockEvent, LockOperated
from ..base import LockUnreachableError, Unsubscribe
from ..last_operation import LastOperation
from ..subscription import LockSubscription
from .bolt_state import ZhaBoltStateReader
from .client import cached_attribute
from .decoder import (
    LAST_OPERATION,
    OPERATION,
    PROGRAMMING,
    decode_last_operation,
    decode_operation,
    decode_programming,
    number_of,
)
from .reference import ZhaLockReference
from .target import ZhaTarget

_POSITIONS: Final = frozenset({LockState.LOCKED.value, LockState.UNLOCKED.value})
_NOT_FULLY_LOCKED, _LOCKED = 0, 1
_LOCK_STATE: Final = DoorLock.AttributeDefs.lock_state.id
_OPERATED: Final = DoorLock.ClientCommandDefs.operation_event_notification.schema
_PROGRAMMED: Final = DoorLock.ClientCommandDefs.programming_event_notification.schema


class ZhaLockSubscription(LockSubscription[ZhaLockReference]):
    """Subscribes to a cluster, and to the zigpy application, which may replace it."""

    def __init__(
        self,
        hass: HomeAssistant,
        reference: ZhaLockReference,
        on_event: Callable[[LockEvent], None],
        *,
        slots: Callable[[], range | None],
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
        self.async_refresh()

    @callback
    def device_removed(self, device: object) -> None:
        """Detach from a removed device; zigpy calls this by its name."""
        self.async_refresh()

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
        self.async_refresh()
        old, new = event.data["old_state"], event.data["new_state"]
        if old is None or new is None or old.state == new.state:
            return
        if self._is_connected and {old.state, new.state} <= _POSITIONS:
            self._position.async_on_entity_changed(locked=new.state == LockState.LOCKED)

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
            target.cluster, self._slots, self.emit, self._position.async_on_reported
        )
        self._application = target.application
        target.application.add_listener(self)

    @override
    def _detach(self) -> None:
        self._cluster = None
        if self._cluster_listener is not None:
            self._cluster_listener.async_stop()
            self._cluster_listener = None
        if self._application is not None:
            self._application.remove_listener(self)
            self._application = None


class ClusterListener:
    """Listens to one cluster object from construction until `stop()`.

    Operation events come from here too, though ZHA puts them on Home Assistant's bus:
    that event is made of the same frame, has a user id that is one higher, names a slot
    where there is no user, and cannot be distinguished from events that a quirk of the
    device makes up. Changes of codes are reported only here.
    """

    def __init__(
        self,
        cluster: DoorLock,
        slots: Callable[[], range | None],
        emit: Callable[[LockEvent], None],
        on_position: Callable[[bool], None],
    ) -> None:
        """Start listening; `slots` returns the managed slots, None while they are not known.

        `emit` is called for events, `on_position` whenever the lock reports or answers
        whether it is locked.
        """
        self._cluster = cluster
        self._slots = slots
        self._emit = emit
        self._on_position = on_position
        cluster.add_listener(self)
        self._unsubscribes: list[Unsubscribe] = [
            cluster.on_event(AttributeReportedEvent.event_type, self._on_report),
            cluster.on_event(AttributeReadEvent.event_type, self._on_read),
        ]
        self._was_jammed = False
        self._last_operation = LastOperation()
        self._assume_cached()

    def _assume_cached(self) -> None:
        """What zigpy has cached was reported earlier: it is no new operation."""
        now, cached = dt_util.utcnow(), cached_attribute(self._cluster, LAST_OPERATION)
        self._last_operation.assume(decode_last_operation(cached, self._slots(), now))
        state = cached_attribute(self._cluster, _LOCK_STATE)
        if state is not None:
            self._last_operation.record_position(locked=state == _LOCKED)

    @callback
    def async_stop(self) -> None:
        """Stop listening. May be called once."""
        self._cluster.remove_listener(self)
        for unsubscribe in self._unsubscribes:
            unsubscribe()

    @callback
    def cluster_command(self, _: int, command: int, arguments: object) -> None:
        """Decode a frame that is no response to a request; zigpy calls this by its name.

        Responses that came too late are among them.
        """
        decoded: LockEvent | None = None
        user = number_of(arguments, "user_id")
        if user is None:
            return
        if command == OPERATION and isinstance(arguments, _OPERATED):
            decoded = decode_operation(
                number_of(arguments, "operation_event_source"),
                number_of(arguments, "operation_event_code"),
                user,
                self._slots(),
                dt_util.utcnow(),
            )
        elif command == PROGRAMMING and isinstance(arguments, _PROGRAMMED):
            code = number_of(arguments, "program_event_code")
            decoded = decode_programming(code, user, self._slots())
        if isinstance(decoded, LockOperated) and not self._last_operation.is_new_event(
            decoded, asyncio.get_running_loop().time()
        ):
            return
        if decoded is not None:
            self._emit(decoded)

    @callback
    def _on_report(self, event: AttributeReportedEvent) -> None:
        if event.attribute_id == LAST_OPERATION:
            self._on_last_operation(event.value)
        if event.attribute_id != _LOCK_STATE:
            return
        self._on_position(event.value == _LOCKED)
        self._last_operation.record_position(locked=event.value == _LOCKED)
        # Locks repeat this report every quarter of an hour
        is_jammed = event.value == _NOT_FULLY_LOCKED
        if is_jammed and not self._was_jammed:
            self._emit(Jammed(dt_util.utcnow()))
        self._was_jammed = is_jammed

    def _on_last_operation(self, value: object) -> None:
        shown = decode_last_operation(value, self._slots(), dt_util.utcnow())
        if shown is not None and self._last_operation.is_new_value(
            shown, asyncio.get_running_loop().time()
        ):
            self._emit(shown)

    @callback
    def _on_read(self, event: AttributeReadEvent) -> None:
        if event.attribute_id == _LOCK_STATE:
            self._on_position(event.value == _LOCKED)
            self._last_operation.record_position(locked=event.value == _LOCKED)
