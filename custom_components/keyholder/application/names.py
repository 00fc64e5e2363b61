"""Validation of the names of sites, people and locks that somebody has entered."""

from collections.abc import Iterable

from homeassistant.const import CONF_NAME

from ..logic.names import MAX_NAME_LENGTH, clean_name, name_key
from .errors import InvalidInputError
from .text import validate_text


def validate_name(entered: str, taken: Iterable[str]) -> str:
    """Return the cleaned name.

    Raises InvalidInputError if it cannot be stored, shows nothing, is too long, or people
    would take it for one that is taken.
    """
    validate_text({CONF_NAME: entered})
    name = clean_name(entered)
    if not name:
        raise InvalidInputError("name_empty", CONF_NAME)
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidInputError("name_long", CONF_NAME, most=str(MAX_NAME_LENGTH))
    if name_key(name) in {name_key(other) for other in taken}:
        raise InvalidInputError("name_taken", CONF_NAME, taken=name)
    return name
