"""What these tests share: a bridge on a broker, without Home Assistant."""

from collections.abc import AsyncIterator

import pytest

from simulators.zigbee import LockNode, Mesh
from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt

from .requests import PublishedMessages


@pytest.fixture
def published(mqtt_broker: Broker) -> PublishedMessages:
    """Everything that is published."""
    return PublishedMessages(mqtt_broker)


@pytest.fixture
async def bridge(
    mqtt_broker: Broker, published: PublishedMessages
) -> AsyncIterator[FakeZigbee2Mqtt]:
    """A bridge with one lock."""
    node = LockNode()
    mesh = Mesh([node])
    async with FakeZigbee2Mqtt(
        mqtt_broker, mesh, [Device(node)], patience=0.05
    ) as bridge:
        yield bridge
        mesh.medium.clear()
