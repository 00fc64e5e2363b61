"""Triggers of Keyholder in real automations."""

from datetime import timedelta
from typing import Any

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.lock_events import Action, Method
from custom_components.keyholder.trigger import TRIGGERS
from tests.harness.fakes.provider import Faults
from tests.harness.site.automation_site import ANNA, BACK, BERT, FRONT, AutomationSite
from tests.harness.site.flow_driver import set_rule
from tests.harness.site.states import wait_for_state
from tests.harness.waiting import wait_for

CREDENTIALS = "sensor.front_door_credentials"
STATUS = "sensor.anna_status"
SLOT = "sensor.anna_code_on_front_door"


async def test_a_used_code_fires_for_the_chosen_person(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    await automation_site.on("keyholder.credential_used", {"entity_id": ANNA})
    automation_site.door().unlock_at_keypad(2)
    automation_site.door("Back door").unlock_at_keypad(1)
    await wait_for(lambda: automation_site.fired)
    await hass.async_block_till_done()
    assert automation_site.fired == [ANNA]


async def test_a_used_code_fires_for_everybody_at_the_chosen_lock(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    await automation_site.on(
        "keyholder.credential_used", {"device_id": automation_site.device(FRONT)}
    )
    automation_site.door("Back door").unlock_at_keypad(1)
    automation_site.door().unlock_at_keypad(1)
    automation_site.door().unlock_at_keypad(2)
    await wait_for(lambda: len(automation_site.fired) == 2)
    await hass.async_block_till_done()
    assert automation_site.fired == [FRONT, FRONT]


async def test_an_area_brings_its_locks(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    hall = ar.async_get(hass).async_create("Hall")
    dr.async_get(hass).async_update_device(
        automation_site.device(BACK), area_id=hall.id
    )
    await automation_site.on("keyholder.credential_used", {"area_id": hall.id})
    automation_site.door().unlock_at_keypad(1)
    automation_site.door("Back door").unlock_at_keypad(2)
    await wait_for(lambda: automation_site.fired)
    await hass.async_block_till_done()
    assert automation_site.fired == [BACK]


async def test_a_person_who_is_added_later_to_an_area_fires(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    hall = ar.async_get(hass).async_create("Hall")
    await automation_site.on("keyholder.credential_used", {"area_id": hall.id})
    dr.async_get(hass).async_update_device(
        automation_site.device(BERT), area_id=hall.id
    )
    await hass.async_block_till_done()
    automation_site.door().unlock_at_keypad(2)
    await wait_for(lambda: automation_site.fired)
    assert automation_site.fired == [BERT]


@pytest.mark.parametrize(
    ("action", "method", "slot"),
    [
        (Action.UNLOCK, Method.KEYPAD, None),
        (Action.UNLOCK, Method.KEYPAD, 9),
        (Action.UNLOCK, Method.MANUAL, None),
        (Action.UNLOCK, Method.REMOTE, None),
        (Action.UNLOCK, Method.REMOTE, 1),
        (Action.LOCK, Method.KEYPAD, 1),
    ],
)
async def test_only_the_code_of_a_known_person_that_opens_the_door_is_a_use(
    hass: HomeAssistant,
    automation_site: AutomationSite,
    action: Action,
    method: Method,
    slot: int | None,
) -> None:
    await automation_site.on("keyholder.credential_used", {"entity_id": [FRONT, ANNA]})
    automation_site.door().operate(action, method, slot)
    await wait_for(lambda: hass.states.get(FRONT).state != "unknown")  # type: ignore[union-attr]
    await hass.async_block_till_done()
    assert automation_site.fired == []


@pytest.mark.parametrize("target", [ANNA, FRONT])
@pytest.mark.parametrize(
    ("operation", "fires"),
    [("unlock", ["unlocked"]), ("lock", ["locked"]), ("any", ["locked", "unlocked"])],
)
async def test_which_operations_of_a_code_fire_is_an_option(
    automation_site: AutomationSite, target: str, operation: str, fires: list[str]
) -> None:
    """Clause 16.15: `operation: lock` fires when a code locks, by a known person only."""
    await automation_site.on(
        "keyholder.credential_used", {"entity_id": target}, operation=operation
    )
    for kind in (AccessType.LOCKED, AccessType.UNLOCKED):
        await automation_site.happens(kind, Method.MANUAL)
        await automation_site.happens(kind, Method.KEYPAD)
    automation_site.door().operate(Action.LOCK, Method.KEYPAD, 9)
    automation_site.door().deny()
    await automation_site.hass.async_block_till_done()
    assert automation_site.fired == [target] * len(fires)


@pytest.mark.parametrize("target", [ANNA, FRONT])
async def test_what_a_person_does_without_their_code_is_no_use(
    automation_site: AutomationSite, target: str
) -> None:
    await automation_site.on("keyholder.credential_used", {"entity_id": target})
    await automation_site.happens(AccessType.UNLOCKED, Method.REMOTE)
    assert automation_site.fired == []
    await automation_site.happens(AccessType.UNLOCKED, Method.KEYPAD)
    assert automation_site.fired == [target]


@pytest.mark.parametrize("past", [True, False])
@pytest.mark.parametrize(
    ("name", "target", "happens"),
    [
        ("credential_used", ANNA, (AccessType.UNLOCKED, Method.KEYPAD)),
        ("credential_used", FRONT, (AccessType.UNLOCKED, Method.KEYPAD)),
        ("access_denied", FRONT, (AccessType.DENIED, None)),
    ],
)
async def test_history_that_comes_late_fires_nothing(
    automation_site: AutomationSite,
    name: str,
    target: str,
    happens: tuple[AccessType, Method | None],
    past: bool,
) -> None:
    await automation_site.on(f"keyholder.{name}", {"entity_id": target})
    await automation_site.happens(*happens, past=past)
    assert automation_site.fired == ([] if past else [target])


async def test_a_refused_entry_fires_at_that_lock_only(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    await automation_site.on(
        "keyholder.access_denied", {"device_id": automation_site.device(FRONT)}
    )
    automation_site.door().unlock_at_keypad(1)
    automation_site.door("Back door").deny()
    automation_site.door().deny()
    await wait_for(lambda: automation_site.fired)
    await hass.async_block_till_done()
    assert automation_site.fired == [FRONT]


@pytest.mark.parametrize("name", ["credential_used", "access_denied"])
async def test_an_event_of_another_integration_does_not_fire(
    hass: HomeAssistant, automation_site: AutomationSite, name: str
) -> None:
    attributes = {"event_type": "denied", "method": "keypad"}
    automation_site.show("event.other", "2026-11-20T10:00:00.000+00:00", **attributes)
    await automation_site.on(f"keyholder.{name}", {"entity_id": "event.other"})
    for kind in ("denied", "unlocked"):
        attributes["event_type"] = kind
        automation_site.show("event.other", f"2026-11-21 {kind}", **attributes)
    await hass.async_block_till_done()
    assert automation_site.fired == []


async def test_events_that_are_restored_after_a_reload_do_not_fire(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    automation_site.door().unlock_at_keypad(1)
    await wait_for(lambda: hass.states.get(ANNA).state != "unknown")  # type: ignore[union-attr]
    await automation_site.on("keyholder.credential_used", {"entity_id": [ANNA, FRONT]})
    before = hass.states.get(ANNA)
    await hass.config_entries.async_reload(automation_site.entry.entry_id)
    await hass.async_block_till_done()
    after = hass.states.get(ANNA)
    assert before is not None
    assert after is not None
    assert after.state == before.state
    assert after is not before
    assert automation_site.fired == []


async def test_a_code_that_is_not_stored_is_a_problem_of_lock_and_person(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    sensors = [CREDENTIALS, STATUS, SLOT, "sensor.bert_status"]
    await automation_site.on("keyholder.code_problem", {"entity_id": sensors})
    automation_site.door().faults = Faults(drop_writes=99)
    automation_site.door().delete_at_keypad(1)
    await wait_for_state(hass, SLOT, "suspended")
    await wait_for(lambda: len(automation_site.fired) == 3)
    await hass.async_block_till_done()
    assert sorted(automation_site.fired) == sorted([CREDENTIALS, STATUS, SLOT])


async def test_a_problem_of_a_persons_device_can_fire_once(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    target = {"device_id": automation_site.device(STATUS)}
    await automation_site.on("keyholder.code_problem", target, behavior="first")
    automation_site.show(SLOT, "suspended")
    await hass.async_block_till_done()
    automation_site.show(STATUS, "attention")
    await hass.async_block_till_done()
    assert automation_site.fired == [SLOT]


async def test_a_problem_can_be_given_time_to_go_away(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    waits = {"minutes": 10}
    await automation_site.on(
        "keyholder.code_problem", {"entity_id": STATUS}, **{"for": waits}
    )
    automation_site.show(STATUS, "attention")
    await hass.async_block_till_done()
    assert automation_site.fired == []


@pytest.mark.parametrize(
    ("name", "entity_id", "state"),
    [
        ("code_problem", CREDENTIALS, "attention"),
        ("code_problem", STATUS, "attention"),
        ("code_problem", SLOT, "suspended"),
        ("person_expired", STATUS, "expired"),
    ],
)
async def test_a_new_sensor_state_fires_and_the_state_at_a_start_does_not(
    hass: HomeAssistant,
    automation_site: AutomationSite,
    name: str,
    entity_id: str,
    state: str,
) -> None:
    await automation_site.on(
        f"keyholder.{name}", {"device_id": automation_site.device(entity_id)}
    )
    for before in ("unavailable", "unknown", None):
        if before is None:
            hass.states.async_remove(entity_id)
        else:
            automation_site.show(entity_id, before)
        await hass.async_block_till_done()
        automation_site.show(entity_id, state)
        await hass.async_block_till_done()
        assert automation_site.fired == []
    automation_site.show(entity_id, "syncing")
    await hass.async_block_till_done()
    automation_site.show(entity_id, state)
    await hass.async_block_till_done()
    automation_site.show(entity_id, state, another="attribute")
    await hass.async_block_till_done()
    assert automation_site.fired == [entity_id]


async def test_a_problem_that_is_there_at_a_start_does_not_fire(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    automation_site.door().faults = Faults(drop_writes=99)
    automation_site.door().delete_at_keypad(1)
    await wait_for_state(hass, SLOT, "suspended")
    assert await hass.config_entries.async_unload(automation_site.entry.entry_id)
    target: dict[str, Any] = {"entity_id": [CREDENTIALS, STATUS, SLOT]}
    await automation_site.on("keyholder.code_problem", target)
    hass.set_state(CoreState.starting)
    assert await hass.config_entries.async_setup(automation_site.entry.entry_id)
    await wait_for_state(hass, SLOT, "suspended")
    await wait_for_state(hass, STATUS, "attention")
    await hass.async_block_till_done()
    assert automation_site.fired == []


async def test_a_person_whose_time_is_over_expires_once(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    people = {
        "device_id": [automation_site.device(STATUS), automation_site.device(BERT)]
    }
    await automation_site.on("keyholder.person_expired", people)
    await automation_site.limit("Anna", until=dt_util.utcnow() + timedelta(seconds=1))
    await wait_for_state(hass, STATUS, "expired")
    await wait_for(lambda: automation_site.fired)
    anna = next(
        each
        for each in automation_site.entry.subentries.values()
        if each.title == "Anna"
    )
    earlier = AccessRule(valid_until=dt_util.utcnow() - timedelta(days=1))
    set_rule(hass, automation_site.entry, anna, earlier)
    await hass.async_block_till_done()
    assert automation_site.fired == [STATUS]


async def test_another_sensor_that_says_the_same_does_not_fire(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    automation_site.show("sensor.other", "fine")
    await automation_site.on(
        "keyholder.code_problem", {"entity_id": ["sensor.other", CREDENTIALS]}
    )
    automation_site.show("sensor.other", "attention")
    await hass.async_block_till_done()
    assert automation_site.fired == []


def test_every_trigger_is_tried_here_or_with_autolock() -> None:
    assert set(TRIGGERS) == {
        *("access_denied", "code_problem", "credential_used", "person_expired"),
        *("autolocked", "autolock_failed"),
    }
