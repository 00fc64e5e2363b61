"""Conditions of Keyholder in real automations."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from tests.harness.fakes.provider import Faults
from tests.harness.site.automation_site import AutomationSite
from tests.harness.site.states import wait_for_state

CREDENTIALS = "sensor.front_door_credentials"
BACK_CREDENTIALS = "sensor.back_door_credentials"
STATUS = "sensor.anna_status"
BERTS_STATUS = "sensor.bert_status"


async def ask(
    automations: AutomationSite, condition: str, target: Any, **options: Any
) -> None:
    """Set up an automation that runs when it is asked and the condition holds."""
    await automations.automate(
        triggers={"trigger": "event", "event_type": "asked"},
        conditions={"condition": condition, "target": target, "options": options},
        actions={"action": "test.run"},
    )


async def holds(automations: AutomationSite) -> bool:
    """Ask, and return whether the condition let it pass."""
    before = len(automations.runs)
    automations.hass.bus.async_fire("asked")
    await automations.hass.async_block_till_done()
    return len(automations.runs) > before


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
    automation_site: AutomationSite, state: str, allowed: bool | None, passes: bool
) -> None:
    await ask(automation_site, "keyholder.person_is_allowed", {"entity_id": STATUS})
    automation_site.show(STATUS, state, allowed=allowed)
    assert await holds(automation_site) is passes


async def test_the_rule_of_a_person_says_whether_they_are_allowed(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    await ask(automation_site, "keyholder.person_is_allowed", {"entity_id": STATUS})
    assert await holds(automation_site)
    tomorrow = dt_util.utcnow() + timedelta(days=1)
    await automation_site.limit("Anna", **{"from": tomorrow})
    await wait_for_state(hass, STATUS, "scheduled")
    assert not await holds(automation_site)
    await automation_site.limit("Anna", **{"from": None, "until": tomorrow})
    await wait_for_state(hass, STATUS, "active")
    assert await holds(automation_site)
    off = {"entity_id": "switch.anna_enabled"}
    await hass.services.async_call("switch", "turn_off", off, blocking=True)
    await wait_for_state(hass, STATUS, "disabled")
    assert not await holds(automation_site)


async def test_a_person_can_be_named_by_their_device(
    automation_site: AutomationSite,
) -> None:
    automation_site.show(STATUS, "active", allowed=True)
    automation_site.show(BERTS_STATUS, "active", allowed=False)
    target = {"device_id": automation_site.device(BERTS_STATUS)}
    await ask(automation_site, "keyholder.person_is_allowed", target)
    assert not await holds(automation_site)
    automation_site.show(BERTS_STATUS, "active", allowed=True)
    assert await holds(automation_site)


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
    automation_site: AutomationSite,
    behavior: str,
    anna: bool | None,
    bert: bool | None,
    passes: bool,
) -> None:
    target = {"entity_id": [STATUS, BERTS_STATUS]}
    await ask(automation_site, "keyholder.person_is_allowed", target, behavior=behavior)
    for entity_id, allowed in ((STATUS, anna), (BERTS_STATUS, bert)):
        state = "unknown" if allowed is None else "active"
        automation_site.show(entity_id, state, allowed=allowed)
    assert await holds(automation_site) is passes


@pytest.mark.parametrize("behavior", ["any", "all"])
@pytest.mark.parametrize("condition", ["person_is_allowed", "lock_in_sync"])
async def test_nobody_and_nothing_is_no_yes(
    automation_site: AutomationSite, condition: str, behavior: str
) -> None:
    automation_site.show("sensor.other", "in_sync", allowed=True)
    target = {"entity_id": ["sensor.other", "sensor.missing"]}
    await ask(automation_site, f"keyholder.{condition}", target, behavior=behavior)
    assert not await holds(automation_site)


async def test_while_the_site_is_not_loaded_nothing_is_known(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    target = {"entity_id": CREDENTIALS}
    await ask(automation_site, "keyholder.lock_in_sync", target, behavior="all")
    assert await holds(automation_site)
    assert await hass.config_entries.async_unload(automation_site.entry.entry_id)
    await hass.async_block_till_done()
    assert not await holds(automation_site)
    assert await hass.config_entries.async_setup(automation_site.entry.entry_id)
    await wait_for_state(hass, CREDENTIALS, "in_sync")
    assert await holds(automation_site)


async def test_a_lock_that_lost_a_code_is_not_in_sync(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    target = {"device_id": automation_site.device(CREDENTIALS)}
    await ask(automation_site, "keyholder.lock_in_sync", target)
    assert await holds(automation_site)
    automation_site.door().faults = Faults(drop_writes=99)
    automation_site.door().delete_at_keypad(1)
    await wait_for_state(hass, CREDENTIALS, "attention")
    assert not await holds(automation_site)


@pytest.mark.parametrize(("behavior", "passes"), [("any", True), ("all", False)])
async def test_of_several_locks_all_or_any_must_be_in_sync(
    automation_site: AutomationSite, behavior: str, passes: bool
) -> None:
    target = {"entity_id": [CREDENTIALS, BACK_CREDENTIALS]}
    await ask(automation_site, "keyholder.lock_in_sync", target, behavior=behavior)
    assert await holds(automation_site)
    automation_site.show(BACK_CREDENTIALS, "unknown")
    assert await holds(automation_site) is passes


async def test_a_condition_can_ask_for_how_long(
    automation_site: AutomationSite,
) -> None:
    target = {"entity_id": CREDENTIALS}
    for_ten = {"for": {"minutes": 10}}
    await ask(automation_site, "keyholder.lock_in_sync", target, **for_ten)
    assert not await holds(automation_site)
