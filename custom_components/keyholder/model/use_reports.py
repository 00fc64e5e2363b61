"""What a lock has reported so far of the codes that open its door."""

from enum import StrEnum


class UseReports(StrEnum):
    """Whether a lock reports which code was used.

    Uses are counted only where it does. No technology says so beforehand.
    """

    NONE = "none"
    """Nobody has opened the door at its keypad yet, as far as was reported."""
    ANONYMOUS = "anonymous"
    """The door was opened at its keypad, and the lock has never named a slot."""
    NAMED = "named"
    """The lock has named the slot of a code that opened the door."""

    @property
    def counts_uses(self) -> bool:
        """Return whether uses can be counted, as far as was seen."""
        return self is UseReports.NAMED
