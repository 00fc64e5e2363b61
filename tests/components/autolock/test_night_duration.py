"""The time of the night, by the hours that somebody has set."""

from datetime import UTC, datetime, time, tzinfo
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.autolock import NightHours
from custom_components.keyholder.runtime.site.autolock_serialization import (
    autolock_from_data,
)
from tests.components.autolock.conftest import SimulatedDoor
from tests.harness.site.autolock_entities import AT, set_up, state
from tests.harness.waiting import wait_for

DAY, NIGHT = 7 * 60, 3 * 60
"""Seconds, as the form of the tests has them."""

OVER_MIDNIGHT = {"night_begin": "22:00:00", "night_end": "06:00:00"}
IN_THE_CHANGE = {"night_begin": "01:30:00", "night_end": "02:30:00"}


@pytest.mark.parametrize(
    ("hours", "moments"),
    [
        pytest.param(
            OVER_MIDNIGHT,
            [
                ("2026-03-28T20:59:59.999999", DAY),
                ("2026-03-28T21:00:00", NIGHT),
                ("2026-03-28T23:00:00", NIGHT),
                # at one o'clock UTC the clocks go from two to three
                ("2026-03-29T03:59:59.999999", NIGHT),
                ("2026-03-29T04:00:00", DAY),
                ("2026-03-29T12:00:00", DAY),
                ("2026-03-29T19:59:59.999999", DAY),
                ("2026-03-29T20:00:00", NIGHT),
                # and back from three to two
                ("2026-10-24T20:00:00", NIGHT),
                ("2026-10-25T04:59:59.999999", NIGHT),
                ("2026-10-25T05:00:00", DAY),
                ("2026-10-25T20:59:59.999999", DAY),
                ("2026-10-25T21:00:00", NIGHT),
            ],
            id="over midnight",
        ),
        pytest.param(
            IN_THE_CHANGE,
            [
                ("2026-03-29T00:29:59.999999", DAY),
                ("2026-03-29T00:30:00", NIGHT),
                ("2026-03-29T00:59:59.999999", NIGHT),
                # half past two never comes
                ("2026-03-29T01:00:00", DAY),
                ("2026-10-24T23:30:00", NIGHT),
                ("2026-10-25T00:29:59.999999", NIGHT),
                ("2026-10-25T00:30:00", DAY),
                # it is two o'clock once more
                ("2026-10-25T01:00:00", NIGHT),
                ("2026-10-25T01:30:00", DAY),
            ],
            id="ends in the hour that is skipped, and that comes twice",
        ),
    ],
)
async def test_an_unlock_in_the_hours_of_the_night_has_the_time_of_the_night(
    hass: HomeAssistant,
    door: SimulatedDoor,
    monkeypatch: pytest.MonkeyPatch,
    hours: dict[str, str],
    moments: list[tuple[str, int]],
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    await set_up(hass, door, **hours)
    for moment, lasts in moments:
        utc = datetime.fromisoformat(moment).replace(tzinfo=UTC)

        def now(zone: tzinfo | None = None, utc: datetime = utc) -> datetime:
            return utc.astimezone(zone or dt_util.get_default_time_zone())

        monkeypatch.setattr(dt_util, "now", now)
        door.set_bolt("unlocked")
        await wait_for(lambda: state(hass, AT) != "unknown")
        shown = hass.states.get(AT)
        assert shown is not None
        assert shown.attributes["duration"] == lasts, moment
        door.set_bolt("locked")
        await wait_for(lambda: state(hass, AT) == "unknown")
    assert door.commands == []


@pytest.mark.parametrize(
    ("stored", "hours"),
    [
        (OVER_MIDNIGHT, NightHours(time(22), time(6))),
        ({"night_begin": "22:00:00"}, None),
        ({"night_end": "06:00:00"}, None),
        ({"night_begin": "22:00:00", "night_end": "dawn"}, None),
        ({"night_begin": "dusk", "night_end": "06:00:00"}, None),
        ({}, None),
    ],
)
def test_only_both_hours_are_the_night_otherwise_the_sun_is(
    stored: dict[str, Any], hours: NightHours | None
) -> None:
    assert autolock_from_data(stored).night_hours == hours
