"""People of a site with locks of Zigbee2MQTT."""

from simulators.zigbee import LockNode
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.site.site_driver import SiteDriver


class Zigbee2MqttSite(SiteDriver[Zigbee2MqttNetwork]):
    """The whole site."""

    @property
    def node(self) -> LockNode:
        """Return the first lock itself."""
        return self.network.node
