"""Devices of a Zigbee network: addresses, presence, and device management (ZDO)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from . import zdo
from .terms import ZDO_PROFILE
from .zdo import Addresses, Descriptor, Endpoint

_ALWAYS_LISTENS, _SLEEPS = 0x8E, 0x80


@dataclass(frozen=True)
class Message:
    """One message of an endpoint to an endpoint."""

    profile: int
    cluster: int
    source: int
    destination: int
    data: bytes


class Presence(Enum):
    """Whether a device can be reached."""

    ONLINE = auto()
    NO_ANSWER = auto()
    """Its radio confirms what it gets, and no answer ever comes."""
    UNREACHABLE = auto()
    """Nothing confirms."""


@dataclass(frozen=True)
class Sleep:
    """A battery device that asks its parent for messages now and then; in seconds."""

    every: float = 2
    stays_awake: float = 1
    """How long it goes on listening after a message."""


class Node:
    """One device. Its network sets `transmit` and `later`."""

    def __init__(
        self,
        addresses: Addresses,
        endpoints: dict[int, Endpoint],
        *,
        sleep: Sleep | None = None,
        manufacturer: int = 0x101D,
    ) -> None:
        """Make a device that is not yet in any network."""
        self.addresses = addresses
        self.endpoints = endpoints
        self.sleep = sleep
        self.descriptor = Descriptor(
            1 if sleep is None else 2,
            _ALWAYS_LISTENS if sleep is None else _SLEEPS,
            manufacturer,
        )
        self.presence = Presence.ONLINE
        self.joined = False
        self.bound: set[int] = set()
        """Clusters that the coordinator bound."""
        self.transmit: Callable[[Message, float], None] = lambda message, delay: None
        self.later: Callable[[float, Callable[[], None]], None] = lambda delay, do: None
        """Do something in so many seconds."""
        self.number = 0x80
        """Of the last frame of its own."""

    def join(self) -> None:
        """Join the network, or rejoin it, and broadcast the announcement."""
        self.joined = True
        data = zdo.announcement(
            self.next_number(), self.addresses, self.descriptor.capabilities
        )
        self.transmit(Message(ZDO_PROFILE, zdo.ANNOUNCE, 0, 0, data), 0)

    def receive(self, message: Message) -> bool:
        """Take a message; return whether the radio confirms it."""
        if self.presence is Presence.UNREACHABLE:
            return False
        if self.presence is Presence.ONLINE:
            if message.destination == 0:
                self._answer_about_itself(message)
            else:
                return self.receive_at_endpoint(message)
        return True

    def receive_at_endpoint(self, message: Message) -> bool:
        """Take a message to one of the endpoints; return whether it is confirmed."""
        return True

    def next_number(self) -> int:
        """Return a number for a frame of our own."""
        self.number = (self.number + 1) & 0xFF
        return self.number

    def _answer_about_itself(self, message: Message) -> None:
        if message.cluster == zdo.Request.BIND:
            self.bound.add(zdo.bound_cluster(message.data))
        answer = zdo.answer(
            self.addresses,
            self.descriptor,
            self.endpoints,
            message.cluster,
            message.data,
        )
        if answer is not None:
            cluster, data = answer
            self.transmit(Message(ZDO_PROFILE, cluster, 0, 0, data), 0)
        if message.cluster == zdo.Request.LEAVE:
            self.joined = False


def coordinator(ieee: int) -> Node:
    """Return the device that the host's own stick is in the network."""
    node = Node(
        Addresses(ieee, 0),
        {
            1: Endpoint(5, (0, 6, 0x0A, 0x19, 0x501), (1, 0x20, 0x500, 0x502)),
            0xF2: Endpoint(0x64, (), (0x21,), 0xA1E0),
        },
        manufacturer=0x1135,
    )
    node.descriptor = Descriptor(0, _ALWAYS_LISTENS, 0x1135)
    node.joined = True
    return node
