"""People of a house with locks of Zigbee2MQTT."""

from simulators.zigbee import LockNode
from tests.fixtures.zigbee2mqtt import Zigbee2MqttNetwork
from tests.integration.household import Household


class House(Household[Zigbee2MqttNetwork]):
    """The whole house."""

    @property
    def node(self) -> LockNode:
        """Return the first lock itself."""
        return self.network.node
