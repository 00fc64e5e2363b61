"""A person in one word."""

from enum import StrEnum


class PersonStatus(StrEnum):
    """Whether a person's codes are where they should be, and if not, why."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    """No lock is chosen for the person."""
    DISABLED = "disabled"
    ATTENTION = "attention"
