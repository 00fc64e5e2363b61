"""How a form says no."""

from typing import Final

BASE: Final = "base"
"""The place of an error that belongs to no field."""


class InvalidInputError(Exception):
    """What was entered cannot be taken. Never holds what was entered as a PIN."""

    def __init__(self, error: str, field: str = BASE, **placeholders: str) -> None:
        """Keep the translation key, the field it belongs to, and what it names."""
        super().__init__(error)
        self.errors = {field: error}
        self.placeholders = placeholders
