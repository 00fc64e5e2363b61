"""Verification schedule: which slot is read next, and when, spread over the hour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.provider_io import Capabilities
from ..model.settings import DEFAULT_CHECKS_PER_HOUR
from ..model.slot import SlotRecord

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VerificationRate:
    """How verified slots are read again: one in every `interval`.

    `once`: only those that were not read since the lock is connected again, then no
    more.
    """

    interval: timedelta
    once: bool


def verification_rate(
    chosen: int | None, capabilities: Capabilities | None, hour: timedelta
) -> VerificationRate | None:
    """Return the rate for a lock, or None where nothing is read without an occasion.

    `chosen` is how many slots the user lets be read in an `hour`, None for automatic: a
    lock that reports changes is then read only after it was unreachable.
    """
    if capabilities is None or not capabilities.shows_occupancy or chosen == 0:
        return None
    once = chosen is None and capabilities.reports_changes
    checks = DEFAULT_CHECKS_PER_HOUR if chosen is None else chosen
    # rounded up: never more checks than were chosen
    return VerificationRate(-(-hour // checks), once)


def oldest_verification(
    records: Iterable[SlotRecord], asked: Mapping[int, datetime]
) -> tuple[int, datetime] | None:
    """Return the slot that was verified longest ago, and when it was.

    `asked` holds the times of failed reads by slot. Slots that are not verified are
    left out: the engine is working on them already.
    """
    verified = (
        (max(record.verified_at or _NEVER, asked.get(record.slot, _NEVER)), record.slot)
        for record in records
        if record.is_verified
        and not record.needs_read
        and not record.retry.failed_reads
    )
    oldest = min(verified, default=None)
    return None if oldest is None else (oldest[1], oldest[0])
