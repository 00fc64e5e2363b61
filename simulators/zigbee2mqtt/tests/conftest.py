"""What these tests share: a bridge on a broker, without Home Assistant."""

from collections.abc import AsyncIterator

import pytest

from simulators.zigbee import LockNode, Mesh
from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt

from .client import Told


@pytest.fixture
def told(mqtt_broker: Broker) -> Told:
    """Everything that is published."""
    return Told(mqtt_broker)


@pytest.fixture
async def bridge(mqtt_broker: Broker, told: Told) -> AsyncIterator[FakeZigbee2Mqtt]:
    """A bridge with one lock."""
    node = LockNode()
    mesh = Mesh([node])
    async with FakeZigbee2Mqtt(
        mqtt_broker, mesh, [Device(node)], patience=0.05
    ) as bridge:
        yield bridge
        mesh.medium.clear()
