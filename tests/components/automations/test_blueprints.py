"""Our blueprints: each as it lies in the repository, made an automation, and run."""

from pathlib import Path
from typing import Any

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.keyholder.model.lock_events import Action, Method
from tests.harness.site.automation_site import (
    ANNA,
    BERT,
    BLUEPRINTS,
    FRONT,
    AutomationSite,
)
from tests.harness.waiting import wait_for

ALARM = "alarm_control_panel.house"
PHONE = "notify.phone"
AT_ONCE = {"seconds": 0}
LOCKS = ["lock.front_door", "lock.back_door"]
RUN = {
    "action": "test.run",
    "data": {"person": "{{ person }}", "lock": "{{ lock }}"},
}


def files() -> list[Path]:
    return sorted(BLUEPRINTS.glob("*.yaml"))


def test_there_is_a_blueprint_for_each_of_the_promised_uses() -> None:
    assert [path.stem for path in files()] == [
        "bookings",
        "disarm_for_people",
        "greet_by_person",
        "lock_when_everybody_left",
        "notify_on_use",
    ]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_a_blueprint_can_be_imported_and_filled_in(path: Path) -> None:
    blueprint = Blueprint(
        load_yaml_dict(str(path)),
        path=path.name,
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    assert blueprint.metadata["source_url"].endswith(
        f"/blueprints/automation/keyholder/{path.name}"
    )
    assert blueprint.metadata["homeassistant"]["min_version"] == "2026.10.0"
    assert blueprint.metadata["description"]
    assert blueprint.inputs
    for name, described in blueprint.inputs.items():
        assert described["name"], name
        assert len(described["selector"]) == 1, name


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_no_blueprint_asks_for_a_pin_or_has_one_returned(path: Path) -> None:
    blueprint = load_yaml_dict(str(path))
    del blueprint["blueprint"]["description"]
    said = str(blueprint)
    assert "return_pin" not in said
    assert "'pin'" not in said


@pytest.mark.parametrize(
    ("chosen", "reported"),
    [
        (ANNA, ["Anna unlocked Front door."]),
        (FRONT, ["Anna unlocked Front door.", "Bert unlocked Front door."]),
    ],
)
async def test_a_message_names_who_came_in_and_where(
    hass: HomeAssistant,
    automation_site: AutomationSite,
    chosen: str,
    reported: list[str],
) -> None:
    sent = async_mock_service(hass, "notify", "send_message")
    who = {"entity_id": chosen}
    await automation_site.use_blueprint("notify_on_use", who=who, receivers=[PHONE])
    automation_site.door().unlock_at_keypad(1)
    automation_site.door().unlock_at_keypad(2)
    automation_site.door().operate(Action.UNLOCK, Method.MANUAL)
    await wait_for(lambda: len(sent) == len(reported))
    await hass.async_block_till_done()
    assert [call.data["message"] for call in sent] == reported
    assert {call.data["title"] for call in sent} == {"Door"}
    assert [call.data["entity_id"] for call in sent] == [[PHONE]] * len(reported)


@pytest.mark.parametrize(
    ("operation", "reported"),
    [
        ("lock", ["Anna locked Front door."]),
        ("any", ["Anna unlocked Front door.", "Anna locked Front door."]),
    ],
)
async def test_a_message_can_tell_who_locked_up(
    hass: HomeAssistant,
    automation_site: AutomationSite,
    operation: str,
    reported: list[str],
) -> None:
    """Clause 16.15: the blueprint tells of a door that a code locked."""
    sent = async_mock_service(hass, "notify", "send_message")
    await automation_site.use_blueprint(
        "notify_on_use",
        who={"entity_id": ANNA},
        receivers=[PHONE],
        operation=operation,
    )
    automation_site.door().unlock_at_keypad(1)
    automation_site.door().operate(Action.LOCK, Method.MANUAL)
    automation_site.door().operate(Action.LOCK, Method.KEYPAD, 1)
    await wait_for(lambda: len(sent) == len(reported))
    await hass.async_block_till_done()
    assert [call.data["message"] for call in sent] == reported


async def test_who_locks_up_can_start_actions(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    """Clause 16.15: actions run for a door that a code of the chosen people locked."""
    people = {"device_id": [automation_site.device(BERT)]}
    await automation_site.use_blueprint(
        "greet_by_person", people=people, greeting=[RUN], operation="lock"
    )
    automation_site.door().unlock_at_keypad(2)
    automation_site.door().operate(Action.LOCK, Method.KEYPAD, 1)
    automation_site.door().operate(Action.LOCK, Method.KEYPAD, 2)
    await wait_for(lambda: automation_site.runs)
    await hass.async_block_till_done()
    assert automation_site.runs == [{"person": "Bert", "lock": "Front door"}]


async def test_chosen_people_are_greeted_and_others_are_not(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    people = {"device_id": [automation_site.device(BERT)]}
    await automation_site.use_blueprint(
        "greet_by_person", people=people, greeting=[RUN]
    )
    automation_site.door("Back door").unlock_at_keypad(1)
    automation_site.door("Back door").unlock_at_keypad(2)
    await wait_for(lambda: automation_site.runs)
    await hass.async_block_till_done()
    assert automation_site.runs == [{"person": "Bert", "lock": "Back door"}]


@pytest.fixture
def disarmed(hass: HomeAssistant) -> list[ServiceCall]:
    """An alarm that is armed; return what is asked of it."""
    hass.states.async_set(ALARM, "armed_away")
    return async_mock_service(hass, "alarm_control_panel", "alarm_disarm")


async def test_the_code_of_a_chosen_person_disarms(
    hass: HomeAssistant, automation_site: AutomationSite, disarmed: list[ServiceCall]
) -> None:
    anna = automation_site.device(ANNA)
    await automation_site.use_blueprint("disarm_for_people", people=[anna], alarm=ALARM)
    automation_site.door().unlock_at_keypad(2)
    automation_site.door().unlock_at_keypad(None)
    automation_site.door().operate(Action.UNLOCK, Method.REMOTE)
    automation_site.door().operate(Action.LOCK, Method.KEYPAD, 1)
    await wait_for(lambda: hass.states.get(ANNA).state != "unknown")  # type: ignore[union-attr]
    await hass.async_block_till_done()
    assert disarmed == []
    automation_site.door().unlock_at_keypad(1)
    await wait_for(lambda: disarmed)
    await hass.async_block_till_done()
    assert [call.data["entity_id"] for call in disarmed] == [[ALARM]]


async def test_a_lock_among_the_people_lets_nobody_else_disarm(
    hass: HomeAssistant, automation_site: AutomationSite, disarmed: list[ServiceCall]
) -> None:
    chosen = [automation_site.device(ANNA), automation_site.device(FRONT)]
    await automation_site.use_blueprint("disarm_for_people", people=chosen, alarm=ALARM)
    automation_site.door().unlock_at_keypad(2)
    await wait_for(lambda: hass.states.get(BERT).state != "unknown")  # type: ignore[union-attr]
    await hass.async_block_till_done()
    assert disarmed == []
    automation_site.door().unlock_at_keypad(1)
    await wait_for(lambda: disarmed)
    await hass.async_block_till_done()
    assert len(disarmed) == 1


async def test_an_alarm_that_is_not_armed_is_left_alone(
    hass: HomeAssistant, automation_site: AutomationSite, disarmed: list[ServiceCall]
) -> None:
    hass.states.async_set(ALARM, "disarmed")
    anna = automation_site.device(ANNA)
    await automation_site.use_blueprint("disarm_for_people", people=[anna], alarm=ALARM)
    automation_site.door().unlock_at_keypad(1)
    await wait_for(lambda: hass.states.get(ANNA).state != "unknown")  # type: ignore[union-attr]
    await hass.async_block_till_done()
    assert disarmed == []


class Doors:
    """Two doors; those in `stuck` do not lock, those in `broken` say so."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.asked: list[str] = []
        self.stuck: set[str] = set()
        self.broken: set[str] = set()
        for lock in LOCKS:
            hass.states.async_set(lock, "unlocked", {"friendly_name": lock[5:]})
        hass.services.async_register("lock", "lock", self.lock)

    async def lock(self, call: ServiceCall) -> None:
        """Stand for the integration of the locks."""
        for lock in call.data["entity_id"]:
            self.asked.append(lock)
            if lock not in self.stuck | self.broken:
                self.hass.states.async_set(lock, "locked", {"friendly_name": lock[5:]})
        if self.broken:
            raise HomeAssistantError("no answer")


async def leaving(
    hass: HomeAssistant, automations: AutomationSite, **inputs: Any
) -> Doors:
    """Set up the blueprint for a site with somebody in it."""
    doors = Doors(hass)
    assert await async_setup_component(hass, "zone", {})
    for person in ("anna", "bert"):
        is_home(hass, person)
    await hass.async_block_till_done()
    check_zone(hass, 2)
    reported = {"action": "test.run", "data": {"locks": "{{ not_locked }}"}}
    await automations.use_blueprint(
        "lock_when_everybody_left",
        **{
            "locks": LOCKS,
            "absence": AT_ONCE,
            "patience": {"seconds": 1},
            "when_not_locked": [reported],
            **inputs,
        },
    )
    return doors


def is_home(hass: HomeAssistant, person: str) -> None:
    zones = {"in_zones": ["zone.home"]}
    hass.states.async_set(f"person.{person}", "home", zones)


def check_zone(hass: HomeAssistant, people: int) -> None:
    state = hass.states.get("zone.home")
    assert state is not None
    assert state.state == str(people)


async def leaves(hass: HomeAssistant, *people: str) -> None:
    for person in people:
        hass.states.async_set(f"person.{person}", "not_home", {"in_zones": []})
    await hass.async_block_till_done()


async def test_the_doors_are_locked_when_the_last_one_leaves_and_not_before(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    doors = await leaving(hass, automation_site)
    await leaves(hass, "anna")
    assert doors.asked == []
    await leaves(hass, "bert")
    check_zone(hass, 0)
    await wait_for(lambda: len(doors.asked) == 2)
    await hass.async_block_till_done()
    assert doors.asked == LOCKS
    assert automation_site.runs == []


async def test_a_door_that_is_locked_already_is_not_asked_again(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    doors = await leaving(hass, automation_site)
    hass.states.async_set(LOCKS[0], "locked")
    await leaves(hass, "anna", "bert")
    await wait_for(lambda: doors.asked)
    await hass.async_block_till_done()
    assert doors.asked == LOCKS[1:]


async def test_a_door_that_does_not_lock_is_reported_by_its_name(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    doors = await leaving(hass, automation_site)
    doors.stuck = {LOCKS[1]}
    await leaves(hass, "anna", "bert")
    await wait_for(lambda: automation_site.runs)
    assert automation_site.runs == [{"locks": "back_door"}]


async def test_a_lock_that_raises_is_reported_as_well(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    doors = await leaving(hass, automation_site)
    doors.broken = {LOCKS[0]}
    await leaves(hass, "anna", "bert")
    await wait_for(lambda: automation_site.runs)
    assert automation_site.runs == [{"locks": "front_door"}]


async def test_nothing_is_done_while_the_time_of_absence_runs(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    doors = await leaving(hass, automation_site, absence={"minutes": 2})
    await leaves(hass, "anna", "bert")
    is_home(hass, "anna")
    await hass.async_block_till_done()
    assert doors.asked == []


async def test_nobody_home_at_a_start_is_not_somebody_who_leaves(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    doors = await leaving(hass, automation_site)
    hass.states.async_remove("zone.home")
    await hass.async_block_till_done()
    hass.states.async_set("zone.home", "unknown")
    await hass.async_block_till_done()
    hass.states.async_set("zone.home", "0")
    await hass.async_block_till_done()
    assert doors.asked == []
