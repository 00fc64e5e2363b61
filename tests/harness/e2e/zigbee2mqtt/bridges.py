"""Zigbee2MQTT with one lock and a broker: the real ones, or the stand-in in the test's own loop."""

from pathlib import Path
from typing import Any, Final, Protocol, override

from simulators.home_assistant import Client
from simulators.zigbee import DoorLock, Limits, LockNode, Mesh
from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt
from simulators.zigbee2mqtt.real import BASE, RealZigbee2Mqtt

_PERMIT_JOIN: Final = "switch.zigbee2mqtt_bridge_permit_join"
_SECONDS: Final = 90.0


class Bridge(Protocol):
    """What a scenario does to Zigbee2MQTT, and to the lock behind it."""

    @property
    def port(self) -> int:
        """Return the port of the broker."""

    @property
    def base(self) -> str:
        """Return the base topic."""

    async def start(self) -> None:
        """Start everything."""

    async def stop(self) -> None:
        """End everything."""

    async def pair(self, client: Client) -> None:
        """Let the lock join, if it has not yet; Home Assistant is connected."""

    async def kill(self) -> None:
        """Kill Zigbee2MQTT; the lock and the broker go on."""

    async def revive(self) -> None:
        """Start it again."""

    async def pins(self) -> dict[int, str]:
        """Return what the lock holds."""

    async def do(self, do: str, **details: Any) -> Any:
        """Do something at the door; the names are those of `Door`."""


class Real(Bridge):
    """Zigbee2MQTT itself, on a simulated stick, with mosquitto."""

    def __init__(self, folder: Path) -> None:
        """Keep everything in this folder."""
        folder.mkdir(parents=True)
        self._real = RealZigbee2Mqtt(folder)

    @property
    @override
    def port(self) -> int:
        return self._real.port

    @property
    @override
    def base(self) -> str:
        return BASE

    @override
    async def start(self) -> None:
        await self._real.__aenter__()

    @override
    async def stop(self) -> None:
        await self._real.__aexit__()

    @override
    async def pair(self, client: Client) -> None:
        await client.wait_for_state(_PERMIT_JOIN, "off", _SECONDS)
        await client.call_service(
            "switch", "turn_on", target={"entity_id": _PERMIT_JOIN}
        )
        await client.wait_for_state(_PERMIT_JOIN, "on", _SECONDS)
        await self._real.stick.do("join")

    @override
    async def kill(self) -> None:
        await self._real.kill_bridge()

    @override
    async def revive(self) -> None:
        await self._real.start_bridge()

    @override
    async def pins(self) -> dict[int, str]:
        return await self._real.stick.pins()

    @override
    async def do(self, do: str, **details: Any) -> Any:
        return await self._real.stick.do(do, **details)


class StandIn(Bridge):
    """The stand-in, which needs no process of its own."""

    base = "zigbee2mqtt"

    def __init__(self) -> None:
        """Have a lock paired."""
        self._broker = Broker()
        self._node = LockNode(DoorLock(limits=Limits(pins=30, first_user=1)))
        self._mesh = Mesh([self._node])
        device = Device(self._node)
        self._bridge = FakeZigbee2Mqtt(self._broker, self._mesh, [device])

    @property
    @override
    def port(self) -> int:
        return self._broker.port

    @override
    async def start(self) -> None:
        await self._broker.start()
        self._bridge.start()

    @override
    async def stop(self) -> None:
        await self._bridge.stop()
        await self._broker.stop()
        self._mesh.medium.clear()

    @override
    async def pair(self, client: Client) -> None:
        return

    @override
    async def kill(self) -> None:
        # The stand-in of a broker keeps no last will: it tells it itself
        await self._bridge.stop()

    @override
    async def revive(self) -> None:
        self._bridge.start()

    @override
    async def pins(self) -> dict[int, str]:
        return self._node.pins()

    @override
    async def do(self, do: str, **details: Any) -> Any:
        return getattr(self._node.door, do)(**details)
