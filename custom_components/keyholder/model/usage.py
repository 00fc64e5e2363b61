"""How often somebody's credentials opened a door."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from .credential import LockId

MAX_REMEMBERED_USES: Final = 64
"""The uses of a person that a late report is compared with, the latest of all locks."""


class Use(NamedTuple):
    """One door that was opened, and when. The credential is whose usage it is of."""

    lock: LockId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How often a person's credentials opened a door, and when last.

    `uses` counts all, `limited` those since the person has a use limit. `counted` are
    the latest uses, oldest first, and never more than `REMEMBERED`.
    """

    uses: int = 0
    limited_uses: int = 0
    last_used: datetime | None = None
    recent_uses: tuple[Use, ...] = ()

    def is_counted(self, use: Use, within: timedelta) -> bool:
        """Return whether a use that is reported late may have been counted before.

        That is so of one that is remembered, give or take `within`, and of any that is
        no younger than what has been forgotten: rather one too few than one twice.
        """
        if (
            len(self.recent_uses) >= MAX_REMEMBERED_USES
            and use.at <= self.recent_uses[0].at
        ):
            return True
        return any(
            known.lock == use.lock and abs(known.at - use.at) < within
            for known in self.recent_uses
        )

    def with_use(self, use: Use, now: datetime, *, limited: bool) -> Usage:
        """Return the usage with one use more, which counts for a limit if `limited`.

        What is remembered of a time still to come is from before the clock was set
        back, and is forgotten.
        """
        counted = [known for known in self.recent_uses if known.at <= now]
        counted = sorted([*counted, use], key=lambda known: known.at)
        last = self.last_used
        return Usage(
            uses=self.uses + 1,
            limited_uses=self.limited_uses + limited,
            last_used=use.at if last is None or last > now else max(last, use.at),
            recent_uses=tuple(counted[-MAX_REMEMBERED_USES:]),
        )
