"""Validation of the options of a lock that have a default: numbers, and lengths of PINs."""

from collections.abc import Mapping
from typing import Any, Final

from ..const import CONF_DAYS_AHEAD, CONF_PIN_LENGTHS, CONF_UNANSWERED_HOURS
from ..logic.pin_rules import parse_lengths
from ..model.pin import LONGEST_PIN, SHORTEST_PIN
from ..model.settings import MAX_DAYS_AHEAD, MAX_UNANSWERED_HOURS
from .errors import InvalidInputError
from .slot_range import validate_int

_RANGES: Final = {
    CONF_UNANSWERED_HOURS: (1, MAX_UNANSWERED_HOURS),
    CONF_DAYS_AHEAD: (0, MAX_DAYS_AHEAD),
}

NUMBER_OPTIONS: Final = tuple(_RANGES)
LOCK_OPTIONS: Final = (CONF_PIN_LENGTHS, *NUMBER_OPTIONS)
"""The keys of these options, in forms and in the subentry of a lock."""


def validate_lock_options(user_input: Mapping[str, Any]) -> dict[str, int | str | None]:
    """Return the entered options, None where the default applies.

    Raises InvalidInputError for what is not a whole number, or out of range, and for
    lengths that are neither a number nor a range of digits.
    """
    options: dict[str, int | str | None] = {
        CONF_PIN_LENGTHS: _pin_lengths(user_input.get(CONF_PIN_LENGTHS))
    }
    for key, (least, most) in _RANGES.items():
        number = validate_int(user_input, key, f"{key}_range")
        if number is not None and not least <= number <= most:
            raise InvalidInputError(f"{key}_range", key)
        options[key] = number
    return options


def _pin_lengths(entered: object) -> str | None:
    """Return the lengths as they are stored and shown again."""
    text = str(entered or "").strip()
    if not text:
        return None
    try:
        return str(parse_lengths(text))
    except ValueError:
        raise InvalidInputError(
            "pin_lengths_unreadable",
            CONF_PIN_LENGTHS,
            lowest=str(SHORTEST_PIN),
            highest=str(LONGEST_PIN),
        ) from None
