"""The locks of the site."""

from collections.abc import Mapping
from typing import Final

from tests.harness.networks.zwave import HOME_ID

UNMANAGED_PIN: Final = "9011"
"""A code in slot 1 of every lock that nobody manages. It has to stay."""
SLOT: Final = 2
"""So the first free one is this."""
PIN: Final = "907153"
OTHER_PIN: Final = "941753"
PINS: Final = (PIN, OTHER_PIN)
"""The codes of people."""

PLAIN: Final = 2
"""User Code V1: it has no schedules."""
WEEK: Final = 3
"""User Code V2 with seven week days and one year day, and one slot that is free."""
PAIRS: Final = 4
"""User Code V2 with Supervision, and two schedules of each kind."""
USERS: Final = 5
"""User Credential."""
EVERY: Final = (PLAIN, WEEK, PAIRS, USERS)

_SPECS: Final[Mapping[int, Mapping[str, object]]] = {
    PLAIN: {"profile": "uc1"},
    WEEK: {
        "profile": "uc2",
        "users": SLOT,
        "schedules": {"weekDays": 7, "yearDays": 1},
    },
    PAIRS: {
        "profile": "uc2-sup",
        "schedules": {"weekDays": 2, "yearDays": 2, "daily": 2},
    },
    USERS: {"profile": "u3c"},
}


def network() -> Mapping[str, object]:
    """Return the site for the simulator."""
    return {
        "homeId": HOME_ID,
        "nodes": [
            {"id": node, "name": f"Door {node}", "codes": {"1": UNMANAGED_PIN}, **spec}
            for node, spec in _SPECS.items()
        ],
    }
