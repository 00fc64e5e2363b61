"""A code that is kept in its slot and does not open the door."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class DisabledCode:
    """A code that is disabled instead of cleared, or is about to be.

    `revision` was proven to be in the slot when it was to be disabled.
    `disabled_since`: when a read first showed it disabled, None until then.
    """

    revision: int
    disabled_since: datetime | None = None

    def seen(self, now: datetime) -> Self:
        """Return it after a read that showed it disabled."""
        return replace(self, disabled_since=self.disabled_since or now)
