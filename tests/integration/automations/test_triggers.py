"""Triggers of Keyholder in real automations."""

from datetime import timedelta
from typing import Any

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.lock_events import Action, Method
from custom_components.keyholder.trigger import TRIGGERS
from tests.fakes.provider import Faults
from tests.integration.watching import shows
from tests.waiting import until

from .home import ANNA, BACK, BERT, FRONT, Home

CREDENTIALS = "sensor.front_door_credentials"
STATUS = "sensor.anna_status"
SLOT = "sensor.anna_code_on_front_door"


async def test_a_used_code_is_told_for_the_person_who_was_chosen(
    hass: HomeAssistant, home: Home
) -> None:
    await home.on("keyholder.credential_used", {"entity_id": ANNA})
    home.door().unlock_at_keypad(2)
    home.door("Back door").unlock_at_keypad(1)
    await until(lambda: home.fired)
    await hass.async_block_till_done()
    assert home.fired == [ANNA]


async def test_a_used_code_is_told_for_everybody_at_the_lock_that_was_chosen(
    hass: HomeAssistant, home: Home
) -> None:
    await home.on("keyholder.credential_used", {"device_id": home.device(FRONT)})
    home.door("Back door").unlock_at_keypad(1)
    home.door().unlock_at_keypad(1)
    home.door().unlock_at_keypad(2)
    await until(lambda: len(home.fired) == 2)
    await hass.async_block_till_done()
    assert home.fired == [FRONT, FRONT]


async def test_an_area_brings_its_locks(hass: HomeAssistant, home: Home) -> None:
    hall = ar.async_get(hass).async_create("Hall")
    dr.async_get(hass).async_update_device(home.device(BACK), area_id=hall.id)
    await home.on("keyholder.credential_used", {"area_id": hall.id})
    home.door().unlock_at_keypad(1)
    home.door("Back door").unlock_at_keypad(2)
    await until(lambda: home.fired)
    await hass.async_block_till_done()
    assert home.fired == [BACK]


async def test_a_person_who_is_added_later_to_an_area_is_heard(
    hass: HomeAssistant, home: Home
) -> None:
    hall = ar.async_get(hass).async_create("Hall")
    await home.on("keyholder.credential_used", {"area_id": hall.id})
    dr.async_get(hass).async_update_device(home.device(BERT), area_id=hall.id)
    await hass.async_block_till_done()
    home.door().unlock_at_keypad(2)
    await until(lambda: home.fired)
    assert home.fired == [BERT]


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
    hass: HomeAssistant, home: Home, action: Action, method: Method, slot: int | None
) -> None:
    await home.on("keyholder.credential_used", {"entity_id": [FRONT, ANNA]})
    home.door().operate(action, method, slot)
    await until(lambda: hass.states.get(FRONT).state != "unknown")  # type: ignore[union-attr]
    await hass.async_block_till_done()
    assert home.fired == []


@pytest.mark.parametrize("target", [ANNA, FRONT])
async def test_what_a_person_does_without_their_code_is_no_use(
    home: Home, target: str
) -> None:
    await home.on("keyholder.credential_used", {"entity_id": target})
    await home.happens(AccessType.UNLOCKED, Method.REMOTE)
    assert home.fired == []
    await home.happens(AccessType.UNLOCKED, Method.KEYPAD)
    assert home.fired == [target]


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
    home: Home,
    name: str,
    target: str,
    happens: tuple[AccessType, Method | None],
    past: bool,
) -> None:
    await home.on(f"keyholder.{name}", {"entity_id": target})
    await home.happens(*happens, past=past)
    assert home.fired == ([] if past else [target])


async def test_who_was_turned_away_is_told_at_that_lock_only(
    hass: HomeAssistant, home: Home
) -> None:
    await home.on("keyholder.access_denied", {"device_id": home.device(FRONT)})
    home.door().unlock_at_keypad(1)
    home.door("Back door").deny()
    home.door().deny()
    await until(lambda: home.fired)
    await hass.async_block_till_done()
    assert home.fired == [FRONT]


@pytest.mark.parametrize("name", ["credential_used", "access_denied"])
async def test_an_event_of_another_integration_does_not_fire(
    hass: HomeAssistant, home: Home, name: str
) -> None:
    attributes = {"event_type": "denied", "method": "keypad"}
    home.show("event.other", "2026-11-20T10:00:00.000+00:00", **attributes)
    await home.on(f"keyholder.{name}", {"entity_id": "event.other"})
    for kind in ("denied", "unlocked"):
        attributes["event_type"] = kind
        home.show("event.other", f"2026-11-21 {kind}", **attributes)
    await hass.async_block_till_done()
    assert home.fired == []


