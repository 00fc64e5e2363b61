"""Times as the clock on the wall shows them, on the days when it is put on or back."""

from datetime import date, datetime

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.application.local_time import (
    local_text,
    parse_local_datetime,
)


@pytest.mark.parametrize(
    ("given", "late", "moment"),
    [
        ("2026-08-01 15:00:00", False, "2026-08-01T13:00:00+00:00"),
        ("2026-08-01 15:00", True, "2026-08-01T13:00:00+00:00"),
        (" 2026-08-01T15:00 ", False, "2026-08-01T13:00:00+00:00"),
        ("2026-08-01", True, "2026-07-31T22:00:00+00:00"),
        (date(2026, 8, 1), True, "2026-07-31T22:00:00+00:00"),
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


async def test_a_moment_is_shown_as_the_clock_shows_it(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("America/New_York")

    for given, shown in (
        ("2026-08-01T15:00:00Z", "2026-08-01 11:00:00"),
        ("2026-08-01T15:00:07.5Z", "2026-08-01 11:00:07"),
    ):
        assert local_text(parse_local_datetime(given, late=False)) == shown
