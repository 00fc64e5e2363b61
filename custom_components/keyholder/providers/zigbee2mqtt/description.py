"""Decode what Zigbee2MQTT publishes about a lock at `bridge/devices` and `bridge/info`. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ..base import (
    InterviewIncompleteError,
    LockUnreachableError,
    NotSupportedError,
)

USERS: Final = "users"
"""The key of a lock's users in its payloads."""
_USERS_PATTERNS: Final = frozenset(
    {
        USERS,
        *(f"{USERS[:end]}.*" for end in range(len(USERS) + 1)),
        *(f"{USERS[:end]}.+" for end in range(len(USERS))),
        *(f".*{USERS[begin:]}" for begin in range(len(USERS))),
        "users?",
        "users*",
        "users+",
        "user.",
    }
)
"""Regular expressions that match `USERS`, without anchors and brackets around them."""
_PIN_CODE: Final = "pin_code"
_COORDINATOR: Final = "Coordinator"
_EXPOSE_PIN: Final = "expose_pin"
DEFAULT_USER_COUNT: Final = 20
"""For a model that is not listed. Too few slots are noticed, too many get no answer."""

_BY_VENDOR: Final[Mapping[str, int]] = {
    "Danalock": 20,
    "Datek": 109,
    "Heimgard Technologies": 39,
    "Kwikset": 30,
    "Onesti Products AS": 1000,
    "Schlage": 30,
    "ShinaSystem": 4,
    "Weiser": 30,
    "Yale": 250,
}
_BY_MODEL: Final[Mapping[tuple[str, str], int]] = {("Yale", "YMI70A"): 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A lock, and how Zigbee2MQTT is configured for it.

    `exposes_codes`: the option `expose_pin` is enabled. `publishes_cached_users`:
    cached users are published again with everything else, so that they seem new.
    `publishes_users`: what the lock answers about its users is published at all.
    """

    user_count: int
    exposes_codes: bool
    publishes_cached_users: bool
    publishes_users: bool = True


def describe(name: str, devices: object, info: object) -> Description:
    """Return the description of the lock with this friendly name.

    Raises NotSupportedError if it has no codes, LockUnreachableError if Zigbee2MQTT
    does not know it, InterviewIncompleteError if it has not interviewed it yet.
    """
    device = next(
        (each for each in _items(devices) if each.get("friendly_name") == name), None
    )
    if device is None:
        raise LockUnreachableError("Zigbee2MQTT does not know the lock yet")
    definition = device.get("definition")
    if not isinstance(definition, Mapping):
        raise InterviewIncompleteError("Zigbee2MQTT has not interviewed the lock yet")
    if not _has_codes(definition.get("exposes")):
        raise NotSupportedError("the lock does not support managing codes")
    config = _mapping(_mapping(info).get("config"))
    address = device.get("ieee_address")
    listed = _mapping(config.get("devices"))
    own = _mapping(listed.get(address) if isinstance(address, str) else None)
    options = {**_mapping(config.get("device_options")), **own}
    return Description(
        user_count=count_of(definition.get("vendor"), definition.get("model")),
        exposes_codes=options.get(_EXPOSE_PIN) is True,
        publishes_cached_users=_mapping(config.get("advanced")).get("cache_state")
        is not False
        and not _names_users(options.get("filtered_cache")),
        publishes_users=_publishes_users(definition.get("options")),
    )


def ieee_address_of(name: str, devices: object) -> str | None:
    """Return the address of the device that has this friendly name, None if none has."""
    return next(
        (
            address
            for each in _items(devices)
            if each.get("friendly_name") == name
            and isinstance(address := each.get("ieee_address"), str)
        ),
        None,
    )


def bridge_of(devices: object) -> str:
    """Return the address of the bridge's own stick, empty if it is not listed."""
    return next(
        (
            address
            for each in _items(devices)
            if each.get("type") == _COORDINATOR
            and isinstance(address := each.get("ieee_address"), str)
        ),
        "",
    )


def count_of(vendor: object, model: object) -> int:
    """Return the number of user ids, counted from 0, of a model.

    It is a number per model in the converters of Zigbee2MQTT, which it does not
    publish: it rejects a user beyond it, and says so in its log only. Taken from
    zigbee-herdsman-converters 26.105.
    """
    if not isinstance(vendor, str) or not isinstance(model, str):
        return DEFAULT_USER_COUNT
    known = _BY_MODEL.get((vendor, model))
    return known if known is not None else _BY_VENDOR.get(vendor, DEFAULT_USER_COUNT)


def _has_codes(exposes: object) -> bool:
    return any(each.get("name") == _PIN_CODE for each in _items(exposes))


def _publishes_users(options: object) -> bool:
    """Return whether a model has a converter for what its lock answers about users.

    The option to expose PINs belongs to that converter. A model without it, such as
    Onesti's, publishes no answer; where no options are published, it may.
    """
    if not isinstance(options, list):
        return True
    return any(each.get("name") == _EXPOSE_PIN for each in _items(options))


def _names_users(patterns: object) -> bool:
    """Return whether one of these regular expressions is known to match `USERS`.

    They are compared as text and never compiled: whoever can publish could send one that
    takes for ever. One that is not known counts as not matching, so that users are taken
    for repeated ones, and are read twice.
    """
    return isinstance(patterns, list) and any(
        isinstance(pattern, str)
        and any(each in _USERS_PATTERNS for each in _alternatives(pattern))
        for pattern in patterns
    )


def _alternatives(pattern: str) -> list[str]:
    """Return the alternatives of a regular expression, none if it is not a plain one."""
    plain = pattern.removeprefix("^").removesuffix("$")
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1].removeprefix("?:")
    is_plain = not any(each in plain for each in "()[]\\^$")
    return plain.split("|") if is_plain else []


def _items(listed: object) -> Iterator[Mapping[str, object]]:
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, Mapping):
            yield each


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
