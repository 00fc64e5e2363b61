"""Validation of the number of background reads per hour of a lock."""

from collections.abc import Mapping
from typing import Any

from ..model.settings import MAX_CHECKS
from ..runtime.membership import CONF_CHECKS
from .refused import InvalidInputError
from .slot_limits import validate_int


def validate_checks_per_hour(user_input: Mapping[str, Any]) -> int | None:
    """Return the entered checks per hour, None for automatic. Raises InvalidInputError."""
    checks = validate_int(user_input, CONF_CHECKS, "checks_not_whole")
    if checks is not None and not 0 <= checks <= MAX_CHECKS:
        raise InvalidInputError(
            "checks_out_of_range", CONF_CHECKS, most=str(MAX_CHECKS)
        )
    return checks
