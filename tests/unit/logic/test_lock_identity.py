"""Clause 16.17: whether two lock entities drive the same slots."""

import pytest

from custom_components.keyholder.logic.lock_identity import is_same_lock, shown_address
from custom_components.keyholder.model.provider_io import (
    UNKNOWN_ADDRESS,
    LockAddress,
)

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


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (
            LockAddress("0x000d6f0011223344", "", "zigbee2mqtt", "0x00212effff003344"),
            "zigbee2mqtt, 0x00212effff003344, 0x000d6f0011223344",
        ),
        (LockAddress("3456-7", "0"), "3456-7"),
        (LockAddress("00:0d:6f:00", "1", "häuser/tür 1"), "häuser/tür 1, 00:0d:6f:00"),
        (UNKNOWN_ADDRESS, "?"),
        (LockAddress("[click](http://x.y)", ""), "…click……http:/…x…y…"),
        (LockAddress("**a**\n# b<img>", ""), "……a………… b…img…"),
        (LockAddress("a" * 70, ""), "a" * 63 + "…"),
    ],
)
def test_an_address_is_shown_without_anything_that_could_be_markup(
    address: LockAddress, shown: str
) -> None:
    """Clause 16.24: who can publish chooses the text of what was found."""
    assert shown_address(address) == shown
