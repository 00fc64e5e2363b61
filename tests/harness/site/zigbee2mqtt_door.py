"""A day at a door with a lock of Zigbee2MQTT, on virtual time."""

from collections.abc import Awaitable, Callable

from simulators.zigbee import DoorLock, Limits, LockNode
from simulators.zigbee2mqtt import Definition, Device
from tests.harness.instances.zigbee2mqtt import (
    Zigbee2MqttInstance,
    zigbee2mqtt_instance,
)
from tests.harness.site.door_driver import run_with_door
from tests.harness.site.zigbee_door import ZigbeeDoor

type Zigbee2MqttDoor = ZigbeeDoor[Zigbee2MqttInstance]
type Scenario = Callable[[Zigbee2MqttDoor], Awaitable[None]]


def run_at_door(scenario: Scenario) -> None:
    """Let a scenario happen at a door whose lock is managed."""

    node = LockNode(DoorLock(limits=Limits(pins=19, first_user=1)))
    definition = Definition("Danalock", "V3-BTZB/V3-BTZBE", pin_code_count=20)
    device = Device(node, "Front", definition)
    device.options |= {"expose_pin": True, "filtered_cache": ["users"]}
    run_with_door(
        lambda: zigbee2mqtt_instance([device]),
        lambda instance: ZigbeeDoor(instance, node),
        scenario,
        seconds=60,
    )
