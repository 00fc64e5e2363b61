"""A ConBee II: the serial protocol that zigpy-deconz and zigbee-herdsman speak with it.

After what both drivers send and accept; commands that neither of them uses are not there.
"""

from collections import deque
from collections.abc import Callable
from enum import IntEnum

from .fields import Fields, u8, u16, u32, u64
from .mesh import Mesh
from .node import Message, Node
from .terms import HOME_AUTOMATION, ZDO_PROFILE
from .zdo import ANNOUNCE

_VERSION = bytes([0x00, 0x07, 0x80, 0x26])
"""Firmware 0x26800700, of a ConBee II."""
_ALL_CHANNELS = 0x07FFF800
_ALL_THAT_LISTEN = 0xFFFD
_FREE_SLOTS = 0x20
_CONFIRM_WAITS, _INDICATION_WAITS = 4, 8
_OK, _FAILURE, _UNSUPPORTED = 0, 1, 4
_CONFIRMED, _NO_ACKNOWLEDGEMENT = 0x00, 0xA7
_TRUST_CENTER_KEY = b"ZigBeeAlliance09"
_ROUTER_MASK = 0xFFF8
"""Addresses from here on are those of many."""


class Order(IntEnum):
    """Commands of the host."""

    CONFIRM = 0x04
    STATE = 0x07
    CHANGE_STATE = 0x08
    READ = 0x0A
    WRITE = 0x0B
    VERSION = 0x0D
    STATE_CHANGED = 0x0E
    SEND = 0x12
    INDICATION = 0x17
    NEIGHBOUR = 0x1D


class Parameter(IntEnum):
    """Parameters that are more than bytes to keep."""

    IEEE = 0x01
    EXTENDED_PAN = 0x08
    CHANNEL_MASK = 0x0A
    WANTED_EXTENDED_PAN = 0x0B
    TRUST_CENTER = 0x0E
    ENDPOINT = 0x13
    NETWORK_KEY = 0x18
    LINK_KEY = 0x19
    CHANNEL = 0x1C
    PERMIT = 0x21
    FRAME_COUNTER = 0x27


