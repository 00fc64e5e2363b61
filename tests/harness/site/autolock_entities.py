"""Autolock's entities, notifications and dialog, as the tests of this folder use them."""

from typing import Any

from homeassistant.core import HomeAssistant

from tests.components.autolock.conftest import SimulatedDoor
from tests.harness.site.flow_driver import choose, start_reconfigure, submit
from tests.harness.site.states import persistent_notifications

SWITCH = "switch.front_door_autolock"
AT = "sensor.front_door_autolock_at"
DAY = "number.front_door_autolock_by_day"
NIGHT = "number.front_door_autolock_at_night"
ACCESS = "event.front_door_access"

FORM: dict[str, Any] = {
    "enabled": True,
    "day_minutes": 7,
    "night_minutes": 3,
    "unknown_door": "wait",
    "after_close_seconds": 0,
    "lock_when_closed": False,
}


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity."""
    shown = hass.states.get(entity_id)
    assert shown is not None
    return shown.state


async def call(
    hass: HomeAssistant, domain: str, action: str, entity_id: str, **data: Any
) -> None:
    """Call an action on one entity and wait for its end."""
    await hass.services.async_call(
        domain, action, {"entity_id": entity_id, **data}, blocking=True
    )


async def switch_on(hass: HomeAssistant) -> None:
    """Switch autolock on."""
    await call(hass, "switch", "turn_on", SWITCH)
    assert state(hass, SWITCH) == "on"


def notifications(hass: HomeAssistant) -> dict[str, str]:
    """Return the messages of autolock's notifications by the end of their id."""
    shown = persistent_notifications(hass)
    return {
        key.rpartition("_autolock_")[2]: each["message"] for key, each in shown.items()
    }


async def set_up(hass: HomeAssistant, door: SimulatedDoor, **values: Any) -> Any:
    """Enter this in the autolock dialog of the lock; return the result."""
    dialog = await start_reconfigure(hass, door.entry, door.subentry)
    form = await choose(hass, dialog, "autolock")
    return await submit(hass, form, **{**FORM, **values})
