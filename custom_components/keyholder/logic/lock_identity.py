"""Lock identity: whether two lock entities stand for the same slots."""

from ..model.provider_io import LockAddress


def is_same_lock(
    one: LockAddress | None, other: LockAddress | None, *, same_device: bool
) -> bool:
    """Return whether two entities of one technology drive the same slots.

    Node and endpoint decide; one device of Home Assistant is one node, also where it is
    reached in two ways. Without an address, None, entities of one device count as the
    same: two of them would overwrite each other's codes.
    """
    if one is None or other is None:
        return same_device
    return one.endpoint == other.endpoint and (same_device or one.node == other.node)
