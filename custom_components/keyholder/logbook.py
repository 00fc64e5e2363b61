"""Logbook descriptions of access events.

In English only: Home Assistant has no translations for these.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_ACCESS
from .model.access import BOLT_EVENTS, AccessType
from .model.lock_events import DenialReason, Method

type _Describe = Callable[[Event], dict[str, Any]]

_HOW: Final = {
    Method.MANUAL: " by hand",
    Method.REMOTE: " remotely",
    Method.AUTO: " by the lock itself",
}
"""Used if the person is unknown; otherwise the name, "with a PIN" if by keypad."""

_OTHERS: Final = {
    AccessType.DENIED: "denied access",
    AccessType.JAMMED: "jammed",
    AccessType.CODE_ADDED: "got a code that Keyholder did not put there",
    AccessType.CODE_CHANGED: "had a code changed at the lock",
    AccessType.CODE_REMOVED: "had a code removed at the lock",
    AccessType.AUTOLOCKED: "locked itself after its time",
    AccessType.AUTOLOCK_FAILED: "could not lock itself",
}

_WHY: Final = {
    DenialReason.WRONG_CODE: "wrong code",
    DenialReason.SWITCHED_OFF: "code is switched off",
    DenialReason.OUTSIDE_SCHEDULE: "outside the times of the code",
    DenialReason.LOCKED_OUT: "too many wrong codes",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, _Describe], None],
) -> None:
    """Register the description of our bus event with the logbook."""

    @callback
    def describe(event: Event) -> dict[str, Any]:
        data = event.data
        return {
            LOGBOOK_ENTRY_NAME: data["lock"],
            LOGBOOK_ENTRY_MESSAGE: _message(data),
            LOGBOOK_ENTRY_ENTITY_ID: data[ATTR_ENTITY_ID],
        }

    async_describe_event(DOMAIN, EVENT_ACCESS, describe)


def _message(data: Mapping[str, Any]) -> str:
    kind, person = data["type"], data["person"]
    if kind in BOLT_EVENTS:
        if (digits_of := data.get("digits_of")) is not None:
            return f"was {kind} by a code with the digits of {digits_of}"
        return f"was {kind}{_by(person, data['method'])}"
    slot = None if data["slot"] is None else f"slot {data['slot']}"
    reason = data.get("reason")
    why = None if reason is None else _WHY.get(reason)
    details = ", ".join(each for each in (slot, person, why) if each is not None)
    text = _OTHERS.get(kind, kind)
    return f"{text} ({details})" if details else text


def _by(person: str | None, method: str | None) -> str:
    if person is not None:
        pin = " with a PIN" if method == Method.KEYPAD else ""
        return f" by {person}{pin}"
    if method == Method.KEYPAD:
        return " by an unknown keypad user"
    return "" if method is None else _HOW.get(Method(method), "")
