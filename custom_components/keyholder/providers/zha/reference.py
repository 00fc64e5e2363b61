"""Resolve a lock entity to its Door Lock cluster in zigpy, anew for every call.

Another interview of the device replaces all its objects.
"""

from contextlib import suppress

from homeassistant.components.zha.helpers import (
    async_get_zha_device_proxy,
    get_zha_gateway_proxy,
)
from zigpy.device import Device

from ..base import InterviewIncompleteError, LockUnreachableError
from ..entity_reference import EntityReference
from .target import ZhaTarget, find_cluster


class ZhaLockReference(EntityReference):
    """Resolves one lock to its cluster."""

    def resolve(self) -> ZhaTarget:
        """Return the current target; LockUnreachableError if there is none.

        An unavailable lock is returned too: only a command can bring it back.
        """
        lock = self._lock()
        if lock is None or lock.device_id is None:
            raise LockUnreachableError("the lock entity is removed")
        if self._loaded_entry() is None:
            raise LockUnreachableError("ZHA is not loaded")
        # ValueError: no gateway; KeyError: the device is not known (any more)
        with suppress(ValueError, KeyError):
            proxy = async_get_zha_device_proxy(self._hass, lock.device_id)
            application = get_zha_gateway_proxy(
                self._hass
            ).gateway.application_controller
            # Not ZHA's own device object: it is updated some time after an interview
            device = application.get_device(ieee=proxy.device.ieee)
            if isinstance(device, Device):
                cluster = find_cluster(device, lock.unique_id)
                if cluster is None:
                    raise InterviewIncompleteError(
                        "ZHA has not found the lock's cluster"
                    )
                target = ZhaTarget(application, cluster, bool(proxy.device.available))
                self.check_address(target.lock_address)
                return target
        raise LockUnreachableError("ZHA does not know the lock")
