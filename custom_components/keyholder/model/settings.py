"""What the user set up for a lock."""

from dataclasses import dataclass

from .credential import LockId


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSettings:
    """A managed lock. `slots` limits which of its slots may be used, None for all."""

    lock: LockId
    subentry_id: str
    name: str
    slots: range | None = None
