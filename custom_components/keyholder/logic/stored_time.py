"""Which stored times are usable: any other would raise where it is compared or added to."""

from datetime import UTC, datetime, timedelta
from typing import Final

_MARGIN: Final = timedelta(days=366)
"""More than anything that is ever added to a stored time or subtracted from one."""


def parse_stored_time(stored: object) -> datetime:
    """Return a stored time in UTC. Raises ValueError for anything else.

    One without a zone cannot be compared with others, and one at an end of the calendar
    cannot be added to.
    """
    if not isinstance(stored, str):
        raise ValueError("a time that is not text")
    time = datetime.fromisoformat(stored)
    if time.utcoffset() is None:
        raise ValueError("a time without a zone")
    try:
        time = time.astimezone(UTC)
        _ = time - _MARGIN, time + _MARGIN
    except OverflowError:
        raise ValueError("a time at an end of the calendar") from None
    return time


def parse_wall_time(stored: object) -> datetime:
    """Return a stored time of a lock's own clock, which has no zone.

    Raises ValueError for anything else: a zone would make it a time that no lock has.
    """
    if not isinstance(stored, str):
        raise ValueError("a time that is not text")
    time = datetime.fromisoformat(stored)
    if time.tzinfo is not None:
        raise ValueError("a lock's time with a zone")
    return time
