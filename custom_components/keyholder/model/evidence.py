"""How well a lock has shown what it holds."""

from enum import StrEnum


class Evidence(StrEnum):
    """The grade of what is known about a code on a lock, weakest first.

    `VALUE`: the lock gave the code back and it is ours.
    `PRESENCE`: the lock showed the slot empty, then occupied after our write.
    `ACKNOWLEDGED`: the lock accepted the command and can show nothing.
    """

    NONE = "none"
    ACKNOWLEDGED = "acknowledged"
    PRESENCE = "presence"
    VALUE = "value"

    @property
    def rank(self) -> int:
        """Return the place in the order of grades, 0 being the weakest."""
        return list(Evidence).index(self)

    @property
    def is_read_back(self) -> bool:
        """Return whether the lock itself has shown it."""
        return self is Evidence.VALUE or self is Evidence.PRESENCE

    @property
    def shows_code(self) -> bool:
        """Return whether a lock of this grade shows which code a slot holds."""
        return self is Evidence.VALUE
