"""Conversion between local times that a user enters and UTC."""

from datetime import date, datetime

from homeassistant.util import dt as dt_util


def parse_local_datetime(given: object, *, late: bool) -> datetime:
    """Return a text, date or datetime in UTC. Raises ValueError if it is invalid.

    A value without a time zone is in Home Assistant's. Of a time that occurs twice
    when summer time ends, `late` selects the second. A time that is skipped when
    summer time begins is moved later by the skipped period. A date is its first moment.
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
    """Return a moment as local text in the format of a date and time field."""
    local = dt_util.as_local(moment).replace(tzinfo=None)
    return local.isoformat(sep=" ", timespec="seconds")


def _in_utc(given: datetime, *, late: bool) -> datetime:
    if given.tzinfo is not None:
        return dt_util.as_utc(given)
    zone = dt_util.get_default_time_zone()
    first = dt_util.as_utc(given.replace(tzinfo=zone, fold=0))
    if first.astimezone(zone).replace(tzinfo=None, fold=0) != given.replace(fold=0):
        # a local time that summer time skips
        return first
    return dt_util.as_utc(given.replace(tzinfo=zone, fold=int(late)))
