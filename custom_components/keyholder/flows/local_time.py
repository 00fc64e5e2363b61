"""Moments that a user gives as the clock on the wall shows them."""

from datetime import date, datetime

from homeassistant.util import dt as dt_util


def parse_local_datetime(given: object, *, late: bool) -> datetime:
    """Return the moment that is meant, in UTC; ValueError if none can be.

    Text and dates without a zone are in Home Assistant's. Of a time that the clock
    shows twice when summer time ends, `late` takes the second; one that it skips when
    summer time begins is as much later as is skipped. A date is its first moment.
    """
    if isinstance(given, str):
        given = dt_util.parse_datetime(given.strip(), raise_on_error=True)
    elif isinstance(given, date) and not isinstance(given, datetime):
        given = datetime(given.year, given.month, given.day)  # noqa: DTZ001 - local
    if not isinstance(given, datetime):
        raise ValueError("not a moment")
    try:
        return _in_utc(given, late=late)
    except OverflowError:
        raise ValueError("a moment beyond the calendar") from None


def local_text(moment: datetime) -> str:
    """Return a moment as a field for date and time has it."""
    local = dt_util.as_local(moment).replace(tzinfo=None)
    return local.isoformat(sep=" ", timespec="seconds")


def _in_utc(given: datetime, *, late: bool) -> datetime:
    if given.tzinfo is not None:
        return dt_util.as_utc(given)
    zone = dt_util.get_default_time_zone()
    first = dt_util.as_utc(given.replace(tzinfo=zone, fold=0))
    if first.astimezone(zone).replace(tzinfo=None, fold=0) != given.replace(fold=0):
        # the clock never shows it
        return first
    return dt_util.as_utc(given.replace(tzinfo=zone, fold=int(late)))
