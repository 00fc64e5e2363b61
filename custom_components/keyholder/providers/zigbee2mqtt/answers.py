"""What Zigbee2MQTT publishes of a lock's users, in the words of this package. Pure.

Each publication repeats everything that was ever published, unless its cache is told not
to: a code that the lock does not show any more, too. So a status is read before a code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from typing import Final, Self

from ...model.pin import Pin
from ...model.reading import SlotReading
from .description import USERS

_EVENT: Final = "action"
_BESIDE: Final = (USERS, "elapsed", "last_seen", "linkquality")
_AVAILABLE: Final = "available"
_ENABLED: Final = {"enabled": True, "disabled": False}


@dataclass(frozen=True, slots=True)
class PublishedState:
    """What a publication said, to tell what is new in the next one.

    `around` is what it said beside users, and beside what is new in each. `users` are no
    more than marks of what it said of each: there may be codes in there.
    """

    other_values: Mapping[str, object]
    users: Mapping[str, int]

    @classmethod
    def from_payload(cls, payload: Mapping[str, object]) -> Self:
        """Return what is kept of a publication."""
        around = {
            key: value
            for key, value in payload.items()
            if key not in _BESIDE and not key.startswith(_EVENT)
        }
        return cls(
            around, {name: _mark(user) for name, user in _users(payload).items()}
        )


def is_unrelated(payload: object, before: PublishedState | None) -> bool:
    """Return whether it was published for an event, or for a change of another thing.

    `before` is the publication before, None if there was none. What a lock answers about
    a user changes nothing but the users.
    """
    if not isinstance(payload, Mapping) or payload.get(_EVENT) is not None:
        return True
    return before is not None and any(
        key not in before.other_values or before.other_values[key] != value
        for key, value in PublishedState.from_payload(payload).other_values.items()
    )


def is_new_for_user(
    payload: object, slot: int, before: PublishedState | None, *, repeats: bool
) -> bool:
    """Return whether what a publication says of a user can be no repetition.

    `repeats`: users are published again with everything. They are once more after that
    was switched off: then others are mentioned, too.
    """
    users = _users(payload)
    user = str(slot)
    if user not in users:
        return False
    if not repeats and len(users) == 1:
        return True
    return before is not None and before.users.get(user) != _mark(users[user])


def user_in(payload: object, slot: int) -> Mapping[str, object] | None:
    """Return what a publication says of a user, None if it does not mention them."""
    user = _users(payload).get(str(slot))
    return user if isinstance(user, Mapping) else None


def read_user(user: Mapping[str, object]) -> SlotReading:
    """Return the slot of a user; unknown for a status without a meaning."""
    status = user.get("status")
    if status == _AVAILABLE:
        return SlotReading.empty()
    enabled = _ENABLED.get(status) if isinstance(status, str) else None
    if enabled is None:
        return SlotReading.unknown()
    code = user.get("pin_code")
    # A lock that does not show codes sends bytes that are no characters, or nothing
    if isinstance(code, str) and code.isascii() and code.isdigit():
        return SlotReading.present(Pin(code), enabled=enabled)
    return SlotReading.masked(enabled=enabled)


def _users(payload: object) -> Mapping[str, object]:
    users = payload.get(USERS) if isinstance(payload, Mapping) else None
    return users if isinstance(users, Mapping) else {}


def _mark(user: object) -> int:
    return hash(json.dumps(user, sort_keys=True))
