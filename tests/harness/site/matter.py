"""People of a site with one Matter lock."""

from typing import Final, override

from homeassistant.helpers import entity_registry as er

from simulators.matter import Node
from tests.harness.networks.matter import MatterNetwork
from tests.harness.site.site_driver import SiteDriver

_PIN_TYPE: Final = 1


class MatterSite(SiteDriver[MatterNetwork]):
    """The whole site."""

    @property
    def node(self) -> Node:
        """Return the node of the lock."""
        return self.network.node

    @override
    async def manage(
        self, lock: er.RegistryEntry | int | None = None, **limits: int
    ) -> None:
        """Let Keyholder manage a lock, also by the number of its node."""
        chosen = self.network.lock_entity(lock) if isinstance(lock, int) else lock
        await super().manage(chosen, **limits)

    def codes(self) -> dict[int, str]:
        """Return the codes that are really in the lock."""
        held = self.node.lock.memory.credentials
        return {
            index: one.data.decode()
            for (kind, index), one in held.items()
            if kind == _PIN_TYPE
        }
