"""Clause 16.18: why Home Assistant refused to lock, and a lock that wants a code."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from tests.components.autolock.conftest import LOCK, SimulatedDoor
from tests.harness.site.autolock_entities import (
    ACCESS,
    FORM,
    SWITCH,
    call,
    notifications,
    set_up,
    state,
    switch_on,
)
from tests.harness.site.flow_driver import choose, start_reconfigure, submit
from tests.harness.waiting import wait_for

CODE = "907153"
FORMAT = r"^\d{4,8}$"


def set_default_code(hass: HomeAssistant, code: str | None) -> None:
    """Do what the settings of the lock entity do."""
    options = {} if code is None else {"default_code": code}
    er.async_get(hass).async_update_entity_options(LOCK, "lock", options)


def want_code(hass: HomeAssistant, state: str = "locked") -> None:
    """Let the lock want a code with every command."""
    hass.states.async_set(LOCK, state, {"code_format": FORMAT})


async def fail_with(
    hass: HomeAssistant, door: SimulatedDoor, error: Exception
) -> tuple[str, str | None]:
    """Return what the notification and the event say of a command that fails so."""
    assert await async_setup_component(hass, "lock", {})
    hass.services.async_register("lock", "lock", door.lock)
    door.error = error
    await switch_on(hass)
    door.set_bolt("unlocked")
    await call(hass, "keyholder", "autolock_start", LOCK, duration={"seconds": 0})
    await wait_for(lambda: "failed" in notifications(hass))
    await wait_for(lambda: state(hass, ACCESS) != "unknown")
    event = hass.states.get(ACCESS)
    assert event is not None
    assert event.attributes["event_type"] == "autolock_failed"
    return notifications(hass)["failed"], event.attributes.get("message")


async def test_the_translated_message_of_a_failed_command_is_kept(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    error = HomeAssistantError(
        translation_domain="homeassistant",
        translation_key="service_not_found",
        translation_placeholders={"domain": "front", "service": "lock"},
    )

    notice, message = await fail_with(hass, door, error)

    assert message == "Action front.lock not found."
    assert "Front door could not be locked: Action front.lock not found." in notice


async def test_the_default_code_is_hidden_wherever_a_message_has_it(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    set_default_code(hass, CODE)
    error = HomeAssistantError(
        translation_domain="homeassistant",
        translation_key="service_not_found",
        translation_placeholders={"domain": "front", "service": f"bad code {CODE}!"},
    )

    notice, message = await fail_with(hass, door, error)

    assert message == "Action front.•••• not found."
    assert CODE not in notice


@pytest.mark.parametrize(
    "error",
    [
        HomeAssistantError(f"the code {CODE} is wrong"),
        RuntimeError(f"the code {CODE} is wrong"),
        HomeAssistantError(translation_domain="lock", translation_key="no_such_text"),
    ],
)
async def test_a_text_that_is_not_translated_is_not_shown(
    hass: HomeAssistant, door: SimulatedDoor, error: Exception
) -> None:
    """It is a library's, and may quote a code."""
    notice, message = await fail_with(hass, door, error)

    assert message == "the command failed."
    assert CODE not in notice


async def test_a_lock_that_refuses_the_code_is_told_with_where_to_set_it(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    """A default code that does not fit is found out by the first command."""
    error = ServiceValidationError(
        translation_domain="lock",
        translation_key="add_default_code",
        translation_placeholders={"entity_id": LOCK, "code_format": FORMAT},
    )

    notice, message = await fail_with(hass, door, error)

    assert message is not None
    assert "Open the settings of lock.front_door and enter a default code" in message
    assert "doesn't match pattern" in message
    assert "enter a default code" in notice


async def test_a_lock_that_wants_a_code_is_found_when_autolock_is_switched_on(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    want_code(hass)

    with pytest.raises(ServiceValidationError, match="default code") as refused:
        await call(hass, "switch", "turn_on", SWITCH)

    assert LOCK in str(refused.value)
    assert state(hass, SWITCH) == "off"
    set_default_code(hass, CODE)
    await switch_on(hass)
    # it is on: what is found out later is told by the notification
    set_default_code(hass, None)
    await call(hass, "switch", "turn_off", SWITCH)


async def test_the_dialog_refuses_it_at_its_field_and_does_not_stand_in_the_way(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    want_code(hass)
    dialog = await start_reconfigure(hass, door.entry, door.subentry)
    form = await choose(hass, dialog, "autolock")

    refused = await submit(hass, form, **FORM)

    assert refused["errors"] == {"enabled": "autolock_needs_code"}
    assert (refused["description_placeholders"] or {})["entity"] == LOCK
    done = await submit(hass, refused, **{**FORM, "enabled": False})
    assert done["reason"] == "reconfigure_successful"

    set_default_code(hass, CODE)
    assert (await set_up(hass, door))["reason"] == "reconfigure_successful"
    set_default_code(hass, None)
    # it is on already, and something else is changed
    again = await set_up(hass, door, day_minutes=9)
    assert again["reason"] == "reconfigure_successful"