class ConBee:
    """The stick: one host at a time, and a mesh behind it.

    What it remembers outlives the connections, as that of a real one does.
    """

    def __init__(self, mesh: Mesh) -> None:
        """Make a blank stick that has no network yet."""
        self.mesh = mesh
        self.write: Callable[[bytes], None] | None = None
        """Sends a frame to the host that is connected."""
        ieee = u64(mesh.coordinator.addresses.ieee)
        self.parameters: dict[int, bytes] = {
            Parameter.IEEE: ieee,
            0x05: u16(0xFFFF),
            0x07: u16(0),
            Parameter.EXTENDED_PAN: bytes(8),
            0x09: u8(1),
            Parameter.CHANNEL_MASK: u32(_ALL_CHANNELS),
            Parameter.WANTED_EXTENDED_PAN: bytes(8),
            Parameter.TRUST_CENTER: ieee,
            0x10: u8(3),
            0x15: u8(0),
            Parameter.CHANNEL: u8(0),
            Parameter.PERMIT: u8(0),
            0x22: u16(0x010E),
            0x24: u8(0),
            0x26: bytes(4),
            Parameter.FRAME_COUNTER: bytes(4),
            0x28: u16(0),
            0x29: bytes(4),
        }
        self.keys: dict[int, bytes] = {0: bytes(16)}
        self.link_keys: dict[bytes, bytes] = {}
        self.endpoints = {
            number: u8(kind) + u16(HOME_AUTOMATION) + u16(5) + bytes(3)
            for number, kind in enumerate((1, 0xF2, 0xFE))
        }
        self.network = 0
        """0 for none, 2 while it is in its network."""
        self._indications: deque[bytes] = deque()
        self._confirms: deque[bytes] = deque()

    def connect(self, write: Callable[[bytes], None]) -> None:
        """Connect a host, and drop what waited for the last one."""
        self.write = write
        self._indications.clear()
        self._confirms.clear()
        self.mesh.host = self

    def disconnect(self, write: Callable[[bytes], None]) -> None:
        """Let a host go, if it is still this one."""
        if self.write is write:
            self.write = None
            self.mesh.host = None

    def unplugged(self) -> None:
        """The connection is closed by whoever made it."""

    def receive(self, node: Node, message: Message) -> None:
        """Keep a device's message until the host asks for it."""
        everybody = message.profile == ZDO_PROFILE and message.cluster == ANNOUNCE
        self._indications.append(
            u8(2)
            + u16(_ALL_THAT_LISTEN if everybody else 0)
            + u8(message.destination)
            + u8(2)
            + u16(node.addresses.nwk)
            + u8(message.source)
            + u16(message.profile)
            + u16(message.cluster)
            + u16(len(message.data))
            + message.data
            + bytes([0, 0, 200, 0, 0, 0, 0, 0xC4])
        )
        self._send_state()

    def receive_frame(self, frame: bytes) -> None:
        """Take a frame of the host."""
        order, number, payload = frame[0], frame[1], frame[5:]
        match order:
            case Order.VERSION:
                self._answer(order, number, _VERSION, sized=False)
            case Order.STATE:
                self._answer(order, number, bytes([self._state(), 0, 0]), sized=False)
            case Order.CHANGE_STATE:
                self._change_state(payload[0])
                self._answer(order, number, payload[:1], sized=False)
                self._send_state()
            case Order.READ:
                self._read(number, payload[2], payload[3:])
            case Order.WRITE:
                self._write(payload[2], payload[3:])
                self._answer(order, number, payload[2:3])
            case Order.SEND:
                self._send(number, Fields(payload[2:]))
            case Order.CONFIRM:
                self._hand_over(order, number, self._confirms)
            case Order.INDICATION:
                self._hand_over(order, number, self._indications)
            case Order.NEIGHBOUR:
                self._answer(order, number, payload[2:])
            case _:
                self._answer(order, number, b"", status=_UNSUPPORTED)

    def _answer(
        self,
        order: int,
        number: int,
        payload: bytes,
        *,
        status: int = _OK,
        sized: bool = True,
    ) -> None:
        body = (u16(len(payload)) if sized else b"") + payload
        self._out(bytes([order, number, status]) + u16(5 + len(body)) + body)

    def _out(self, frame: bytes) -> None:
        if self.write is not None:
            self.write(frame)

    def _state(self) -> int:
        waiting = _CONFIRM_WAITS if self._confirms else 0
        waiting |= _INDICATION_WAITS if self._indications else 0
        return self.network | waiting | _FREE_SLOTS

    def _send_state(self) -> None:
        state = bytes([self._state(), 0])
        self._out(bytes([Order.STATE_CHANGED, 0, 0]) + u16(7) + state)

    def _hand_over(self, order: int, number: int, waiting: deque[bytes]) -> None:
        if not waiting:
            self._answer(order, number, b"", status=_FAILURE)
            return
        first = waiting.popleft()
        self._answer(order, number, u8(self._state()) + first)

    def _change_state(self, network: int) -> None:
        self.network = network
        if network != 2:
            return
        mask = int.from_bytes(self.parameters[Parameter.CHANNEL_MASK], "little")
        channel = next((at for at in range(11, 27) if mask >> at & 1), 15)
        self.parameters[Parameter.CHANNEL] = u8(channel)
        wanted = self.parameters[Parameter.WANTED_EXTENDED_PAN]
        self.parameters[Parameter.EXTENDED_PAN] = wanted

    def _read(self, number: int, parameter: int, argument: bytes) -> None:
        value: bytes | None = None
        match parameter:
            case Parameter.NETWORK_KEY:
                index = argument[0] if argument else 0
                value = argument[:1] + self.keys.get(index, bytes(16))
            case Parameter.LINK_KEY:
                key = self.link_keys.get(argument[:8], _TRUST_CENTER_KEY)
                value = argument[:8] + key
            case Parameter.ENDPOINT:
                if argument[0] in self.endpoints:
                    value = argument[:1] + self.endpoints[argument[0]]
            case _:
                value = self.parameters.get(parameter)
        if value is None:
            self._answer(Order.READ, number, u8(parameter), status=_UNSUPPORTED)
        else:
            self._answer(Order.READ, number, u8(parameter) + value)

    def _write(self, parameter: int, value: bytes) -> None:
        match parameter:
            case Parameter.NETWORK_KEY:
                self.keys[value[0]] = value[1:17]
            case Parameter.LINK_KEY:
                self.link_keys[value[:8]] = value[8:24]
            case Parameter.ENDPOINT:
                self.endpoints[value[0]] = value[1:]
            case _:
                self.parameters[parameter] = value

    def _count_frame(self) -> None:
        counted = int.from_bytes(self.parameters[Parameter.FRAME_COUNTER], "little")
        self.parameters[Parameter.FRAME_COUNTER] = u32((counted + 1) & 0xFFFFFFFF)

    def _send(self, number: int, fields: Fields) -> None:
        request, _flags, mode = fields.u8(), fields.u8(), fields.u8()
        group = mode == 1
        ieee = None if mode in (1, 2) else fields.u64()
        nwk = fields.u16() if ieee is None else None
        endpoint = 0 if group else fields.u8()
        profile, cluster, source = fields.u16(), fields.u16(), fields.u8()
        message = Message(profile, cluster, source, endpoint, fields.take(fields.u16()))
        self._count_frame()
        self._answer(Order.SEND, number, bytes([self._state(), request]))
        to = u8(mode) + (u16(nwk) if nwk is not None else u64(ieee or 0))
        to += b"" if group else u8(endpoint)

        def confirm(confirmed: bool) -> None:
            status = _CONFIRMED if confirmed else _NO_ACKNOWLEDGEMENT
            ending = bytes([source, status, 0, 0, 0, 0])
            self._confirms.append(u8(request) + to + ending)
            self._send_state()

        if group or (nwk is not None and nwk >= _ROUTER_MASK):
            self.mesh.medium.after(0, lambda: confirm(True))
        else:
            self.mesh.send(self.mesh.find(nwk=nwk, ieee=ieee), message, confirm)
