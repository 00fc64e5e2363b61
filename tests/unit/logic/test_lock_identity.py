"""Clause 16.17: whether two lock entities drive the same slots."""

import pytest

from custom_components.keyholder.logic.lock_identity import is_same_lock
from custom_components.keyholder.model.provider_io import LockAddress

FRONT = LockAddress("home-2", "0")


@pytest.mark.parametrize(
    ("other", "same_device", "same"),
    [
        (LockAddress("home-2", "0"), True, True),
        (LockAddress("home-2", "0"), False, True),
        (LockAddress("home-2", "1"), True, False),
        (LockAddress("home-3", "0"), False, False),
        # one device that is reached in two ways, such as a Matter lock of two servers
        (LockAddress("other-9", "0"), True, True),
        (LockAddress("other-9", "1"), True, False),
        (None, True, True),
        (None, False, False),
    ],
)
def test_node_and_endpoint_decide(
    other: LockAddress | None, same_device: bool, same: bool
) -> None:
    assert is_same_lock(FRONT, other, same_device=same_device) is same
    assert is_same_lock(other, FRONT, same_device=same_device) is same
