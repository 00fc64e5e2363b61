"""Validation of entered text, wherever it is in a form or in the data of an action."""

from collections.abc import Mapping
from typing import Any

from ..logic.text import is_storable
from .errors import InvalidInputError


def validate_text(entered: Mapping[str, Any]) -> None:
    """Raise InvalidInputError for the first field with text that cannot be stored.

    Call it before anything else: other errors may quote what was entered.
    """
    for field, value in entered.items():
        if not _is_storable(value):
            raise InvalidInputError("text_not_storable", field)


def storable_values(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that can be shown again: a form is sent as UTF-8 as well."""
    return {field: value for field, value in entered.items() if _is_storable(value)}


def _is_storable(value: object) -> bool:
    match value:
        case str():
            return is_storable(value)
        case Mapping():
            return all(_is_storable(each) for pair in value.items() for each in pair)
        case list() | tuple() | set() | frozenset():
            return all(_is_storable(each) for each in value)
    return True
