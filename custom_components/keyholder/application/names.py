"""Validation of the names of sites and people."""

from collections.abc import Iterable

from homeassistant.const import CONF_NAME

from .errors import InvalidInputError
from .text import validate_text


def validate_name(entered: str, taken: Iterable[str]) -> str:
    """Return the name with normalised whitespace.

    Raises InvalidInputError if it cannot be stored, is empty or taken; case is ignored.
    """
    validate_text({CONF_NAME: entered})
    name = " ".join(entered.split())
    if not name:
        raise InvalidInputError("name_empty", CONF_NAME)
    if name.casefold() in {" ".join(other.split()).casefold() for other in taken}:
        raise InvalidInputError("name_taken", CONF_NAME, taken=name)
    return name
