"""Conditions of Keyholder in real automations."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from tests.fakes.provider import Faults
from tests.integration.watching import shows

from .home import Home

CREDENTIALS = "sensor.front_door_credentials"
BACK_CREDENTIALS = "sensor.back_door_credentials"
STATUS = "sensor.anna_status"
BERTS_STATUS = "sensor.bert_status"


async def ask(home: Home, condition: str, target: Any, **options: Any) -> None:
    """Set up an automation that runs when it is asked and the condition holds."""
    await home.automate(
        triggers={"trigger": "event", "event_type": "asked"},
        conditions={"condition": condition, "target": target, "options": options},
        actions={"action": "test.run"},
    )


async def holds(home: Home) -> bool:
    """Ask, and return whether the condition let it pass."""
    before = len(home.runs)
    home.hass.bus.async_fire("asked")
    await home.hass.async_block_till_done()
    return len(home.runs) > before


@pytest.mark.parametrize(
    ("state", "allowed", "passes"),
    [
        ("active", True, True),
        ("attention", True, True),
        ("attention", False, False),
        ("scheduled", False, False),
        ("disabled", False, False),
        ("active", None, False),
        ("unknown", True, False),
        ("unknown", None, False),
    ],
)
async def test_a_person_is_allowed_where_the_sensor_says_so(
    home: Home, state: str, allowed: bool | None, passes: bool
) -> None:
    await ask(home, "keyholder.person_is_allowed", {"entity_id": STATUS})
    home.show(STATUS, state, allowed=allowed)
    assert await holds(home) is passes


async def test_the_rule_of_a_person_says_whether_they_are_allowed(
    hass: HomeAssistant, home: Home
) -> None:
    await ask(home, "keyholder.person_is_allowed", {"entity_id": STATUS})
    assert await holds(home)
    tomorrow = dt_util.utcnow() + timedelta(days=1)
    await home.limit("Anna", **{"from": tomorrow})
    await shows(hass, STATUS, "scheduled")
    assert not await holds(home)
    await home.limit("Anna", **{"from": None, "until": tomorrow})
    await shows(hass, STATUS, "active")
    assert await holds(home)
    off = {"entity_id": "switch.anna_enabled"}
    await hass.services.async_call("switch", "turn_off", off, blocking=True)
    await shows(hass, STATUS, "disabled")
    assert not await holds(home)


async def test_a_person_can_be_named_by_their_device(home: Home) -> None:
    home.show(STATUS, "active", allowed=True)
    home.show(BERTS_STATUS, "active", allowed=False)
    target = {"device_id": home.device(BERTS_STATUS)}
    await ask(home, "keyholder.person_is_allowed", target)
    assert not await holds(home)
    home.show(BERTS_STATUS, "active", allowed=True)
    assert await holds(home)


@pytest.mark.parametrize(
    ("behavior", "anna", "bert", "passes"),
    [
        ("any", True, False, True),
        ("any", None, True, True),
        ("any", None, False, False),
        ("all", True, True, True),
        ("all", True, False, False),
        ("all", True, None, False),
    ],
)
async def test_of_several_people_who_is_not_known_is_not_allowed(
    home: Home, behavior: str, anna: bool | None, bert: bool | None, passes: bool
) -> None:
    target = {"entity_id": [STATUS, BERTS_STATUS]}
    await ask(home, "keyholder.person_is_allowed", target, behavior=behavior)
    for entity_id, allowed in ((STATUS, anna), (BERTS_STATUS, bert)):
        state = "unknown" if allowed is None else "active"
        home.show(entity_id, state, allowed=allowed)
    assert await holds(home) is passes


@pytest.mark.parametrize("behavior", ["any", "all"])
@pytest.mark.parametrize("condition", ["person_is_allowed", "lock_in_sync"])
async def test_nobody_and_nothing_is_no_yes(
    home: Home, condition: str, behavior: str
) -> None:
    home.show("sensor.other", "in_sync", allowed=True)
    target = {"entity_id": ["sensor.other", "sensor.missing"]}
    await ask(home, f"keyholder.{condition}", target, behavior=behavior)
    assert not await holds(home)


async def test_while_the_site_is_not_loaded_nothing_is_known(
    hass: HomeAssistant, home: Home
) -> None:
    target = {"entity_id": CREDENTIALS}
    await ask(home, "keyholder.lock_in_sync", target, behavior="all")
    assert await holds(home)
    assert await hass.config_entries.async_unload(home.entry.entry_id)
    await hass.async_block_till_done()
    assert not await holds(home)
    assert await hass.config_entries.async_setup(home.entry.entry_id)
    await shows(hass, CREDENTIALS, "in_sync")
    assert await holds(home)


async def test_a_lock_that_lost_a_code_is_not_in_sync(
    hass: HomeAssistant, home: Home
) -> None:
    target = {"device_id": home.device(CREDENTIALS)}
    await ask(home, "keyholder.lock_in_sync", target)
    assert await holds(home)
    home.door().faults = Faults(drop_writes=99)
    home.door().delete_at_keypad(1)
    await shows(hass, CREDENTIALS, "attention")
    assert not await holds(home)


@pytest.mark.parametrize(("behavior", "passes"), [("any", True), ("all", False)])
async def test_of_several_locks_all_or_any_must_be_in_sync(
    home: Home, behavior: str, passes: bool
) -> None:
    target = {"entity_id": [CREDENTIALS, BACK_CREDENTIALS]}
    await ask(home, "keyholder.lock_in_sync", target, behavior=behavior)
    assert await holds(home)
    home.show(BACK_CREDENTIALS, "unknown")
    assert await holds(home) is passes


async def test_a_condition_can_ask_for_how_long(home: Home) -> None:
    target = {"entity_id": CREDENTIALS}
    for_ten = {"for": {"minutes": 10}}
    await ask(home, "keyholder.lock_in_sync", target, **for_ten)
    assert not await holds(home)
