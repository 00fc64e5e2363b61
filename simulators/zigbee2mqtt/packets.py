"""Codec of MQTT 3.1.1 and 5 packets, as far as Home Assistant's client needs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

VERSION_5: Final = 5
_SIZES: Final = {
    0x01: 1,
    0x02: 4,
    0x11: 4,
    0x17: 1,
    0x18: 4,
    0x19: 1,
    0x21: 2,
    0x22: 2,
    0x23: 2,
    0x27: 4,
}
_STRINGS: Final = (0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F)
_PAIR: Final = 0x26
_SUBSCRIPTION: Final = 0x0B


class Kind(IntEnum):
    """What a packet is."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBSCRIBE = 8
    SUBACK = 9
    UNSUBSCRIBE = 10
    UNSUBACK = 11
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


class ProtocolError(Exception):
    """A client said something that this broker does not understand."""


@dataclass(frozen=True)
class Connect:
    """A client presents itself."""

    version: int
    client_id: str


@dataclass(frozen=True)
class Publish:
    """A message, in either direction. `number` is 0 where it needs no confirmation."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    number: int = 0


@dataclass(frozen=True)
class Subscribe:
    """Filters that a client wants, and the identifier that it gives them all."""

    number: int
    filters: tuple[str, ...]
    identifier: int | None


@dataclass(frozen=True)
class Unsubscribe:
    """Filters that a client does not want any more."""

    number: int
    filters: tuple[str, ...]


class Reader:
    """Reads a packet's body from the front."""

    def __init__(self, body: bytes) -> None:
        """Read this body."""
        self._left = body

    @property
    def left(self) -> int:
        """Return how many bytes have not been read."""
        return len(self._left)

    def take(self, count: int) -> bytes:
        """Read so many bytes."""
        if count > len(self._left):
            raise ProtocolError("a packet is too short")
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def byte(self) -> int:
        """Read one byte."""
        return self.take(1)[0]

    def two(self) -> int:
        """Read a number of two bytes."""
        return int.from_bytes(self.take(2))

    def text(self) -> str:
        """Read a string."""
        return self.take(self.two()).decode()

    def variable(self) -> int:
        """Read a number of variable length."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def properties(self) -> dict[int, int]:
        """Read the properties of version 5; only the subscription's is kept."""
        reader = Reader(self.take(self.variable()))
        found: dict[int, int] = {}
        while reader.left:
            name = reader.byte()
            if name == _SUBSCRIPTION:
                found[name] = reader.variable()
            elif name == _PAIR:
                reader.text()
                reader.text()
            elif name in _STRINGS:
                reader.text()
            elif name in _SIZES:
                reader.take(_SIZES[name])
            else:
                raise ProtocolError(f"unknown property {name}")
        return found


def read_connect(body: bytes) -> Connect:
    """Decode a CONNECT; wills and passwords are ignored."""
    reader = Reader(body)
    reader.text()
    version = reader.byte()
    reader.byte()
    reader.two()
    if version == VERSION_5:
        reader.properties()
    return Connect(version, reader.text())


def read_publish(flags: int, body: bytes, version: int) -> Publish:
    """Take a PUBLISH apart."""
    reader = Reader(body)
    topic = reader.text()
    qos = flags >> 1 & 3
    number = reader.two() if qos else 0
    if version == VERSION_5:
        reader.properties()
    return Publish(topic, reader.take(reader.left), qos, bool(flags & 1), number)


def read_subscribe(body: bytes, version: int) -> Subscribe:
    """Take a SUBSCRIBE apart."""
    reader = Reader(body)
    number = reader.two()
    properties = reader.properties() if version == VERSION_5 else {}
    filters: list[str] = []
    while reader.left:
        filters.append(reader.text())
        reader.byte()
    return Subscribe(number, tuple(filters), properties.get(_SUBSCRIPTION))


def read_unsubscribe(body: bytes, version: int) -> Unsubscribe:
    """Take an UNSUBSCRIBE apart."""
    reader = Reader(body)
    number = reader.two()
    if version == VERSION_5:
        reader.properties()
    filters: list[str] = []
    while reader.left:
        filters.append(reader.text())
    return Unsubscribe(number, tuple(filters))


@dataclass(frozen=True)
class Writer:
    """Puts packets together for a client of one version."""

    version: int

    @classmethod
    def of(cls, connect: Connect) -> Self:
        """Write for this client."""
        return cls(connect.version)

    def connack(self) -> bytes:
        """Accept the client; there never is an earlier session."""
        return _packet(Kind.CONNACK, b"\0\0" + self._none())

    def publish(self, message: Publish, identifiers: Iterable[int]) -> bytes:
        """Send a message on, unconfirmed; with the identifiers of what it matches."""
        properties = b""
        if self.version == VERSION_5:
            for identifier in sorted(identifiers):
                properties += bytes([_SUBSCRIPTION]) + _variable(identifier)
            properties = _variable(len(properties)) + properties
        body = _text(message.topic) + properties + message.payload
        return _packet(Kind.PUBLISH, body, flags=int(message.retain))

    def puback(self, number: int) -> bytes:
        """Confirm a message."""
        return _packet(Kind.PUBACK, number.to_bytes(2))

    def suback(self, packet: Subscribe) -> bytes:
        """Confirm a subscription, of messages that are not confirmed."""
        granted = bytes(len(packet.filters))
        return _packet(Kind.SUBACK, packet.number.to_bytes(2) + self._none() + granted)

    def unsuback(self, packet: Unsubscribe) -> bytes:
        """Confirm the end of subscriptions."""
        body = packet.number.to_bytes(2)
        if self.version == VERSION_5:
            body += self._none() + bytes(len(packet.filters))
        return _packet(Kind.UNSUBACK, body)

    def pingresp(self) -> bytes:
        """Be there."""
        return _packet(Kind.PINGRESP, b"")

    def _none(self) -> bytes:
        return b"\0" if self.version == VERSION_5 else b""


def _packet(kind: Kind, body: bytes, *, flags: int = 0) -> bytes:
    return bytes([kind << 4 | flags]) + _variable(len(body)) + body


def _text(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(2) + encoded


def _variable(value: int) -> bytes:
    encoded = b""
    while True:
        value, byte = value >> 7, value & 0x7F
        encoded += bytes([byte | (0x80 if value else 0)])
        if not value:
            return encoded
