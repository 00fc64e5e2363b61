"""The number of users that Zigbee2MQTT supports on a lock.

It is a number per model in its converters, which it does not publish: it rejects a user
beyond it, and says so in its log only. Taken from zigbee-herdsman-converters 26.105.
"""

from collections.abc import Mapping
from typing import Final

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


def count_of(vendor: object, model: object) -> int:
    """Return the number of user ids, counted from 0."""
    if not isinstance(vendor, str) or not isinstance(model, str):
        return DEFAULT_USER_COUNT
    known = _BY_MODEL.get((vendor, model))
    return known if known is not None else _BY_VENDOR.get(vendor, DEFAULT_USER_COUNT)
