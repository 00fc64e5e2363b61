"""The dialog of a lock's autolock."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from tests.components.autolock.conftest import SENSOR, SimulatedDoor
from tests.harness.site.autolock_entities import DAY, FORM, NIGHT, set_up, state
from tests.harness.site.flow_driver import add_person, choose, start_reconfigure
from tests.harness.waiting import wait_for


async def test_the_dialog_keeps_what_was_entered_and_shows_it_again(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    values = {
        "night_begin": "22:00:00",
        "night_end": "06:00:00",
        "keypad_minutes": 1,
        "door_sensor": SENSOR,
    }
    await set_up(hass, door, **values)
    await wait_for(lambda: state(hass, DAY) == "7")
    assert state(hass, NIGHT) == "3"
    dialog = await start_reconfigure(hass, door.entry, door.subentry)
    form = await choose(hass, dialog, "autolock")
    shown = {
        str(field): (field.description or {}).get("suggested_value")
        for field in form["data_schema"].schema  # type: ignore[union-attr]
    }
    assert shown.items() >= {**FORM, **values}.items()
    hass.config_entries.subentries.async_abort(form["flow_id"])


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"night_begin": "22:00:00"}, {"night_end": "night_both"}),
        ({"people_for": 3}, {"people_minutes": "people_both"}),
    ],
)
async def test_what_is_entered_by_halves_is_refused_in_its_field(
    hass: HomeAssistant,
    door: SimulatedDoor,
    values: dict[str, Any],
    error: dict[str, str],
) -> None:
    result = await set_up(hass, door, **values)
    assert result["errors"] == error
    hass.config_entries.subentries.async_abort(result["flow_id"])


async def test_somebody_who_is_gone_does_not_stand_in_the_way_of_the_dialog(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    """Their time was offered again, which the form itself then refused."""
    ann = await add_person(hass, door.entry, "Ann", "907153")
    await set_up(hass, door, people_minutes=[ann.unique_id], people_for=3)
    hass.config_entries.async_remove_subentry(door.entry, ann.subentry_id)
    await wait_for(lambda: not door.entry.runtime_data.site.people)

    dialog = await start_reconfigure(hass, door.entry, door.subentry)
    form = await choose(hass, dialog, "autolock")
    shown = {
        str(field): (field.description or {}).get("suggested_value")
        for field in form["data_schema"].schema  # type: ignore[union-attr]
    }
    assert shown["people_minutes"] is None
    assert shown["people_for"] is None
    hass.config_entries.subentries.async_abort(form["flow_id"])
