"""Fake Zigbee2MQTT 2.14 with its MQTT broker, in one process with the tests.

    async with Broker() as broker:                # on broker.port
        mesh = Mesh([node := LockNode()])         # simulators.zigbee
        device = Device(node, "Front door", options={"expose_pin": True})
        async with FakeZigbee2Mqtt(broker, mesh, [device]) as bridge:
            node.door.enter("907153")             # everything of simulators.zigbee
            bridge.rename(device, "Back door")
            bridge.set_options(device, filtered_cache=["users"])
            bridge.set_availability(device, available=False)
            await bridge.stop(); bridge.start()
            await broker.drop_clients()

Written from the sources of zigbee2mqtt 2.14.1, zigbee-herdsman 10.9 and its converters 26.105.
"""

from .bridge import FakeZigbee2Mqtt
from .broker import Broker
from .converters import Definition
from .devices import Device, Settings

__all__ = ["Broker", "Definition", "Device", "FakeZigbee2Mqtt", "Settings"]
