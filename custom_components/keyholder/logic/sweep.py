"""Which slot is verified next, and when: few looks, spread over the hour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.reading import Capabilities
from ..model.settings import DEFAULT_CHECKS_PER_HOUR
from ..model.slot import SlotRecord

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VerificationRate:
    """How settled slots are verified: one in every `interval`.

    `once`: only those that were not seen since the lock is back, then no more.
    """

    interval: timedelta
    once: bool


def verification_rate(
    chosen: int | None, capabilities: Capabilities | None, hour: timedelta
) -> VerificationRate | None:
    """Return the pace on a lock, or None where nothing is verified unasked.

    `chosen` is how many slots the user lets be read in an `hour`, None for automatic:
    a lock that reports changes is then looked at only after it was away.
    """
    if capabilities is None or not capabilities.shows_occupancy or chosen == 0:
        return None
    once = chosen is None and capabilities.reports_changes
    checks = DEFAULT_CHECKS_PER_HOUR if chosen is None else chosen
    # rounded up: not one more than was asked for
    return VerificationRate(-(-hour // checks), once)


def oldest_verification(
    records: Iterable[SlotRecord], asked: Mapping[int, datetime]
) -> tuple[int, datetime] | None:
    """Return the slot that was not looked at for longest, and when it was.

    `asked` tells of reads that brought nothing. Slots that are not settled are left
    out: the engine is at them already.
    """
    seen = (
        (max(record.verified_at or _NEVER, asked.get(record.slot, _NEVER)), record.slot)
        for record in records
        if record.is_verified and not record.needs_read and not record.failed_reads
    )
    found = min(seen, default=None)
    return None if found is None else (found[1], found[0])
