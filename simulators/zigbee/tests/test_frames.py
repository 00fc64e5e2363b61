"""Frames as bytes: serial line, stick, lock, and delivery."""

import asyncio
from functools import partial

import pytest

from simulators.zigbee import LockNode, Mesh, Presence, Sleep
from simulators.zigbee.conbee import ConBee, Order, Parameter
from simulators.zigbee.fields import Fields, MalformedError, u16
from simulators.zigbee.node import Message, Node
from simulators.zigbee.radio_medium import RadioMedium
from simulators.zigbee.slip import Unwrapper, wrap
from simulators.zigbee.terms import HOME_AUTOMATION, Cluster
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.waiting import wait_for

READ_LOCK_STATE = bytes([0x10, 7, 0x00, 0x00, 0x00])
GET_PIN = bytes([0x11, 9, 0x06]) + u16(3)


class Host:
    """Somebody who listens to the coordinator."""

    def __init__(self, mesh: Mesh) -> None:
        self.received: list[bytes] = []
        self.confirmed: list[bool] = []
        self.mesh = mesh
        mesh.host = self

    def receive(self, node: Node, message: Message) -> None:
        """Keep what a lock says."""
        if message.cluster == Cluster.DOOR_LOCK:
            self.received.append(message.data)

    def unplugged(self) -> None:
        """There is no connection to lose."""

    def send(self, data: bytes, cluster: int = Cluster.DOOR_LOCK, to: int = 1) -> None:
        """Send to the lock."""
        message = Message(HOME_AUTOMATION, cluster, 1, to, data)
        node = self.mesh.find(nwk=0xB79C)
        self.mesh.send(node, message, self.confirmed.append)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await wait_for(lambda: self.mesh.medium.is_still)


@pytest.fixture
def node() -> LockNode:
    """A lock."""
    return LockNode()


@pytest.fixture
def host(node: LockNode) -> Host:
    """A host of a network in which the lock is."""
    host = Host(Mesh([node]))
    node.joined = True
    return host


def test_every_byte_goes_over_the_line_and_damage_is_dropped() -> None:
    frames = [bytes(range(256)), b"\xc0\xdb\xdc\xdd\xc0", b"12345"]
    line = b"".join(map(wrap, frames))
    unwrapper = Unwrapper()
    assert [*unwrapper.feed(line[:300]), *unwrapper.feed(line[300:])] == frames
    damaged = bytearray(wrap(b"12345"))
    damaged[3] ^= 1
    assert list(unwrapper.feed(bytes(damaged) + wrap(b"67890"))) == [b"67890"]


def test_a_payload_that_is_too_short_is_malformed() -> None:
    fields = Fields(b"\x02a")
    with pytest.raises(MalformedError):
        fields.text()
    with pytest.raises(MalformedError):
        Fields(b"\x01").u16()


async def test_an_answer_has_the_number_of_its_question(
    host: Host, node: LockNode
) -> None:
    host.send(READ_LOCK_STATE)
    host.send(GET_PIN)
    await host.settle()
    state, pin = host.received
    assert state == bytes([0x18, 7, 0x01, 0, 0, 0, 0x30, 1])
    assert pin == bytes([0x19, 9, 0x06, 3, 0, 0, 0xFF, 0])
    assert host.confirmed == [True, True]


async def test_what_is_none_of_the_locks_is_confirmed_and_left_alone(
    host: Host, node: LockNode
) -> None:
    host.send(GET_PIN, to=9)
    host.send(b"\x01")
    host.send(bytes([0x11, 1, 0x00]), cluster=0x0006)
    await host.settle()
    assert host.received == []
    assert host.confirmed == [True] * 3


async def test_lock_that_left_or_is_unreachable_confirms_nothing(
    host: Host, node: LockNode
) -> None:
    node.presence = Presence.UNREACHABLE
    host.send(GET_PIN)
    node.joined = False
    host.send(GET_PIN)
    await host.settle()
    assert host.confirmed == [False, False]


