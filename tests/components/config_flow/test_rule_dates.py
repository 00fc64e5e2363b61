"""The days and times between which a code works, in the dialog of a rule."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.site.flow_driver import add_person, submit, suggested
from tests.harness.site.rule_flow import enter, is_saved, open_rule, rule


@pytest.fixture
async def ann(hass: HomeAssistant, site: MockConfigEntry) -> ConfigSubentry:
    await hass.config.async_set_time_zone("Europe/Berlin")
    return await add_person(hass, site, "Ann", "907153")


async def test_a_day_chosen_without_a_time_is_a_day_to_its_end(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    """Clause 16.39: who chooses the last day means all of it, and is shown that day."""
    entered = rule(valid_from="2099-08-01", valid_until="2099-08-08")
    stored = {
        "valid_from": "2099-07-31T22:00:00+00:00",
        "valid_until": "2099-08-08T22:00:00+00:00",
    }

    assert is_saved(await enter(hass, site, ann, entered))
    assert ann.data["rule"] == stored

    form = await open_rule(hass, site, ann)
    shown = suggested(form)
    assert (shown["valid_from"], shown["valid_from_time"]) == ("2099-08-01", None)
    assert (shown["valid_until"], shown["valid_until_time"]) == ("2099-08-08", None)
    assert is_saved(await submit(hass, form, **entered))
    assert ann.data["rule"] == stored

    midnight = rule(valid_until="2099-08-08", valid_until_time="00:00:00")
    assert is_saved(await enter(hass, site, ann, midnight))
    assert ann.data["rule"] == {"valid_until": "2099-08-07T22:00:00+00:00"}


async def test_an_end_that_was_there_stays_when_it_is_over(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    """Clause 16.39: the rest of a rule that is over can still be changed."""
    over = {"valid_until": "2020-08-08T09:00:00+00:00"}
    hass.config_entries.async_update_subentry(
        site, ann, data={**ann.data, "rule": over}
    )
    form = await open_rule(hass, site, ann)
    values: dict[str, Any] = {
        "valid_until": "2020-08-08",
        "valid_until_time": "11:00:00",
    }

    refused = await submit(hass, form, **rule(valid_until="2020-08-09"))
    assert refused["errors"] == {"valid_until": "until_past"}
    assert is_saved(await submit(hass, refused, **rule(**values, use_limit=2)))
    assert ann.data["rule"] == {**over, "use_limit": 2}


async def test_the_second_of_two_equal_hours_stays_the_second(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    """Whatever set it: saving the form again does not move the begin an hour."""
    second = "2026-10-25T01:30:00+00:00"
    hass.config_entries.async_update_subentry(
        site, ann, data={**ann.data, "rule": {"valid_from": second}}
    )
    form = await open_rule(hass, site, ann)
    assert suggested(form)["valid_from"] == "2026-10-25"
    assert suggested(form)["valid_from_time"] == "02:30:00"

    entered = rule(valid_from="2026-10-25 02:30:00", use_limit=1)
    assert is_saved(await submit(hass, form, **entered))
    assert ann.data["rule"]["valid_from"] == second

    entered = rule(valid_from="2026-10-25 02:31:00")
    assert is_saved(await enter(hass, site, ann, entered))
    assert ann.data["rule"]["valid_from"] == "2026-10-25T00:31:00+00:00"


async def test_a_date_is_taken_away_with_its_switch(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    """In a browser a field for date and time cannot be emptied again."""
    stay: dict[str, Any] = {
        "valid_from": "2099-08-01 15:00:00",
        "valid_until": "2099-08-08 11:00:00",
    }
    assert is_saved(await enter(hass, site, ann, rule(**stay)))
    form = await open_rule(hass, site, ann)
    assert suggested(form).keys() >= {"no_valid_from", "no_valid_until"}

    refused = await submit(hass, form, **rule(**stay, no_valid_from=True, use_limit=0))
    assert suggested(refused)["no_valid_from"] is True
    assert is_saved(await submit(hass, refused, **rule(**stay, no_valid_from=True)))
    assert ann.data["rule"] == {"valid_until": "2099-08-08T09:00:00+00:00"}

    form = await open_rule(hass, site, ann)
    assert "no_valid_from" not in suggested(form)
    assert is_saved(await submit(hass, form, **rule(**stay, no_valid_until=True)))
    assert ann.data["rule"] == {"valid_from": "2099-08-01T13:00:00+00:00"}