async def test_events_that_are_restored_after_a_reload_do_not_fire(
    hass: HomeAssistant, home: Home
) -> None:
    home.door().unlock_at_keypad(1)
    await until(lambda: hass.states.get(ANNA).state != "unknown")  # type: ignore[union-attr]
    await home.on("keyholder.credential_used", {"entity_id": [ANNA, FRONT]})
    before = hass.states.get(ANNA)
    await hass.config_entries.async_reload(home.entry.entry_id)
    await hass.async_block_till_done()
    after = hass.states.get(ANNA)
    assert before is not None
    assert after is not None
    assert after.state == before.state
    assert after is not before
    assert home.fired == []


async def test_a_code_that_a_lock_does_not_store_is_a_problem_of_lock_and_person(
    hass: HomeAssistant, home: Home
) -> None:
    sensors = [CREDENTIALS, STATUS, SLOT, "sensor.bert_status"]
    await home.on("keyholder.code_problem", {"entity_id": sensors})
    home.door().faults = Faults(drop_writes=99)
    home.door().delete_at_keypad(1)
    await shows(hass, SLOT, "suspended")
    await until(lambda: len(home.fired) == 3)
    await hass.async_block_till_done()
    assert sorted(home.fired) == sorted([CREDENTIALS, STATUS, SLOT])


async def test_a_problem_of_a_persons_device_can_be_told_once(
    hass: HomeAssistant, home: Home
) -> None:
    target = {"device_id": home.device(STATUS)}
    await home.on("keyholder.code_problem", target, behavior="first")
    home.show(SLOT, "suspended")
    await hass.async_block_till_done()
    home.show(STATUS, "attention")
    await hass.async_block_till_done()
    assert home.fired == [SLOT]


async def test_a_problem_can_be_given_time_to_go_away(
    hass: HomeAssistant, home: Home
) -> None:
    waits = {"minutes": 10}
    await home.on("keyholder.code_problem", {"entity_id": STATUS}, **{"for": waits})
    home.show(STATUS, "attention")
    await hass.async_block_till_done()
    assert home.fired == []


@pytest.mark.parametrize(
    ("name", "entity_id", "state"),
    [
        ("code_problem", CREDENTIALS, "attention"),
        ("code_problem", STATUS, "attention"),
        ("code_problem", SLOT, "suspended"),
        ("person_expired", STATUS, "expired"),
    ],
)
async def test_what_a_sensor_begins_to_say_fires_and_what_it_says_at_a_start_does_not(
    hass: HomeAssistant, home: Home, name: str, entity_id: str, state: str
) -> None:
    await home.on(f"keyholder.{name}", {"device_id": home.device(entity_id)})
    for before in ("unavailable", "unknown", None):
        if before is None:
            hass.states.async_remove(entity_id)
        else:
            home.show(entity_id, before)
        await hass.async_block_till_done()
        home.show(entity_id, state)
        await hass.async_block_till_done()
        assert home.fired == []
    home.show(entity_id, "syncing")
    await hass.async_block_till_done()
    home.show(entity_id, state)
    await hass.async_block_till_done()
    home.show(entity_id, state, another="attribute")
    await hass.async_block_till_done()
    assert home.fired == [entity_id]


async def test_a_problem_that_is_there_at_a_start_is_no_news(
    hass: HomeAssistant, home: Home
) -> None:
    home.door().faults = Faults(drop_writes=99)
    home.door().delete_at_keypad(1)
    await shows(hass, SLOT, "suspended")
    assert await hass.config_entries.async_unload(home.entry.entry_id)
    target: dict[str, Any] = {"entity_id": [CREDENTIALS, STATUS, SLOT]}
    await home.on("keyholder.code_problem", target)
    hass.set_state(CoreState.starting)
    assert await hass.config_entries.async_setup(home.entry.entry_id)
    await shows(hass, SLOT, "suspended")
    await shows(hass, STATUS, "attention")
    await hass.async_block_till_done()
    assert home.fired == []


async def test_a_person_whose_time_is_over_expires_once(
    hass: HomeAssistant, home: Home
) -> None:
    people = {"device_id": [home.device(STATUS), home.device(BERT)]}
    await home.on("keyholder.person_expired", people)
    await home.limit("Anna", until=dt_util.utcnow() + timedelta(seconds=1))
    await shows(hass, STATUS, "expired")
    await until(lambda: home.fired)
    await home.limit("Anna", until=dt_util.utcnow() - timedelta(days=1))
    await hass.async_block_till_done()
    assert home.fired == [STATUS]


async def test_another_sensor_that_says_the_same_does_not_fire(
    hass: HomeAssistant, home: Home
) -> None:
    home.show("sensor.other", "fine")
    await home.on(
        "keyholder.code_problem", {"entity_id": ["sensor.other", CREDENTIALS]}
    )
    home.show("sensor.other", "attention")
    await hass.async_block_till_done()
    assert home.fired == []


def test_every_trigger_is_tried_here_or_with_autolock() -> None:
    assert set(TRIGGERS) == {
        *("access_denied", "code_problem", "credential_used", "person_expired"),
        *("autolocked", "autolock_failed"),
    }
