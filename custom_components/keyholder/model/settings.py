"""What the user set up for a lock."""

from dataclasses import dataclass
from typing import Final

from .credential import LockId

DEFAULT_CHECKS_PER_HOUR: Final = 4
"""How many slots of a lock are verified in an hour, unless the user says otherwise."""
MAX_CHECKS: Final = 60
"""The most that the user can ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSettings:
    """A managed lock. `slots` limits which of its slots may be used, None for all.

    `checks_per_hour` is how many settled slots may be read unasked, None for automatic.
    """

    lock: LockId
    subentry_id: str
    name: str
    slots: range | None = None
    checks_per_hour: int | None = None
