"""Listen to the notifications and attribute reports of a Door Lock cluster.

Operation events come from here too, though ZHA puts them on Home Assistant's bus: that
event is made of the same frame, has a user id that is one higher, names a slot where
there is no user, and cannot be distinguished from events that a quirk of the device
makes up. Changes of codes are reported only here.

zigpy logs an error that leaves a callback at debug level only, so none may.
"""

from collections.abc import Callable
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util
from zigpy.zcl import AttributeReadEvent, AttributeReportedEvent
from zigpy.zcl.clusters.closures import DoorLock

from ...model.lock_events import Jammed, LockEvent
from ..base import Unsubscribe
from .decoder import number_of
from .notifications import (
    OPERATION,
    PROGRAMMING,
    decode_operation,
    decode_programming,
)

_NOT_FULLY_LOCKED, _LOCKED = 0, 1
_LOCK_STATE: Final = DoorLock.AttributeDefs.lock_state.id
_OPERATED: Final = DoorLock.ClientCommandDefs.operation_event_notification.schema
_PROGRAMMED: Final = DoorLock.ClientCommandDefs.programming_event_notification.schema


class ClusterListener:
    """Listens to one cluster object from construction until `stop()`."""

    def __init__(
        self,
        cluster: DoorLock,
        slots: Callable[[], range | None],
        tell: Callable[[LockEvent], None],
        on_position: Callable[[bool], None],
    ) -> None:
        """Start listening; `slots` returns the managed slots, None while they are not known.

        `tell` is called for events, `on_position` whenever the lock reports or answers
        whether it is locked.
        """
        self._cluster = cluster
        self._slots = slots
        self._emit = tell
        self._on_position = on_position
        cluster.add_listener(self)
        self._unsubscribes: list[Unsubscribe] = [
            cluster.on_event(AttributeReportedEvent.event_type, self._on_report),
            cluster.on_event(AttributeReadEvent.event_type, self._on_read),
        ]
        self._was_jammed = False

    @callback
    def stop(self) -> None:
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
        if decoded is not None:
            self._emit(decoded)

    @callback
    def _on_report(self, event: AttributeReportedEvent) -> None:
        if event.attribute_id != _LOCK_STATE:
            return
        self._on_position(event.value == _LOCKED)
        # Locks repeat this report every quarter of an hour
        is_jammed = event.value == _NOT_FULLY_LOCKED
        if is_jammed and not self._was_jammed:
            self._emit(Jammed(dt_util.utcnow()))
        self._was_jammed = is_jammed

    @callback
    def _on_read(self, event: AttributeReadEvent) -> None:
        if event.attribute_id == _LOCK_STATE:
            self._on_position(event.value == _LOCKED)
