"""Home Assistant's MQTT integration with the real Zigbee2MQTT, and a lock that has joined."""

import asyncio
from collections.abc import AsyncIterator
import json
from pathlib import Path
from typing import Any

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulators.zigbee2mqtt.real import BASE, RealZigbee2Mqtt, unavailable_reason
from tests.harness.networks.zigbee2mqtt import YAML
from tests.harness.waiting import wait_for

NAME = "Front door"


class Stack:
    """The real thing, and what it publishes of its lock."""

    def __init__(self, hass: HomeAssistant, real: RealZigbee2Mqtt) -> None:
        self.hass = hass
        self.real = real
        self.received: list[tuple[str, Any]] = []

    async def listen(self) -> None:
        """Hear everything."""

        @callback
        def on_message(message: mqtt.ReceiveMessage) -> None:
            try:
                payload = json.loads(message.payload)
            except ValueError:
                payload = message.payload
            self.received.append((message.topic.removeprefix(f"{BASE}/"), payload))

        await mqtt.async_subscribe(self.hass, f"{BASE}/#", on_message)

    async def publish(self, topic: str, payload: Any) -> None:
        """Send a message to the bridge, or to the lock."""
        await mqtt.async_publish(self.hass, f"{BASE}/{topic}", json.dumps(payload))

    async def until_received(self, topic: str, **content: Any) -> None:
        """Wait for a message that says this."""

        def is_received() -> bool:
            return any(
                received == topic
                and isinstance(payload, dict)
                and content.items() <= payload.items()
                for received, payload in self.received
            )

        await wait_for(is_received, 60)

    async def set_options(self, **options: Any) -> None:
        """Change how the lock is treated."""
        topic = "bridge/response/device/options"
        self.received.clear()
        request = {"id": NAME, "options": options}
        await self.publish("bridge/request/device/options", request)
        await self.until_received(topic, status="ok")


@pytest.fixture
async def stack(
    hass: HomeAssistant, tmp_path: Path, socket_enabled: None
) -> AsyncIterator[Stack]:
    """A bridge with one lock, called "Front door"."""
    if (why := unavailable_reason()) is not None:
        pytest.skip(f"there is no real Zigbee2MQTT: {why.strip()}")
    data = tmp_path / "zigbee2mqtt"
    data.mkdir()
    async with RealZigbee2Mqtt(data) as real:
        entry = MockConfigEntry(
            domain="mqtt",
            data={"broker": "127.0.0.1", "port": real.port, "protocol": "5"},
            version=2,
            minor_version=1,
        )
        entry.add_to_hass(hass)
        yaml = Path(hass.config.path(YAML))
        await hass.async_add_executor_job(yaml.touch)
        assert await hass.config_entries.async_setup(entry.entry_id)
        stack = Stack(hass, real)
        await stack.listen()
        # It is online before it listens
        await wait_for(
            lambda: "bridge/definitions" in [each for each, _ in stack.received], 60
        )
        await asyncio.sleep(1)
        await stack.publish("bridge/request/permit_join", {"time": 120})
        await stack.until_received("bridge/response/permit_join", status="ok")
        await real.stick.do("join")
        await wait_for(lambda: len(hass.states.async_entity_ids("lock")) == 1, 60)
        (entity,) = hass.states.async_entity_ids("lock")
        await stack.publish("bridge/request/device/rename", {"last": True, "to": NAME})
        await stack.until_received("bridge/response/device/rename", status="ok")
        await wait_for(lambda: _is_available(hass, entity), 60)
        yield stack
        await hass.config_entries.async_unload(entry.entry_id)


def _is_available(hass: HomeAssistant, entity: str) -> bool:
    state = hass.states.get(entity)
    return state is not None and state.state != "unavailable"
