"""Subscription to a Z-Wave lock, over reloads, lost connections and replaced nodes."""

from collections.abc import Callable, Mapping
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from zwave_js_server.const import CommandClass
from zwave_js_server.const.command_class.access_control import UserCredentialType
from zwave_js_server.model.node import Node
from zwave_js_server.model.notification import NotificationNotification
from zwave_js_server.model.value import Value

from ...model.lock_events import Connected, LockEvent, SlotChanged, WriteRejected
from ...model.slot import Reason
from ...model.slot_events import ChangeKind
from ..base import LockUnreachableError, Unsubscribe
from ..subscription import LockSubscription
from .decoder import (
    ACCESS_CONTROL,
    KEYPAD_DISABLED,
    LOCK_JAMMED,
    DecodedZwaveEvent,
    DuplicateCode,
    decode_alarm,
    decode_notification,
)
from .pin_length import is_configured_length
from .recent_writes import RecentWrites
from .reference import ZwaveLockReference

_NODE_EVENTS: Final = ("dead", "alive", "ready", "interview started")
_CONTROLLER_EVENTS: Final = ("node added", "node removed")
_STATES: Final[Mapping[tuple[str, str], int]] = {
    # These two events update a value and emit no notification
    ("Access Control", "Lock state"): LOCK_JAMMED,
    ("Access Control", "Keypad state"): KEYPAD_DISABLED,
}
_CODE_TYPES: Final = (UserCredentialType.PIN_CODE, UserCredentialType.PASSWORD)


class ZwaveLockSubscription(LockSubscription[ZwaveLockReference]):
    """Subscribes to the current node of the lock and to its controller."""

    def __init__(
        self,
        hass: HomeAssistant,
        reference: ZwaveLockReference,
        on_event: Callable[[LockEvent], None],
        *,
        slots: Callable[[], range | None],
        recent_writes: RecentWrites,
    ) -> None:
        """Initialize; `slots` returns the managed slots, None while they are not known."""
        super().__init__(hass, reference, on_event)
        self._slots = slots
        self._recent_writes = recent_writes
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
        reports = ZwaveNodeEvents(node, self._slots, self._on_decoded)
        self._node_unsubscribes = [
            reports.stop,
            node.on("value added", self._on_value),
            node.on("value updated", self._on_value),
            *(node.on(name, self.async_refresh) for name in _NODE_EVENTS),
        ]
        if (driver := node.client.driver) is not None:
            self._node_unsubscribes += [
                driver.controller.on(name, self.async_refresh)
                for name in _CONTROLLER_EVENTS
            ]

    @override
    def _detach(self) -> None:
        self._node = None
        while self._node_unsubscribes:
            self._node_unsubscribes.pop()()

    @callback
    def _on_value(self, event: dict[str, Any]) -> None:
        """Have the lock probed again when the length of its PINs was changed."""
        node = self._node
        if node is None or not self._is_connected:
            return
        if is_configured_length(node, event["value"]):
            self.emit(Connected())

    @callback
    def _on_decoded(self, event: DecodedZwaveEvent) -> None:
        if not isinstance(event, DuplicateCode):
            self.emit(event)
        elif (slot := self._recent_writes.match_rejection(event.slot)) is not None:
            self.emit(WriteRejected(slot, Reason.DUPLICATE))


class ZwaveNodeEvents:
    """Listens to a node from construction until `stop()`.

    Payloads are never logged: those of credentials contain the code in clear text. Only
    type, slot and user are read from them. A lock that supports both may report one
    event twice, as an alarm and as a notification.
    """

    def __init__(
        self,
        node: Node,
        slots: Callable[[], range | None],
        on_decoded: Callable[[DecodedZwaveEvent], None],
    ) -> None:
        """Start listening; `slots` returns the managed slots, None while they are not known."""
        self._slots = slots
        self._on_decoded = on_decoded
        self._alarm_type: int | None = None
        self._unsubscribes: list[Unsubscribe] = [
            node.on("notification", self._on_notification),
            node.on("value added", self._on_value),
            node.on("value updated", self._on_value),
            node.on("credential added", self._on_credential_set),
            node.on("credential modified", self._on_credential_set),
            node.on("credential deleted", self._on_credential_deleted),
            node.on("user modified", self._on_user_modified),
            node.on("user deleted", self._on_user_deleted),
        ]

    def stop(self) -> None:
        """Stop listening. May be called again."""
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def _on_notification(self, event: dict[str, Any]) -> None:
        notification = event["notification"]
        if (
            isinstance(notification, NotificationNotification)
            and notification.type_ == ACCESS_CONTROL
        ):
            self._emit(
                decode_notification(
                    notification.event,
                    notification.parameters,
                    self._slots(),
                    dt_util.utcnow(),
                )
            )

    @callback
    def _on_value(self, event: dict[str, Any]) -> None:
        value: Value = event["value"]
        if value.command_class != CommandClass.NOTIFICATION:
            return
        number = value.value
        if not isinstance(number, int):
            return
        if value.property_ == "alarmType":
            self._alarm_type = number
        elif value.property_ == "alarmLevel":
            # One report updates two values, the type before the level
            alarm_type, self._alarm_type = self._alarm_type, None
            if alarm_type:
                self._emit(
                    decode_alarm(alarm_type, number, self._slots(), dt_util.utcnow())
                )
        elif number == _STATES.get((str(value.property_), str(value.property_key))):
            self._emit(
                decode_notification(number, None, self._slots(), dt_util.utcnow())
            )

    @callback
    def _on_credential_set(self, event: dict[str, Any]) -> None:
        self._on_credential(event, ChangeKind.SET)

    @callback
    def _on_credential_deleted(self, event: dict[str, Any]) -> None:
        self._on_credential(event, ChangeKind.CLEARED)

    def _on_credential(self, event: dict[str, Any], change: ChangeKind) -> None:
        credential = event["args"]
        if credential.credential_type in _CODE_TYPES:
            self._emit_change(credential.credential_slot, change)

    @callback
    def _on_user_modified(self, event: dict[str, Any]) -> None:
        user = event["args"]
        if not user.active:
            self._emit_change(user.user_id, ChangeKind.UNKNOWN)

    @callback
    def _on_user_deleted(self, event: dict[str, Any]) -> None:
        # Their credentials are deleted with them, without an event of their own
        self._emit_change(event["args"].user_id, ChangeKind.CLEARED)

    def _emit_change(self, slot: int, change: ChangeKind) -> None:
        slots = self._slots()
        if slots is None or slot in slots:
            self._on_decoded(SlotChanged(slot, change))

    def _emit(self, event: DecodedZwaveEvent | None) -> None:
        if event is not None:
            self._on_decoded(event)
