"""The door driver of a simulated Zigbee lock, under ZHA or Zigbee2MQTT."""

from simulators.zigbee import LockNode
from simulators.zigbee.terms import LockState
from tests.harness.site.door_driver import DoorDriver, RestartableSite


class ZigbeeDoor[AnyInstance: RestartableSite](DoorDriver[AnyInstance]):
    """A door whose lock is a simulated Zigbee node."""

    node: LockNode

    def __init__(
        self, instance: AnyInstance, node: LockNode, prefix: str = "front"
    ) -> None:
        """Drive the door of a lock; see DoorDriver for the prefix."""
        super().__init__(instance, prefix)
        self.node = node

    @property
    def codes(self) -> list[str]:
        """Return the codes that are in the lock."""
        return list(self.node.pins().values())

    def is_locked(self) -> bool:
        """Return whether the bolt is out."""
        return self.node.lock.state is LockState.LOCKED
