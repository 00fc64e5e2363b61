"""What Zigbee2MQTT publishes of a lock's users, in the words of this package. Pure.

Each publication repeats everything that was ever published, unless its cache is told not
to: a code that the lock does not show any more, too. So a status is read before a code.
"""

from collections.abc import Mapping
from typing import Final

from ...model.pin import Pin
from ...model.reading import Reading
from .description import USERS

_EVENT: Final = "action"
_BESIDE: Final = (USERS, "elapsed", "last_seen", "linkquality")
_AVAILABLE: Final = "available"
_ENABLED: Final = {"enabled": True, "disabled": False}


def surroundings(payload: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a publication says beside users, and beside what is new in each."""
    return {
        key: value
        for key, value in payload.items()
        if key not in _BESIDE and not key.startswith(_EVENT)
    }


def is_about_something_else(
    payload: object, before: Mapping[str, object] | None
) -> bool:
    """Return whether it was published for an event, or for a change of another thing.

    `before` are the surroundings of the publication before, None if there was none. What
    a lock answers about a user changes nothing but the users.
    """
    if not isinstance(payload, Mapping) or payload.get(_EVENT) is not None:
        return True
    return before is not None and any(
        key not in before or before[key] != value
        for key, value in surroundings(payload).items()
    )


def user_in(payload: object, slot: int) -> Mapping[str, object] | None:
    """Return what a publication says of a user, None if it does not mention them."""
    users = payload.get(USERS) if isinstance(payload, Mapping) else None
    user = users.get(str(slot)) if isinstance(users, Mapping) else None
    return user if isinstance(user, Mapping) else None


def read_user(user: Mapping[str, object]) -> Reading:
    """Return the slot of a user; unknown for a status without a meaning."""
    status = user.get("status")
    if status == _AVAILABLE:
        return Reading.empty()
    enabled = _ENABLED.get(status) if isinstance(status, str) else None
    if enabled is None:
        return Reading.unknown()
    code = user.get("pin_code")
    # A lock that does not show codes sends bytes that are no characters, or nothing
    if isinstance(code, str) and code.isascii() and code.isdigit():
        return Reading.present(Pin(code), enabled=enabled)
    return Reading.masked(enabled=enabled)
