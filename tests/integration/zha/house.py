"""People of a house with Zigbee locks, under ZHA."""

from simulators.zigbee import LockNode
from tests.fixtures.zha import ZhaNetwork
from tests.integration.household import Household


class House(Household[ZhaNetwork]):
    """The whole house."""

    @property
    def node(self) -> LockNode:
        """Return the first lock itself."""
        return self.network.node

    def codes(self) -> dict[int, str]:
        """Return the codes that are really in the lock."""
        return self.node.pins()
