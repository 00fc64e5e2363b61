"""The logbook as a user reads it, and the event behind its lines."""

from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.keyholder.const import EVENT_ACCESS
from custom_components.keyholder.logbook import async_describe_events
from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    DenialReason,
    Method,
)
from tests.harness.site.automation_site import AutomationSite
from tests.harness.waiting import wait_for

LOCK = "lock.front_door"


def line(hass: HomeAssistant, event: Event[Any]) -> str:
    """Return the line that the logbook shows for an event."""
    lines: list[str] = []

    def describe(_domain: str, _kind: str, put: Any) -> None:
        reported = put(event)
        assert reported["entity_id"] == event.data["entity_id"]
        lines.append(f"{reported['name']} {reported['message']}")

    async_describe_events(hass, describe)
    return lines[0]


async def logbook_line(hass: HomeAssistant, events: list[Event[Any]]) -> str:
    """Return the line of the one event that comes."""
    await wait_for(lambda: events)
    await hass.async_block_till_done()
    assert len(events) == 1
    return line(hass, events[0])


@pytest.mark.parametrize(
    ("operated", "reported"),
    [
        ((Action.UNLOCK, Method.KEYPAD, 1), "was unlocked by Anna with a PIN"),
        ((Action.LOCK, Method.KEYPAD, 2), "was locked by Bert with a PIN"),
        (
            (Action.UNLOCK, Method.KEYPAD, None),
            "was unlocked by an unknown keypad user",
        ),
        ((Action.UNLOCK, Method.KEYPAD, 9), "was unlocked by an unknown keypad user"),
        ((Action.LOCK, Method.KEYPAD, None), "was locked by an unknown keypad user"),
        ((Action.UNLOCK, Method.MANUAL, None), "was unlocked by hand"),
        ((Action.UNLOCK, Method.REMOTE, None), "was unlocked remotely"),
        ((Action.LOCK, Method.AUTO, None), "was locked by the lock itself"),
        ((Action.LOCK, Method.UNKNOWN, None), "was locked"),
    ],
)
async def test_a_line_says_who_moved_the_bolt_and_how(
    hass: HomeAssistant,
    automation_site: AutomationSite,
    operated: tuple[Action, Method, int | None],
    reported: str,
) -> None:
    events = async_capture_events(hass, EVENT_ACCESS)
    automation_site.door().operate(*operated)
    assert await logbook_line(hass, events) == f"Front door {reported}"


async def test_an_unlock_from_home_assistant_after_a_pin_is_not_that_persons(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    events = async_capture_events(hass, EVENT_ACCESS)
    automation_site.door().unlock_at_keypad(1)
    automation_site.door().operate(Action.LOCK, Method.AUTO)
    automation_site.door().operate(Action.UNLOCK, Method.REMOTE)
    await wait_for(lambda: len(events) == 3)
    assert [line(hass, event) for event in events] == [
        "Front door was unlocked by Anna with a PIN",
        "Front door was locked by the lock itself",
        "Front door was unlocked remotely",
    ]
    assert [event.data["person"] for event in events] == ["Anna", None, None]


async def test_a_jammed_bolt_has_a_line(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    events = async_capture_events(hass, EVENT_ACCESS)
    automation_site.door().jam()
    assert await logbook_line(hass, events) == "Front door jammed"


async def test_who_is_refused_has_a_line(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    events = async_capture_events(hass, EVENT_ACCESS)
    automation_site.door().deny()
    assert await logbook_line(hass, events) == "Front door denied access"


@pytest.mark.parametrize(
    ("because", "why"),
    [
        (DenialReason.WRONG_CODE, "wrong code"),
        (DenialReason.SWITCHED_OFF, "code is switched off"),
        (DenialReason.OUTSIDE_SCHEDULE, "outside the times of the code"),
        (DenialReason.LOCKED_OUT, "too many wrong codes"),
    ],
)
async def test_why_somebody_is_refused_is_in_the_line_where_a_lock_reports_it(
    hass: HomeAssistant,
    automation_site: AutomationSite,
    because: DenialReason,
    why: str,
) -> None:
    events = async_capture_events(hass, EVENT_ACCESS)
    automation_site.door().emit(AccessDenied(dt_util.utcnow(), 1, because))
    reported = f"Front door denied access (slot 1, Anna, {why})"
    assert await logbook_line(hass, events) == reported
    assert events[0].data["reason"] == because
    shown = hass.states.get("event.front_door_access")
    assert shown is not None
    assert shown.attributes["reason"] == because


@pytest.mark.parametrize("kind", list(AccessType))
async def test_every_kind_of_event_has_words_of_its_own(
    hass: HomeAssistant, automation_site: AutomationSite, kind: AccessType
) -> None:
    events = async_capture_events(hass, EVENT_ACCESS)
    await automation_site.happens(kind)
    reported = await logbook_line(hass, events)
    assert "Anna" in reported
    assert "_" not in reported


async def test_what_is_on_the_bus_names_the_lock_and_never_a_code(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    events = async_capture_events(hass, EVENT_ACCESS)
    automation_site.door().unlock_at_keypad(1)
    await wait_for(lambda: events)
    assert events[0].data == {
        "type": "unlocked",
        "lock": "Front door",
        "entity_id": LOCK,
        "device_id": automation_site.device(LOCK),
        "person": "Anna",
        "method": "keypad",
        "slot": 1,
    }


async def test_the_event_follows_a_lock_whose_entity_is_renamed(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    er.async_get(hass).async_update_entity(LOCK, new_entity_id="lock.main")
    await hass.async_block_till_done()
    events = async_capture_events(hass, EVENT_ACCESS)
    automation_site.door().unlock_at_keypad(1)
    await wait_for(lambda: events)
    assert events[0].data["entity_id"] == "lock.main"


async def test_history_that_comes_late_has_no_line(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    events = async_capture_events(hass, EVENT_ACCESS)
    await automation_site.happens(AccessType.UNLOCKED, Method.KEYPAD, past=True)
    await automation_site.happens(AccessType.JAMMED)
    assert [event.data["type"] for event in events] == ["jammed"]


async def test_a_reload_does_not_make_two_lines_of_one(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    await hass.config_entries.async_reload(automation_site.entry.entry_id)
    await wait_for(lambda: automation_site.door().listeners)
    events = async_capture_events(hass, EVENT_ACCESS)
    automation_site.door().jam()
    await wait_for(lambda: events)
    await hass.async_block_till_done()
    assert len(events) == 1


async def test_a_code_with_the_digits_of_somebody_is_not_them(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    """Clause 16.4: somebody else put it there, and may have told others."""
    door = automation_site.door()
    door.set_at_keypad(4, door.codes[1], reported=False)
    lock = automation_site.site.locks[automation_site.locks["Front door"].id]
    await lock.requests.async_read_slot(4)
    events = async_capture_events(hass, EVENT_ACCESS)

    door.unlock_at_keypad(4)

    reported = await logbook_line(hass, events)
    assert reported == "Front door was unlocked by a code with the digits of Anna"
    assert events[0].data["person"] is None
    state = hass.states.get("event.front_door_access")
    assert state is not None
    assert state.attributes["person"] is None
    assert state.attributes["digits_of"] == "Anna"
    used = hass.states.get("event.anna_used")
    assert used is not None
    assert used.state == "unknown"
