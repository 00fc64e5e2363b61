"""The conditions of a rule: entities, and then the state of each, as it can have it."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.application.condition_states import possible_states
from tests.harness.site.flow_driver import add_person, start, submit, suggested
from tests.harness.site.person_flow import ANN, people
from tests.harness.site.rule_flow import MORNING, enter, is_saved, open_rule, rule

DOOR = "binary_sensor.door"
MODE = "input_select.mode"
HOME = "sensor.home"


@pytest.fixture
async def ann(hass: HomeAssistant, site: MockConfigEntry) -> ConfigSubentry:
    hass.states.async_set(DOOR, "off", {"friendly_name": "*Door*"})
    hass.states.async_set(MODE, "day", {"options": ["day", "night"]})
    hass.states.async_set(HOME, "somewhere")
    return await add_person(hass, site, "Ann", "907153")


def fields_of(form: SubentryFlowResult) -> dict[str, Any]:
    fields: Any = probatio.to_field_list(
        form["data_schema"], custom_serializer=cv.custom_serializer
    )
    return {field["name"]: field for field in fields}


async def test_the_states_of_each_entity_are_offered_by_home_assistant(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    """Clause 16.39: nobody has to know that an open door is "on"."""
    entered = rule(conditions=[DOOR, MODE])
    first = await enter(hass, site, ann, entered)

    assert (first["step_id"], first["errors"]) == ("condition", None)
    state = fields_of(first)["state"]["selector"]["state"]
    assert state["entity_id"] == DOOR
    assert state["hide_states"] == ["unavailable", "unknown"]
    assert first["description_placeholders"] == {"name": "Ann", "entity": "\\*Door\\*"}
    second = await submit(hass, first, state="off")
    assert fields_of(second)["state"]["selector"]["state"]["entity_id"] == MODE
    assert is_saved(await submit(hass, second, state="night", grace=5))

    assert ann.data["rule"]["conditions"] == [
        {"entity": DOOR, "state": "off", "grace": 900},
        {"entity": MODE, "state": "night", "grace": 300},
    ]


@pytest.mark.parametrize(
    "case",
    [
        (DOOR, {"state": "open"}, {"state": "condition_impossible"}),
        (DOOR, {"state": "Off"}, {"state": "condition_impossible"}),
        (MODE, {"state": "evening"}, {"state": "condition_impossible"}),
        (DOOR, {"state": "unavailable"}, {"state": "condition_never"}),
        (HOME, {"state": "unknown"}, {"state": "condition_never"}),
        (HOME, {}, {"state": "condition_incomplete"}),
        (HOME, {"state": " "}, {"state": "condition_incomplete"}),
        (HOME, {"state": "a", "grace": 1e300}, {"grace": "grace_out_of_range"}),
        (HOME, {"state": "a", "grace": -1}, {"grace": "grace_out_of_range"}),
    ],
)
async def test_a_state_that_never_comes_is_refused_at_its_field(
    hass: HomeAssistant,
    site: MockConfigEntry,
    ann: ConfigSubentry,
    case: tuple[str, dict[str, Any], dict[str, str]],
) -> None:
    """Clause 16.39: the code would never work, and nothing would say why."""
    entity, entered, errors = case
    refused = await enter(hass, site, ann, rule(conditions=[entity]), entered)

    assert refused["errors"] == errors
    assert suggested(refused).items() >= entered.items()
    assert "rule" not in ann.data
    present = hass.states.get(entity)
    assert present is not None
    assert is_saved(await submit(hass, refused, state=present.state))


@pytest.mark.parametrize(
    ("entity", "state", "attributes", "states"),
    [
        ("binary_sensor.a", "on", {}, {"on", "off"}),
        ("binary_sensor.a", None, {}, {"on", "off"}),
        ("select.a", "x", {"options": ["x", "y"]}, {"x", "y"}),
        ("select.a", "z", {"options": ["x", "y"]}, {"x", "y", "z"}),
        ("sensor.a", "x", {"options": ["x", "y"]}, {"x", "y"}),
        ("sun.sun", "above_horizon", {}, {"above_horizon", "below_horizon"}),
        ("sensor.a", "21.5", {}, None),
        ("person.a", "home", {}, None),
        ("no_entity", None, {}, None),
    ],
)
async def test_the_possible_states_are_known_where_home_assistant_fixes_them(
    hass: HomeAssistant,
    entity: str,
    state: str | None,
    attributes: dict[str, Any],
    states: set[str] | None,
) -> None:
    """Clause 16.39: elsewhere any text may come true."""
    if state is not None:
        hass.states.async_set(entity, state, attributes)

    assert possible_states(hass, entity) == states


async def test_a_condition_whose_entity_is_gone_goes_on_denying(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    registry = er.async_get(hass)
    home = registry.async_get_or_create("input_boolean", "test", "home")
    entered = rule(conditions=[home.entity_id])
    assert is_saved(await enter(hass, site, ann, entered, {"state": "on"}))
    registry.async_remove(home.entity_id)

    form = await open_rule(hass, site, ann)
    shown = suggested(form)
    assert shown["conditions"]["conditions"] == [home.id]
    entered = rule(use_limit=1, conditions=[home.id, DOOR])
    condition = await submit(hass, form, **entered)
    assert fields_of(condition)["state"]["selector"]["state"]["entity_id"] == DOOR
    assert is_saved(await submit(hass, condition, state="on"))

    assert [each["entity"] for each in ann.data["rule"]["conditions"]] == [
        home.id,
        DOOR,
    ]


async def test_the_conditions_of_somebody_new_are_entered_before_they_are_added(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    """Clause 16.39: and what was entered is there when the form comes back."""
    form = await start(hass, site, "person")
    bea = {**ANN, "name": "Bea"}
    limits = await submit(hass, form, **bea, limit=True)
    condition = await submit(hass, limits, **rule(MORNING, conditions=[DOOR]))
    assert people(site) == ["Ann"]
    await add_person(hass, site, "Bea", "907154")

    taken = await submit(hass, condition, state="on", grace=1)

    assert taken["errors"] == {"name": "name_taken"}
    limits = await submit(hass, taken, **{**bea, "name": "Cleo"}, limit=True)
    assert suggested(limits)["conditions"]["conditions"] == [DOOR]
    condition = await submit(hass, limits, **rule(MORNING, conditions=[DOOR]))
    assert suggested(condition) == {"state": "on", "grace": 1}
    await submit(hass, condition, state="on")
    cleo = next(each for each in site.subentries.values() if each.title == "Cleo")
    assert cleo.data["rule"]["conditions"] == [
        {"entity": DOOR, "state": "on", "grace": 900}
    ]
