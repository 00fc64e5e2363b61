"""Resolve a lock entity to its Z-Wave node, anew for every call.

Node objects are replaced when the driver, or Home Assistant's config entry for it,
starts anew.
"""

from contextlib import suppress

from homeassistant.components.zwave_js.helpers import async_get_node_from_device_id

from ..base import LockUnreachableError
from ..entity_reference import EntityReference
from .target import ZwaveTarget


class ZwaveLockReference(EntityReference):
    """Resolves one lock to its node."""

    def resolve(self) -> ZwaveTarget:
        """Return the current target; LockUnreachableError if there is none.

        A node whose status is dead is returned too: only a command can bring it back.
        """
        lock = self._lock()
        if lock is None or lock.device_id is None:
            raise LockUnreachableError("the lock entity is removed")
        # ValueError: the entry is not loaded, its driver not ready, the node unknown
        with suppress(ValueError):
            target = ZwaveTarget(
                async_get_node_from_device_id(self._hass, lock.device_id)
            )
            self.check_address(target.lock_address)
            return target
        raise LockUnreachableError("the Z-Wave network is not connected")
