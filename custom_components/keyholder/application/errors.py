"""The error of every use case for invalid input: which field, and why."""

from typing import Final

BASE: Final = "base"
"""Key of an error that belongs to no field."""


class InvalidInputError(Exception):
    """The input is invalid. Never holds an entered PIN."""

    def __init__(self, error: str, field: str = BASE, **placeholders: str) -> None:
        """Initialize with a translation key, its field and its placeholders."""
        super().__init__(error)
        self.errors = {field: error}
        self.placeholders = placeholders
