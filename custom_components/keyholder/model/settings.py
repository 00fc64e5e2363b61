"""The settings of a managed lock."""

from dataclasses import dataclass
from typing import Final

from .credential import LockId

DEFAULT_CHECKS_PER_HOUR: Final = 4
"""How many slots of a lock are verified in an hour by default."""
MAX_CHECKS: Final = 60
"""The most checks per hour that the user can choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSettings:
    """A managed lock, as the user configured it.

    `slots` is the slot range, None for all slots. `checks_per_hour` is how many
    verified slots may be read in an hour without an occasion, None for automatic.
    """

    lock: LockId
    subentry_id: str
    name: str
    slots: range | None = None
    checks_per_hour: int | None = None
