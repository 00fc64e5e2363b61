"""The status of a person, the state of their sensor."""

from enum import StrEnum


class PersonStatus(StrEnum):
    """Whether a person's codes are in place, and if not, why."""

    ACTIVE = "active"
    SCHEDULED = "scheduled"
    """The rule allows access at another time."""
    BLOCKED = "blocked"
    """A condition of the rule is not met."""
    EXPIRED = "expired"
    USED_UP = "used_up"
    INACTIVE = "inactive"
    """No lock is assigned to the person."""
    DISABLED = "disabled"
    ATTENTION = "attention"
