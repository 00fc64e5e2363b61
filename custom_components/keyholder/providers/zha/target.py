"""Target of a Zigbee lock: its Door Lock cluster in zigpy."""

from dataclasses import dataclass

from zigpy.application import ControllerApplication
from zigpy.device import Device
from zigpy.zcl.clusters.closures import DoorLock

from ...model.provider_io import LockAddress


@dataclass(frozen=True, slots=True)
class ZhaTarget:
    """The zigpy application and cluster through which a lock is reached now."""

    application: ControllerApplication
    cluster: DoorLock
    is_reachable: bool
    """Whether the lock is available, as far as ZHA knows."""

    @property
    def lock_address(self) -> LockAddress:
        """Return the IEEE address of the node, and the endpoint of the cluster."""
        endpoint = self.cluster.endpoint
        return LockAddress(str(endpoint.device.ieee), str(endpoint.endpoint_id))


def find_cluster(device: Device, unique_id: str) -> DoorLock | None:
    """Return the cluster of an entity, or the first Door Lock cluster of the device.

    An entity's unique id consists of those of the device, the endpoint and the cluster.
    None if the device has no such cluster.
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
    return first if isinstance(first, DoorLock) else None
