"""A Matter node: its locks by endpoint, event numbers, and the server's copy of it.

The server keeps a copy of a node's attributes that follows a subscription. While the
subscription is dead the copy goes stale, events wait at the node, and all of it comes in
one burst when the subscription is restored.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from .events import CRITICAL, Data, Json, LockEvent
from .faults import Faults
from .keypad_user import KeypadUser
from .lock import DoorLock
from .terms import (
    BASIC_INFORMATION,
    DOOR_LOCK,
    GENERAL_DIAGNOSTICS,
    LOCAL_TIME,
    TIME_SYNCHRONIZATION,
)

type Push = Callable[
    [Literal["attribute_updated", "node_event", "node_updated"], Json], None
]

_LOCAL_TIME = f"0/{TIME_SYNCHRONIZATION}/{LOCAL_TIME}"
_JUMP = 1000
"""How far event numbers jump when a lock starts, as measured with matter.js."""
_DOOR_LOCK_DEVICE = {"0": 10, "1": 4}
_ROOT_NODE = {"0": 22, "1": 4}
_COMMISSIONED = datetime(2026, 10, 1, tzinfo=UTC).isoformat()


@dataclass(frozen=True)
class Identity:
    """What a node says it is."""

    vendor: str = "SimLock"
    product: str = "Sim Door Lock"
    label: str = ""
    serial: str = "SIMLOCK-001"
    fabric_index: int = 1
    """Our own on this node."""


class Node:
    """One device with a door lock on each of its endpoints."""

    def __init__(
        self,
        node_id: int = 1,
        locks: dict[int, DoorLock] | None = None,
        identity: Identity | None = None,
        *,
        reports_time: bool = True,
    ) -> None:
        """Make a node; without locks it has one, with default limits, on endpoint 1.

        With `reports_time` it has Time Synchronization, for the clock of its first lock.
        """
        self._reports_time = reports_time
        self.node_id = node_id
        self.locks = locks or {1: DoorLock()}
        self.doors = {number: KeypadUser(lock) for number, lock in self.locks.items()}
        self.identity = identity or Identity()
        self.faults = Faults()
        self.available = True
        """What the server reports, right or wrong."""
        self.reachable = True
        """Whether commands arrive at all, whatever the server believes."""
        self.push: Push = lambda kind, data: None
        self.calls: list[tuple[str, dict[str, Json]]] = []
        """Every command that came for this node, before any fault; PINs are in there."""
        self.reads = 0
        """How many attributes were asked of the node itself."""
        self._event_number = 0
        self._subscribed = True
        self._missed: list[Data] = []
        self.known = self.truth()
        """The server's copy of the attributes, by "endpoint/cluster/attribute"."""
        for number, lock in self.locks.items():
            self._follow(number, lock)

    @property
    def lock(self) -> DoorLock:
        """Return the lock of the first endpoint."""
        return next(iter(self.locks.values()))

    @property
    def door(self) -> KeypadUser:
        """Return the door of the first endpoint."""
        return next(iter(self.doors.values()))

    def truth(self) -> dict[str, Json]:
        """Return all attributes as they are on the node now."""
        endpoints: list[Json] = [*self.locks]
        identity = self.identity
        truth: dict[str, Json] = {
            "0/29/0": [dict(_ROOT_NODE)],
            "0/29/1": [29, BASIC_INFORMATION, TIME_SYNCHRONIZATION, 62],
            "0/29/2": [],
            "0/29/3": endpoints,
            "0/40/1": identity.vendor,
            "0/40/2": 65521,
            "0/40/3": identity.product,
            "0/40/4": 32768,
            "0/40/5": identity.label,
            "0/40/7": 0,
            "0/40/8": "0",
            "0/40/9": 0,
            "0/40/10": "0",
            "0/40/15": f"{identity.serial}-{self.node_id}",
            "0/40/18": f"{identity.serial}-{self.node_id}",
            "0/62/5": identity.fabric_index,
        }
        if self._reports_time:
            for attribute, value in self.lock.clock.attributes().items():
                truth[f"0/{TIME_SYNCHRONIZATION}/{attribute}"] = value
        else:
            truth["0/29/1"] = [29, BASIC_INFORMATION, 62]
        for number, lock in self.locks.items():
            truth[f"{number}/29/0"] = [dict(_DOOR_LOCK_DEVICE)]
            truth[f"{number}/29/1"] = [29, DOOR_LOCK]
            truth[f"{number}/29/2"] = []
            truth[f"{number}/29/3"] = []
            for attribute, value in lock.attributes().items():
                truth[f"{number}/{DOOR_LOCK}/{int(attribute)}"] = value
        return truth

    def data(self) -> Data:
        """Return the node as the server shows it."""
        return {
            "node_id": self.node_id,
            "date_commissioned": _COMMISSIONED,
            "last_interview": _COMMISSIONED,
            "interview_version": 6,
            "available": self.available,
            "is_bridge": False,
            "attributes": dict(self.known),
            "attribute_subscriptions": [],
        }

    def read(self, path: str) -> Json:
        """Read one attribute from the node itself, past the server's copy."""
        if path == _LOCAL_TIME and path in self.known:
            return self.lock.clock.local_time()
        self.known[path] = self.truth().get(path)
        return self.known[path]

    def drop_subscription(self) -> None:
        """Drop the subscription unnoticed: nothing more is reported, all stays available."""
        self._subscribed = False

    def restore_subscription(self) -> None:
        """Renew the subscription: changed attributes, then every missed event, old times."""
        self._subscribed = True
        missed, self._missed = self._missed, []
        self.refresh()
        for event in missed:
            self.push("node_event", event)

    @contextmanager
    def without_reports(self) -> Iterator[None]:
        """Update the server's copy meanwhile, without reports to its clients."""
        push, self.push = self.push, lambda kind, data: None
        try:
            yield
        finally:
            self.push = push

    def refresh(self) -> None:
        """Update the server's copy, and report what was different."""
        for path, value in self.truth().items():
            self._report(path, value)

    def resubscribe(self, *, keep_stale: bool) -> None:
        """Subscribe as a server does that has just started: earlier events are lost to it."""
        self._missed.clear()
        self._subscribed = True
        if not keep_stale:
            self.known = self.truth()

    def set_available(self, available: bool) -> None:
        """Report the node as unavailable, or as available and read again."""
        self.available = self.reachable = available
        if available:
            self.known = self.truth()
        self.push("node_updated", self.data())

    def reboot(self) -> None:
        """Cut the node's power for a moment.

        The subscription is dead until `restore_subscription`, unnoticed; the first command is
        lost, see `command_lost`; event numbers jump, and the burst begins with events of
        other clusters.
        """
        self.drop_subscription()
        self._event_number += _JUMP
        now = self.lock.clock.milliseconds()
        for cluster, event, data in (
            (BASIC_INFORMATION, 0, {"softwareVersion": 0}),
            (GENERAL_DIAGNOSTICS, 3, {"bootReason": 1}),
        ):
            self._emit(LockEvent(event, CRITICAL, {**data}, now, cluster, 0))

    def _follow(self, number: int, lock: DoorLock) -> None:
        lock.on_event = lambda event: self._emit(event, number)
        lock.on_attribute = lambda attribute, value: self._report(
            f"{number}/{DOOR_LOCK}/{int(attribute)}", value
        )

    def _report(self, path: str, value: Json) -> None:
        if self._subscribed and (path not in self.known or self.known[path] != value):
            self.known[path] = value
            self.push("attribute_updated", [self.node_id, path, value])

    def _emit(self, event: LockEvent, endpoint: int | None = None) -> None:
        self._event_number += 1
        report: Data = {
            "node_id": self.node_id,
            "endpoint_id": endpoint if event.endpoint is None else event.endpoint,
            "cluster_id": event.cluster,
            "event_id": event.event_id,
            "event_number": self._event_number,
            "priority": event.priority,
            "timestamp": event.at,
            "timestamp_type": 1,
            "data": event.data,
        }
        if self._subscribed:
            self.push("node_event", report)
        else:
            self._missed.append(report)
