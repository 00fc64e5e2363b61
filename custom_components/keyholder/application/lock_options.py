"""Validation of the options of a lock that are numbers with a default and a range."""

from collections.abc import Mapping
from typing import Any, Final

from ..const import CONF_UNANSWERED_HOURS
from ..model.settings import MAX_UNANSWERED_HOURS
from .errors import InvalidInputError
from .slot_range import validate_int

_RANGES: Final = {CONF_UNANSWERED_HOURS: (1, MAX_UNANSWERED_HOURS)}

LOCK_OPTIONS: Final = tuple(_RANGES)
"""The keys of these options, in forms and in the subentry of a lock."""


def validate_lock_options(user_input: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the entered options, None where the default applies.

    Raises InvalidInputError for what is not a whole number, or out of range.
    """
    options = {}
    for key, (least, most) in _RANGES.items():
        number = validate_int(user_input, key, f"{key}_range")
        if number is not None and not least <= number <= most:
            raise InvalidInputError(f"{key}_range", key)
        options[key] = number
    return options
