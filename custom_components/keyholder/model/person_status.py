"""A person in one word."""

from enum import StrEnum


class PersonStatus(StrEnum):
    """Whether a person's codes are where they should be, and if not, why."""

    ACTIVE = "active"
    SCHEDULED = "scheduled"
    """The rule allows it at another time."""
    BLOCKED = "blocked"
    """A condition of the rule does not hold."""
    EXPIRED = "expired"
    USED_UP = "used_up"
    INACTIVE = "inactive"
    """No lock is chosen for the person."""
    DISABLED = "disabled"
    ATTENTION = "attention"
