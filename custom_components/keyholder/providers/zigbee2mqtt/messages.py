"""Decode MQTT messages from JSON, and drop those that are not what Zigbee2MQTT publishes. Pure.

Anybody who can publish to the broker can send anything: whatever is not dropped here can
be compared, encoded again and looked into without an exception.
"""

from collections.abc import Mapping
import json
from typing import Final, Never

from .description import USERS

type RawPayload = str | bytes | bytearray

MAX_BYTES: Final = 16 * 1024 * 1024
"""Of any message. The list of all devices is long, about 10 KiB for each."""
MAX_STATE_BYTES: Final = 256 * 1024
"""Of the state of a lock. 1,000 users take about 50 KiB."""
MAX_STATE_DEPTH: Final = 16
"""Objects and lists within each other, in the state of a lock. Users take 3."""
_USER_IDS: Final = range(0x10000)


class MalformedMessageError(Exception):
    """A message is dropped. The text says why, and quotes nothing of it."""


def decode_json(raw: RawPayload) -> object:
    """Decode a message of the bridge; MalformedMessageError if it is too long or no JSON."""
    return _decode(raw, MAX_BYTES)


def decode_state(raw: RawPayload) -> object:
    """Decode the state of a lock, None for an empty message.

    Raises MalformedMessageError unless it is an object of reasonable size and depth, with
    users, ids of users and an action of the types that Zigbee2MQTT publishes.
    """
    if not raw:
        # what was retained before is taken away
        return None
    state = _decode(raw, MAX_STATE_BYTES)
    if not isinstance(state, Mapping):
        raise MalformedMessageError("it is no JSON object")
    if _is_too_deep(state):
        raise MalformedMessageError("it is nested too deep")
    users = state.get(USERS)
    if users is not None and not _are_users(users):
        raise MalformedMessageError(
            "its users are not an object with one for each user"
        )
    user = state.get("action_user")
    if user is not None and slot_number(user) is None:
        raise MalformedMessageError("its action is by something that is no user")
    if not isinstance(state.get("action"), str | None):
        raise MalformedMessageError("its action is not text")
    return state


def slot_number(value: object) -> int | None:
    """Return the id of a user, None for anything that cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if value in _USER_IDS else None


def _decode(raw: RawPayload, longest: int) -> object:
    if len(raw) > longest:
        raise MalformedMessageError(f"it is longer than {longest} bytes")
    try:
        decoded: object = json.loads(raw, parse_constant=_refuse)
    except RecursionError, ValueError:
        # without its cause, whose text may quote the message
        raise MalformedMessageError("it is not JSON, or nested too deep") from None
    return decoded


def _refuse(_constant: str) -> Never:
    """Refuse NaN and Infinity, which JSON does not have, and NaN does not equal itself."""
    raise ValueError


def _is_too_deep(state: Mapping[str, object]) -> bool:
    level: list[Mapping[str, object] | list[object]] = [state]
    for _ in range(MAX_STATE_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, Mapping) else outer)
            if isinstance(inner, Mapping | list)
        ]
        if not level:
            return False
    return True


def _are_users(users: object) -> bool:
    return isinstance(users, Mapping) and all(
        user is None or isinstance(user, Mapping) for user in users.values()
    )
