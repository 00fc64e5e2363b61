"""Grades of evidence: how well a lock has proven what a slot holds."""

from enum import StrEnum


class Evidence(StrEnum):
    """The grade of the evidence for the state of a slot, weakest first.

    `ACKNOWLEDGED`: the lock accepted the command, and cannot be read.

    `PRESENCE`: reads showed the slot empty, then occupied after our write.

    `VALUE`: a read returned the code, and it is ours.
    """

    NONE = "none"
    ACKNOWLEDGED = "acknowledged"
    PRESENCE = "presence"
    VALUE = "value"

    @property
    def is_read_back(self) -> bool:
        """Return whether a read of the lock has proven it."""
        return self is Evidence.VALUE or self is Evidence.PRESENCE

    @property
    def shows_code(self) -> bool:
        """Return whether reads of a lock of this grade return the code in a slot."""
        return self is Evidence.VALUE
