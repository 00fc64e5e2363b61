"""A day at a door with a lock of Zigbee2MQTT, on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

from simulators.zigbee import DoorLock, Limits, LockNode
from simulators.zigbee.terms import LockState
from simulators.zigbee2mqtt import Definition, Device
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.instances.zigbee2mqtt import (
    Zigbee2MqttInstance,
    zigbee2mqtt_instance,
)
from tests.harness.site.door_driver import DoorDriver

type Scenario = Callable[[Zigbee2MqttDoor], Awaitable[None]]


class Zigbee2MqttDoor(DoorDriver[Zigbee2MqttInstance]):
    """The door, and the house behind it."""

    node: LockNode

    def __init__(self, home: Zigbee2MqttInstance, node: LockNode) -> None:
        """Stand before the door of a lock."""
        super().__init__(home)
        self.node = node

    @property
    def codes(self) -> list[str]:
        """Return the codes that are in the lock."""
        return list(self.node.pins().values())

    def is_locked(self) -> bool:
        """Return whether the bolt is out."""
        return self.node.lock.state is LockState.LOCKED


def run_at_door(scenario: Scenario) -> None:
    """Let a story happen at a door whose lock is managed."""

    async def happen() -> None:
        node = LockNode(DoorLock(limits=Limits(pins=19, first_user=1)))
        definition = Definition("Danalock", "V3-BTZB/V3-BTZBE", pin_code_count=20)
        device = Device(node, "Front", definition)
        device.options |= {"expose_pin": True, "filtered_cache": ["users"]}
        async with zigbee2mqtt_instance([device]) as home:
            await home.site.manage()
            await asyncio.sleep(60)
            await scenario(Zigbee2MqttDoor(home, node))

    run_on_virtual_clock(happen())
