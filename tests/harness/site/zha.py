"""People of a site with Zigbee locks, under ZHA."""

from simulators.zigbee import LockNode
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.site.site_driver import SiteDriver


class ZhaSite(SiteDriver[ZhaNetwork]):
    """The whole site."""

    @property
    def node(self) -> LockNode:
        """Return the first lock itself."""
        return self.network.node

    def codes(self) -> dict[int, str]:
        """Return the codes that are really in the lock."""
        return self.node.pins()
