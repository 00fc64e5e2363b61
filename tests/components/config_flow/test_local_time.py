"""Times as the clock on the wall shows them, on the days when it is put on or back."""

from datetime import date, datetime

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.application.local_time import (
    local_date_and_time,
    parse_local_datetime,
)


@pytest.mark.parametrize(
    ("given", "late", "moment"),
    [
        ("2026-08-01 15:00:00", False, "2026-08-01T13:00:00+00:00"),
        ("2026-08-01 15:00", True, "2026-08-01T13:00:00+00:00"),
        (" 2026-08-01T15:00 ", False, "2026-08-01T13:00:00+00:00"),
        ("2026-08-01", False, "2026-07-31T22:00:00+00:00"),
        (date(2026, 8, 1), False, "2026-07-31T22:00:00+00:00"),
        # an end is that of the day
        ("2026-08-01", True, "2026-08-01T22:00:00+00:00"),
        (" 20260801 ", True, "2026-08-01T22:00:00+00:00"),
        (date(2026, 8, 1), True, "2026-08-01T22:00:00+00:00"),
        ("2026-10-24", True, "2026-10-24T22:00:00+00:00"),
        ("2026-10-25", True, "2026-10-25T23:00:00+00:00"),
        ("2026-08-01 00:00", True, "2026-07-31T22:00:00+00:00"),
        (datetime(2026, 1, 1, 12), False, "2026-01-01T11:00:00+00:00"),  # noqa: DTZ001
        ("2026-08-01T15:00:00+00:00", True, "2026-08-01T15:00:00+00:00"),
        ("2026-08-01T15:00:00Z", False, "2026-08-01T15:00:00+00:00"),
        ("2026-08-01T15:00:00-07:00", False, "2026-08-01T22:00:00+00:00"),
        # the hour that is there twice
        ("2026-10-25 02:30", False, "2026-10-25T00:30:00+00:00"),
        ("2026-10-25 02:30", True, "2026-10-25T01:30:00+00:00"),
        ("2026-10-25 02:00", True, "2026-10-25T01:00:00+00:00"),
        ("2026-10-25 03:00", True, "2026-10-25T02:00:00+00:00"),
        # the hour that is not there
        ("2026-03-29 02:00", False, "2026-03-29T01:00:00+00:00"),
        ("2026-03-29 02:30", False, "2026-03-29T01:30:00+00:00"),
        ("2026-03-29 02:30", True, "2026-03-29T01:30:00+00:00"),
        ("2026-03-29 03:00", True, "2026-03-29T01:00:00+00:00"),
    ],
)
async def test_a_local_time_is_one_moment(
    hass: HomeAssistant, given: object, late: bool, moment: str
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")

    assert parse_local_datetime(given, late=late).isoformat() == moment


@pytest.mark.parametrize(
    "given",
    [
        "",
        "soon",
        "2026",
        "2026-08",
        "2026-02-30 12:00",
        "2026-08-01 25:00",
        1785589200,
        None,
        True,
        "0001-01-01 00:00",
        "9999-12-31 23:59:59-23:59",
    ],
)
async def test_what_is_no_moment_is_refused(hass: HomeAssistant, given: object) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")

    with pytest.raises(ValueError):  # noqa: PT011 - whoever says it
        parse_local_datetime(given, late=False)


@pytest.mark.parametrize(
    ("moment", "late", "shown"),
    [
        ("2026-08-01T15:00:00Z", False, ("2026-08-01", "11:00:00")),
        ("2026-08-01T15:00:07.5Z", False, ("2026-08-01", "11:00:07")),
        ("2026-08-01T15:00:00Z", True, ("2026-08-01", "11:00:00")),
        ("2026-08-01T04:00:00Z", False, ("2026-08-01", None)),
        ("2026-08-01T04:00:00Z", True, ("2026-07-31", None)),
        ("2026-11-02T05:00:00Z", True, ("2026-11-01", None)),
    ],
)
async def test_a_moment_is_shown_as_the_clock_shows_it(
    hass: HomeAssistant, moment: str, late: bool, shown: tuple[str, str | None]
) -> None:
    """Clause 16.39: a begin or an end of a day is shown as that day."""
    await hass.config.async_set_time_zone("America/New_York")
    given = datetime.fromisoformat(moment)

    assert local_date_and_time(given, late=late) == shown
    entered = " ".join(filter(None, shown))
    assert parse_local_datetime(entered, late=late) == given.replace(microsecond=0)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-10-31", "2026-11-01T04:00:00+00:00"),
        ("2026-03-07", "2026-03-08T05:00:00+00:00"),
    ],
)
async def test_a_day_ends_at_the_first_of_two_midnights_and_at_none_as_well(
    hass: HomeAssistant, day: str, end: str
) -> None:
    """Clause 16.39: in Havana the clock is changed at midnight."""
    await hass.config.async_set_time_zone("America/Havana")

    assert parse_local_datetime(day, late=True).isoformat() == end
    assert local_date_and_time(datetime.fromisoformat(end), late=True) == (day, None)
