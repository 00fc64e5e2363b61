"""Conversion between local times that a user enters and UTC."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

from homeassistant.util import dt as dt_util


def parse_local_datetime(given: object, *, late: bool) -> datetime:
    """Return a text, date or datetime in UTC. Raises ValueError if it is invalid.

    A value without a time zone is in Home Assistant's. A date without a time is its first
    moment, with `late` its end. Of a time that occurs twice when summer time ends, `late`
    selects the second. A time that is skipped when summer time begins is moved later by
    the skipped period.
    """
    if isinstance(given, str):
        given = _parse_text(given.strip())
    try:
        if isinstance(given, datetime):
            return _in_utc(given, late=late)
        if isinstance(given, date):
            day = given + timedelta(days=1) if late else given
            # of a midnight that occurs twice the first is where a day ends
            return _in_utc(datetime.combine(day, time()), late=False)
    except OverflowError:
        raise ValueError("a moment beyond the calendar") from None
    raise ValueError("not a moment")


def _parse_text(text: str) -> date | datetime | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    if not {" ", "t", "T"} & set(text):
        # a year or a month alone would be its first day
        raise ValueError("not a day")
    return dt_util.parse_datetime(text, raise_on_error=True)


def local_date_and_time(moment: datetime, *, late: bool) -> tuple[str, str | None]:
    """Return a moment as the texts of a date field and a time field.

    No time if the moment is the beginning of the day, with `late` the end of it.
    """
    local = dt_util.as_local(moment).replace(tzinfo=None)
    day = local.date() - timedelta(days=1) if late else local.date()
    if parse_local_datetime(day, late=late) == moment:
        return day.isoformat(), None
    clock = local.time().replace(microsecond=0)
    return local.date().isoformat(), clock.isoformat()


def _in_utc(given: datetime, *, late: bool) -> datetime:
    if given.tzinfo is not None:
        return dt_util.as_utc(given)
    zone = dt_util.get_default_time_zone()
    first = dt_util.as_utc(given.replace(tzinfo=zone, fold=0))
    if first.astimezone(zone).replace(tzinfo=None, fold=0) != given.replace(fold=0):
        # a local time that summer time skips
        return first
    return dt_util.as_utc(given.replace(tzinfo=zone, fold=int(late)))
