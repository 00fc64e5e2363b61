"""Somebody who sends to a bridge, and reads what it publishes."""

import json
from typing import Any

from simulators.zigbee2mqtt import Broker, FakeZigbee2Mqtt

STATE = "zigbee2mqtt/Front door"


class PublishedMessages:
    """What was published since the last look."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._seen = 0

    def of(self, topic: str = STATE) -> list[Any]:
        """Return what was published to a topic; all else is forgotten."""
        news = self.broker.log[self._seen :]
        self._seen = len(self.broker.log)
        return [json.loads(each.payload) for each in news if each.topic == topic]

    def users(self) -> list[Any]:
        """Return what was published of users, None where they were not mentioned."""
        return [each.get("users") for each in self.of()]


async def send(bridge: FakeZigbee2Mqtt, kind: str, payload: Any) -> None:
    """Send a message to the lock, and wait until it is dealt with."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    bridge.broker.publish(f"{STATE}/{kind}", text)
    await bridge.settle()


async def set_pin(bridge: FakeZigbee2Mqtt, user: int, code: str | None) -> None:
    """Set or clear a PIN."""
    await send(bridge, "set", {"pin_code": {"user": user, "pin_code": code}})


async def get_pin(bridge: FakeZigbee2Mqtt, user: int) -> None:
    """Ask for a PIN."""
    await send(bridge, "get", {"pin_code": {"user": user}})
