"""A lock as a device of the network: frames in, answers and notifications out."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import override

from .commands import invoke
from .events import LockEvent, command_of, payload_of
from .faults import Fault, Faults
from .fields import MalformedError, u16
from .keypad_user import KeypadUser
from .lock import DoorLock, RefusedError
from .node import Message, Node, Sleep
from .terms import HOME_AUTOMATION, Cluster, Command, General, Status
from .zcl import AttributeServer, Frame, Value
from .zdo import Addresses, Endpoint

_DOOR_LOCK_DEVICE = 0x000A
_BATTERY = 3
_NAMES_ITS_USER = {
    Command.GET_PIN: 0,
    Command.GET_USER_STATUS: 0,
    Command.GET_USER_TYPE: 0,
    Command.GET_RFID: 0,
    Command.GET_WEEK_DAY: 1,
    Command.GET_YEAR_DAY: 1,
}
"""Where in its answer a command has the user id."""


@dataclass(frozen=True)
class Identity:
    """What a lock says it is."""

    ieee: int = 0x000D6F0011223344
    nwk: int = 0xB79C
    manufacturer: str = "SimLock"
    model: str = "Sim Door Lock"
    endpoint: int = 1


@dataclass
class Delays:
    """How long a lock takes, in seconds."""

    answer: float = 0
    notification: float = 0
    """From what happened; what is caused by a command never comes before its answer."""


class LockNode(Node):
    """One lock in the network."""

    def __init__(
        self,
        lock: DoorLock | None = None,
        identity: Identity | None = None,
        *,
        sleep: Sleep | None = None,
        poll_control: bool = False,
    ) -> None:
        """Make a lock; without one of its own it has default limits.

        `poll_control` lets the host ask one that sleeps to listen more often, which
        changes nothing here.
        """
        self.lock = lock or DoorLock()
        self.identity = identity or Identity()
        self.door = KeypadUser(self.lock)
        self.faults = Faults()
        self.delays = Delays()
        self.battery = 170
        """In half percents."""
        self.received: list[tuple[Command, bytes]] = []
        """Every door lock command that came, before any fault; PINs are in there."""
        self.attribute_reads = 0
        """How many frames asked for the door lock's attributes."""
        self._request: tuple[Frame, Fault] | None = None
        self._held: list[tuple[Cluster, Frame]] = []
        inputs = [Cluster.BASIC, Cluster.POWER, Cluster.IDENTIFY, Cluster.ALARMS]
        inputs += [Cluster.POLL_CONTROL] if poll_control else []
        self._servers = self._make_servers()
        super().__init__(
            Addresses(self.identity.ieee, self.identity.nwk),
            {
                self.identity.endpoint: Endpoint(
                    _DOOR_LOCK_DEVICE,
                    (*inputs, Cluster.DOOR_LOCK),
                    (Cluster.TIME, Cluster.OTA),
                )
            },
            sleep=sleep,
        )
        self.lock.on_event = self._on_event
        self.lock.on_attribute = self._on_attribute

    def pins(self) -> dict[int, str]:
        """Return the PINs that are really in the lock, by user id."""
        held = self.lock.memory.pins
        return {user: code.data.decode() for user, code in held.items()}

    @override
    def receive_at_endpoint(self, message: Message) -> bool:
        if message.destination != self.identity.endpoint:
            return True
        try:
            frame = Frame.parse(message.data)
        except MalformedError:
            return True
        if message.cluster == Cluster.DOOR_LOCK:
            return self._receive_door_lock_frame(message, frame)
        self._answer(message, self._ordinary_answer(message.cluster, frame))
        return True

    def _receive_door_lock_frame(self, message: Message, frame: Frame) -> bool:
        fault = self._fault_of(frame)
        if not fault.applied and fault.status is None and fault.default is None:
            return fault.acknowledged
        self._request = (frame, fault)
        with self._forgetting(forget=fault.forgotten or not fault.applied):
            if frame.general:
                answer = self._ordinary_answer(message.cluster, frame)
            else:
                answer = self._command_answer(frame, fault)
        if answer is not None and fault.cut is not None:
            answer = replace(answer, payload=answer.payload[: fault.cut])
        self._request = None
        if fault.late:
            self.later(fault.late, partial(self._do_late, frame))
        if fault.answered:
            self._answer(message, answer, fault.delay)
        held, self._held = self._held, []
        if fault.reported and fault.applied:
            for cluster, notification in held:
                self._send(
                    cluster,
                    notification,
                    max(self.delays.notification, self.delays.answer),
                )
        return fault.acknowledged

    def _do_late(self, frame: Frame) -> None:
        with suppress(RefusedError):
            invoke(self.lock, frame.command, frame.payload)

    def _fault_of(self, frame: Frame) -> Fault:
        known: Command | General | None = None
        if frame.general and frame.command == General.DEFAULT_RESPONSE:
            return Fault()
        if frame.general and frame.command in General:
            known = General(frame.command)
            self.attribute_reads += known is General.READ_ATTRIBUTES
        elif not frame.general and frame.command in Command:
            known = Command(frame.command)
            self.received.append((known, frame.payload))
        return Fault() if known is None else self.faults.take(known)

    def _command_answer(self, frame: Frame, fault: Fault) -> Frame:
        try:
            payload = invoke(self.lock, frame.command, frame.payload)
        except RefusedError as refused:
            return frame.default(refused.status)
        if fault.default is not None:
            return frame.default(fault.default)
        if fault.status is not None:
            payload = bytes([fault.status])
        at = _NAMES_ITS_USER.get(Command(frame.command))
        if fault.user is not None and at is not None:
            payload = payload[:at] + u16(fault.user) + payload[at + 2 :]
        return frame.answer(frame.command, payload, general=False)

    def _ordinary_answer(self, cluster: int, frame: Frame) -> Frame | None:
        if frame.general:
            server = self._servers.get(cluster) or AttributeServer(cluster, dict)
            return server.answer(frame)
        if frame.wants_default:
            return frame.default(Status.UNSUPPORTED_CLUSTER_COMMAND)
        return None

    def _answer(self, message: Message, answer: Frame | None, delay: float = 0) -> None:
        if answer is not None:
            self.transmit(
                Message(
                    message.profile,
                    message.cluster,
                    message.destination,
                    message.source,
                    answer.encode(),
                ),
                self.delays.answer + delay,
            )

    def _send(self, cluster: Cluster, frame: Frame, delay: float) -> None:
        endpoint = self.identity.endpoint
        message = Message(HOME_AUTOMATION, cluster, endpoint, 1, frame.encode())
        self.transmit(message, delay)

    @contextmanager
    def _forgetting(self, *, forget: bool) -> Iterator[None]:
        """Undo what happens to the lock meanwhile, if it shall be forgotten."""
        lock = self.lock
        memory, state = lock.memory, lock.state
        if forget:
            lock.memory = deepcopy(memory)
        yield
        if forget:
            lock.memory, lock.state = memory, state

    def _on_event(self, event: LockEvent) -> None:
        cluster, command = command_of(event)
        request = self._request
        first = request is not None and request[1].notifies_first
        frame = Frame(
            general=False,
            number=request[0].number if request and first else self.next_number(),
            command=command,
            payload=payload_of(event, data=self.lock.traits.sends_data_field),
            from_server=True,
            wants_default=not first,
        )
        for _ in range(self.lock.traits.notification_copies):
            if request is None or first:
                self._send(cluster, frame, 0 if first else self.delays.notification)
            else:
                self._held.append((cluster, frame))

    def _on_attribute(self, attribute: int, value: int) -> None:
        server = self._servers[Cluster.DOOR_LOCK]
        frame = server.report(self.next_number(), attribute, value)
        if self._request is None:
            self._send(Cluster.DOOR_LOCK, frame, self.delays.notification)
        else:
            self._held.append((Cluster.DOOR_LOCK, frame))

    def _make_servers(self) -> dict[int, AttributeServer]:
        def basic() -> dict[int, Value]:
            identity = self.identity
            return {
                0: 3,
                1: 1,
                4: identity.manufacturer.encode(),
                5: identity.model.encode(),
                7: _BATTERY,
                0x4000: b"sim-1",
            }

        def battery() -> dict[int, Value]:
            return {0x20: 58, 0x21: self.battery}

        servers = (
            AttributeServer(Cluster.BASIC, basic),
            AttributeServer(Cluster.POWER, battery),
            AttributeServer(Cluster.IDENTIFY, lambda: {0: 0}),
            AttributeServer(Cluster.ALARMS, lambda: {0: 0}),
            AttributeServer(Cluster.OTA, lambda: {2: 0x01000000}),
            AttributeServer(
                Cluster.POLL_CONTROL,
                lambda: {0: 14400, 1: 8, 2: 2, 3: 40},
                lambda attribute, value: True,
            ),
            AttributeServer(
                Cluster.DOOR_LOCK,
                self.lock.attributes,
                self.lock.write,
            ),
        )
        return {server.cluster: server for server in servers}
