"""Resolve a lock entity to its Door Lock cluster in zigpy, anew for every call.

Another interview of the device replaces all its objects.
"""

from contextlib import suppress
from dataclasses import dataclass

from homeassistant.components.zha.helpers import (
    ZHADeviceProxy,
    async_get_zha_device_proxy,
    get_zha_gateway_proxy,
)
from zigpy.application import ControllerApplication
from zigpy.device import Device
from zigpy.zcl.clusters.closures import DoorLock

from ..base import LockUnreachableError
from ..entity_reference import EntityReference


@dataclass(frozen=True, slots=True)
class ZhaTarget:
    """The zigpy application and cluster through which a lock is reached now."""

    application: ControllerApplication
    cluster: DoorLock
    is_reachable: bool
    """Whether the lock is available, as far as ZHA knows."""


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
                cluster = _cluster(device, lock.unique_id)
                return ZhaTarget(application, cluster, _is_available(proxy))
        raise LockUnreachableError("ZHA does not know the lock")

    def is_reachable(self) -> bool:
        """Return whether the lock is reachable, as far as is known."""
        try:
            return self.resolve().is_reachable
        except LockUnreachableError:
            return False


def _is_available(proxy: ZHADeviceProxy) -> bool:
    return bool(proxy.device.available)


def _cluster(device: Device, unique_id: str) -> DoorLock:
    """Return the cluster of an entity, or the first Door Lock cluster of the device.

    An entity's unique id consists of those of the device, the endpoint and the cluster.
    """
    clusters = {
        endpoint.endpoint_id: endpoint.in_clusters[DoorLock.cluster_id]
        for endpoint in device.non_zdo_endpoints
        if DoorLock.cluster_id in endpoint.in_clusters
    }
    for number, cluster in clusters.items():
        begins = f"{device.ieee}-{number}-"
        if unique_id.startswith(begins) and isinstance(cluster, DoorLock):
            return cluster
    first = next(iter(clusters.values()), None)
    if not isinstance(first, DoorLock):
        raise KeyError(unique_id)
    return first
