"""The broker does what MQTT 3.1.1 and 5 say, for the client that Home Assistant uses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
import pytest
from pytest_socket import socket_allow_hosts

from simulators.zigbee2mqtt import Broker
from simulators.zigbee2mqtt.broker import matches
from tests.harness.waiting import wait_for

VERSIONS = [MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5]


class Peer:
    """A client of its own, driven by the loop of the test."""

    def __init__(self, broker: Broker, version: MQTTProtocolVersion) -> None:
        self.received: list[tuple[str, bytes, bool]] = []
        self.confirmed = 0
        self.client = Client(CallbackAPIVersion.VERSION2, protocol=version)
        self.client.on_message = self._on_message
        self.client.on_subscribe = self._on_subscribe
        self._port = broker.port
        self._pump: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self._pump = asyncio.create_task(self._run())
        await wait_for(self.client.is_connected)

    async def close(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
            with suppress(asyncio.CancelledError):
                await self._pump
        await asyncio.to_thread(self.client.disconnect)

    async def subscribe(self, *topics: str) -> None:
        expected = self.confirmed + 1
        self.client.subscribe([(topic, 0) for topic in topics])
        await wait_for(lambda: self.confirmed == expected)

    def _on_message(self, _: object, __: object, message: MQTTMessage) -> None:
        self.received.append((message.topic, message.payload, message.retain))

    def _on_subscribe(self, *_: object) -> None:
        self.confirmed += 1

    async def _run(self) -> None:
        await asyncio.to_thread(self.client.connect, "127.0.0.1", self._port)
        while True:
            self.client.loop(timeout=0)
            await asyncio.sleep(0.001)


@pytest.fixture(params=VERSIONS, ids=["3.1.1", "5"])
async def peer(
    request: pytest.FixtureRequest, mqtt_broker: Broker
) -> AsyncIterator[Peer]:
    """A client of either version."""
    peer = Peer(mqtt_broker, request.param)
    await peer.connect()
    yield peer
    await peer.close()


async def test_message_goes_to_subscribers_only(
    mqtt_broker: Broker, peer: Peer
) -> None:
    await peer.subscribe("home/+/state", "exact")

    for topic in ("home/door/state", "home/door/set", "exact", "exact/not"):
        mqtt_broker.publish(topic, "x" * 300)
    peer.client.publish("exact", "own")

    await wait_for(lambda: len(peer.received) == 3)
    assert peer.received == [
        ("home/door/state", b"x" * 300, False),
        ("exact", b"x" * 300, False),
        ("exact", b"own", False),
    ]


async def test_retained_message_goes_to_each_new_subscription(
    mqtt_broker: Broker, peer: Peer
) -> None:
    mqtt_broker.publish("state", "online", retain=True)
    mqtt_broker.publish("gone", "online", retain=True)
    mqtt_broker.publish("gone", "", retain=True)

    await peer.subscribe("#")
    await wait_for(lambda: len(peer.received) == 1)
    mqtt_broker.publish("state", "offline", retain=True)
    await wait_for(lambda: len(peer.received) == 2)
    await peer.subscribe("state")
    await wait_for(lambda: len(peer.received) == 3)

    assert peer.received == [
        ("state", b"online", True),
        ("state", b"offline", False),
        ("state", b"offline", True),
    ]


async def test_a_subscription_can_be_ended(mqtt_broker: Broker, peer: Peer) -> None:
    await peer.subscribe("one", "two")
    peer.client.unsubscribe("one")
    await wait_for(lambda: not mqtt_broker.is_subscribed("one"))

    mqtt_broker.publish("one", "1")
    mqtt_broker.publish("two", "2")

    await wait_for(lambda: len(peer.received) == 1)
    assert peer.received == [("two", b"2", False)]


async def test_a_confirmed_message_is_confirmed(
    mqtt_broker: Broker, peer: Peer
) -> None:
    sent = peer.client.publish("topic", "x", qos=1)

    await wait_for(sent.is_published)
    assert [each.topic for each in mqtt_broker.log] == ["topic"]


async def test_stopped_broker_restarts_on_its_port(
    mqtt_broker: Broker, peer: Peer
) -> None:
    port = mqtt_broker.port
    await mqtt_broker.stop()
    await wait_for(lambda: not peer.client.is_connected())

    await mqtt_broker.start()

    assert mqtt_broker.port == port
    another = Peer(mqtt_broker, MQTTProtocolVersion.MQTTv5)
    await another.connect()
    await another.close()


@pytest.mark.parametrize(
    ("filtered", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/b/c", "a/b", False),
        ("a/+/c", "a/b/c", True),
        ("a/+", "a/b/c", False),
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("#", "a/b", True),
        ("+", "a", True),
        ("+", "a/b", False),
    ],
)
def test_a_filter_means_topics(filtered: str, topic: str, expected: bool) -> None:
    assert matches(filtered, topic) is expected


async def test_messages_can_be_lost_and_doubled(
    mqtt_broker: Broker, peer: Peer
) -> None:
    await peer.subscribe("a", "b", "c")
    mqtt_broker.copies = lambda message: {"a": 0, "b": 2}.get(message.topic, 1)

    for topic in ("a", "b", "c"):
        mqtt_broker.publish(topic, "1")

    await wait_for(lambda: len(peer.received) == 3)
    assert [topic for topic, _, _ in peer.received] == ["b", "b", "c"]
    assert [message.topic for message in mqtt_broker.log] == ["a", "b", "c"]


async def test_it_may_listen_in_the_file_system_and_comes_back_there(
    tmp_path: Path, socket_enabled: None
) -> None:
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    at = tmp_path / "mqtt"
    async with Broker(at) as broker:
        for _ in range(2):
            client = Client(CallbackAPIVersion.VERSION2, transport="unix")
            assert await asyncio.to_thread(client.connect, str(at)) == 0
            await asyncio.to_thread(client.disconnect)
            await broker.stop()
            await broker.start()
