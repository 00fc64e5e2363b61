"""The processes: Zigbee2MQTT with its lock, and Home Assistant, connected by its own flow."""

import json
from pathlib import Path
from typing import Any, Final, override

from simulators.demo.demo_site import DemoSite
from simulators.demo.demo_stack import DemoStack
from simulators.home_assistant import Client
from tests.harness.e2e.shared_instance import LOGS, TIME_SCALE
from tests.harness.e2e.zigbee2mqtt.bridges import Bridge

_SECONDS: Final = 90.0
_LOGS: Final = {**LOGS, "homeassistant.components.mqtt": "info"}
"""At debug level that integration logs every message, codes included."""
_NO_TLS: Final = {
    "set_client_cert": False,
    "set_ca_cert": "off",
    "tls_insecure": False,
    "transport": "tcp",
}


class Zigbee2MqttProcesses(DemoStack):
    """The processes of a site whose lock is behind Zigbee2MQTT. There is no Z-Wave network."""

    def __init__(self, folder: Path, bridge: Bridge) -> None:
        """Describe the processes; nothing is started yet."""
        super().__init__(folder, time_scale=TIME_SCALE, logs=_LOGS, keep_received=True)
        self.bridge = bridge

    @override
    async def start_network(self) -> None:
        """Start Zigbee2MQTT."""
        await self.bridge.start()

    @override
    async def start_home_assistant(self) -> Client:
        """Start Home Assistant; the first time with MQTT and the lock."""
        client = await self.home_assistant.start()
        if not await client.entries("mqtt"):
            await self._connect(client)
            await self.bridge.pair(client)
        await self.lock()
        return client

    async def _connect(self, client: Client) -> None:
        step = await client.flows.start("mqtt")
        answers: dict[str, Any] = {
            "broker": "127.0.0.1",
            "port": self.bridge.port,
            "protocol": "5",
            "other_settings": _NO_TLS,
        }
        done = await client.flows.step(step["flow_id"], answers)
        assert done["type"] == "create_entry", done

    async def lock(self) -> str:
        """Return the entity of the lock, once Home Assistant can reach it."""
        await self.client.wait_for(
            lambda states: any(
                entity_id.startswith("lock.") and state.state != "unavailable"
                for entity_id, state in states.items()
            ),
            _SECONDS,
        )
        return await self.find_lock()

    async def find_lock(self) -> str:
        """Return the entity of the lock, whether or not it can be reached."""
        (found,) = (
            entity["entity_id"]
            for entity in await self.client.entities()
            if entity["platform"] == "mqtt" and entity["entity_id"].startswith("lock.")
        )
        entity_id: str = found
        return entity_id

    async def set_options(self, **options: object) -> None:
        """Change how Zigbee2MQTT treats the lock."""
        lock = await self.lock()
        (device_id,) = (
            entity["device_id"]
            for entity in await self.client.entities()
            if entity["entity_id"] == lock
        )
        ((_, identifier),) = (
            tuple(identifier)
            for device in await self.client.devices()
            if device["id"] == device_id
            for identifier in device["identifiers"]
        )
        address = identifier.removeprefix("zigbee2mqtt_")
        await self.publish(
            "bridge/request/device/options", {"id": address, "options": options}
        )

    async def publish(self, topic: str, payload: object) -> None:
        """Publish something to Zigbee2MQTT."""
        await self.client.call_service(
            "mqtt",
            "publish",
            {"topic": f"{self.bridge.base}/{topic}", "payload": json.dumps(payload)},
        )

    async def manage(self) -> DemoSite:
        """Let Keyholder manage the lock."""
        demo_site = DemoSite(self.client)
        await demo_site.add_site("Home")
        await demo_site.add_lock(await self.lock())
        return demo_site

    @override
    async def stop(self) -> None:
        """End both, in good order."""
        try:
            await self.home_assistant.stop()
        finally:
            await self.bridge.stop()
