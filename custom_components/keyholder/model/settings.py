"""The settings of a managed lock."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from .credential import LockId
from .pin_lengths import PinLengths
from .provider_io import LockAddress

DEFAULT_CHECKS_PER_HOUR: Final = 4
"""How many slots of a lock are verified in an hour by default."""
MAX_CHECKS: Final = 60
"""The most checks per hour that the user can choose."""
DEFAULT_UNANSWERED_HOURS: Final = 24
"""After how many hours without an answer nothing of a lock is shown as proven."""
MAX_UNANSWERED_HOURS: Final = 168
"""The most hours that the user can choose for that."""
DEFAULT_DAYS_AHEAD: Final = 14
"""How many days before its time a code is put on a lock that enforces its whole rule."""
MAX_DAYS_AHEAD: Final = 60
"""The most days that the user can choose for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSettings:
    """A managed lock, as the user configured it.

    `slots` is the slot range, None for all slots. `checks_per_hour` is how many
    verified slots may be read in an hour without an occasion, None for automatic.
    `unanswered_limit` is how long the lock may give no answer before its codes are not
    shown as proven any more. `ahead` is how long before its time a code is put on the
    lock, where the lock itself enforces the whole rule.
    `pin_lengths` are the lengths of PINs that the lock takes, None for what it reports.
    `address` is the only one at which the lock is managed, None before the first probe.
    `answers_reads` is false for a lock that was found, when it was added, not to answer
    reads of its slots.
    """

    lock: LockId
    subentry_id: str
    name: str
    slots: range | None = None
    checks_per_hour: int | None = None
    unanswered_limit: timedelta = timedelta(hours=DEFAULT_UNANSWERED_HOURS)
    ahead: timedelta = timedelta(days=DEFAULT_DAYS_AHEAD)
    pin_lengths: PinLengths | None = None
    address: LockAddress | None = None
    answers_reads: bool = True