def test_a_lock_that_sleeps_listens_only_now_and_then() -> None:
    async def story() -> None:
        host = Host(Mesh([node := LockNode(sleep=Sleep(every=5, stays_awake=1))]))
        node.joined = True
        loop = asyncio.get_running_loop()

        async def takes() -> float:
            begun = loop.time()
            host.send(GET_PIN)
            await host.settle()
            return loop.time() - begun

        await asyncio.sleep(6 - loop.time() % 5)
        assert 3.9 < await takes() < 4.1
        assert await takes() < 0.1
        await asyncio.sleep(3)
        assert await takes() > 0.5
        node.sleep = Sleep(every=100)
        await asyncio.sleep(102 - loop.time() % 100)
        assert 7.6 < await takes() < 7.8
        assert host.confirmed == [True, True, True, False]

    run_on_virtual_clock(story())


def test_what_is_sent_at_once_arrives_in_order() -> None:
    async def story() -> None:
        medium, landed = RadioMedium(), list[int]()
        for number in range(50):
            medium.after(0.01 if number % 2 else 0, partial(landed.append, number))
        await wait_for(lambda: medium.is_still)
        assert landed == [*range(0, 50, 2), *range(1, 50, 2)]
        medium.after(0, lambda: landed.append(99))
        medium.clear()
        await asyncio.sleep(1)
        assert landed[-1] == 49

    # On a clock that stands while they are sent: a machine that halts is no disorder
    run_on_virtual_clock(story())


class TestConBee:
    """The stick, frame by frame."""

    @pytest.fixture
    def stick(self, node: LockNode) -> ConBee:
        """A stick with a lock in its network."""
        node.joined = True
        return ConBee(Mesh([node]))

    @staticmethod
    def connect(stick: ConBee) -> list[bytes]:
        """Connect; return what the stick sends."""
        sent: list[bytes] = []
        stick.connect(sent.append)
        return sent

    @staticmethod
    def order(order: Order, payload: bytes) -> bytes:
        """Return a frame of the host."""
        return bytes([order, 1, 0]) + u16(5 + len(payload)) + payload

    def test_it_remembers_what_is_written(self, stick: ConBee) -> None:
        sent = self.connect(stick)
        channel = bytes([Parameter.CHANNEL_MASK]) + (1 << 20).to_bytes(4, "little")
        stick.receive_frame(self.order(Order.WRITE, u16(len(channel)) + channel))
        stick.receive_frame(self.order(Order.CHANGE_STATE, b"\x02"))
        read = bytes([Parameter.CHANNEL])
        stick.receive_frame(self.order(Order.READ, u16(1) + read))
        assert sent[-1][-1] == 20
        stick.receive_frame(self.order(Order.READ, u16(1) + b"\x77"))
        assert sent[-1][2] == 4

    async def test_it_confirms_and_indicates_when_it_is_asked(
        self, stick: ConBee
    ) -> None:
        sent = self.connect(stick)
        request = bytes([42, 0, 2]) + u16(0xB79C) + bytes([1])
        request += u16(HOME_AUTOMATION) + u16(Cluster.DOOR_LOCK) + bytes([1])
        request += u16(len(GET_PIN)) + GET_PIN
        stick.receive_frame(self.order(Order.SEND, u16(len(request)) + request))
        await wait_for(lambda: stick.mesh.medium.is_still)
        assert [frame[0] for frame in sent] == [
            Order.SEND,
            Order.STATE_CHANGED,
            Order.STATE_CHANGED,
        ]
        stick.receive_frame(self.order(Order.CONFIRM, u16(0)))
        assert sent[-1][8] == 42
        stick.receive_frame(self.order(Order.INDICATION, u16(0)))
        assert bytes([0x19, 9, 0x06]) in sent[-1]
        stick.receive_frame(self.order(Order.INDICATION, u16(0)))
        assert sent[-1][2] == 1

    async def test_a_second_host_takes_the_place_of_the_first(
        self, stick: ConBee, node: LockNode
    ) -> None:
        first, second = self.connect(stick), list[bytes]()

        def write(frame: bytes) -> None:
            second.append(frame)

        stick.connect(write)
        first.clear()
        node.door.turn()
        await wait_for(lambda: stick.mesh.medium.is_still)
        assert second
        assert first == []
        stick.disconnect(first.append)
        assert stick.mesh.host is stick
        stick.disconnect(write)
        assert stick.mesh.host is None
