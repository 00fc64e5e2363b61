"""The kinds of locks in the network, and how many of each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tests.harness.networks.zwave import HOME_ID
from tests.harness.sampling import FULL

UNMANAGED_SLOT: Final = 1
UNMANAGED_PIN: Final = "9011"
"""A code on every lock that nobody manages. It has to stay."""
SLOT: Final = 2
"""So the first free one is this."""


class Kind(StrEnum):
    """A lock by what it speaks. Its name is what tables call it."""

    UC1 = "User Code V1"
    UC2 = "User Code V2"
    UC1_S2 = "User Code V1, S2, Supervision"
    UC2_SUP = "User Code V2, Supervision"
    U3C = "User Credential"
    U3C_HIDDEN = "User Credential, hides codes"
    UC1_FULL = "User Code V1, full"
    U3C_FULL = "User Credential, full"

    @property
    def is_u3c(self) -> bool:
        """Return whether it keeps users and credentials."""
        return self in (Kind.U3C, Kind.U3C_HIDDEN, Kind.U3C_FULL)


# what schedules add to a write has tests of its own: on a radio that so many faulty locks
# share, the more commands would be waited for longer than a job may take here
_SPECS: Final[Mapping[Kind, dict[str, object]]] = {
    Kind.UC1: {"profile": "uc1"},
    Kind.UC2: {"profile": "uc2", "schedules": False},
    Kind.UC1_S2: {"profile": "uc1-sup", "security": "s2"},
    Kind.UC2_SUP: {"profile": "uc2-sup", "schedules": False},
    Kind.U3C: {"profile": "u3c"},
    Kind.U3C_HIDDEN: {"profile": "u3c-noreadback"},
    Kind.UC1_FULL: {
        "profile": "uc1",
        "users": 2,
        "codes": {"1": UNMANAGED_PIN, "2": "9012"},
    },
    Kind.U3C_FULL: {
        "profile": "u3c",
        "users": 2,
        "codes": {"1": UNMANAGED_PIN, "2": "9012"},
    },
}
_COUNTS: Final[Mapping[Kind, int]] = {
    Kind.UC1: 10,
    Kind.UC2: 2,
    Kind.UC1_S2: 2,
    Kind.UC2_SUP: 3,
    Kind.U3C: 3,
    Kind.U3C_HIDDEN: 1,
    Kind.UC1_FULL: 1,
    # each one takes most of a second to be interviewed
    **({Kind.U3C_FULL: 1} if FULL else {}),
}

NETWORK: Final[Mapping[int, Kind]] = dict(
    enumerate([kind for kind, count in _COUNTS.items() for _ in range(count)], 2)
)
"""Node -> kind of lock."""
CONTROL_LOCK: Final = next(node for node, kind in NETWORK.items() if kind is Kind.UC1)
"""A lock on which nothing goes wrong, and nothing must happen."""


def name_of(node: int) -> str:
    """Return what a lock is called."""
    return f"Door {node}"


def network() -> Mapping[str, object]:
    """Return the network for the simulator."""
    return {
        "homeId": HOME_ID,
        "nodes": [
            {
                "id": node,
                "name": name_of(node),
                "codes": {str(UNMANAGED_SLOT): UNMANAGED_PIN},
                **_SPECS[kind],
            }
            for node, kind in NETWORK.items()
        ],
    }
