"""What a fake lock shows, what can be asked of it, and what it holds."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

from custom_components.keyholder.model.evidence import Evidence


class Profile(Enum):
    """What the lock shows of its codes."""

    READABLE = Evidence.VALUE
    MASKING = Evidence.PRESENCE
    WRITE_ONLY = Evidence.ACKNOWLEDGED


class Call(StrEnum):
    """What can be asked of a provider."""

    PROBE = auto()
    READ = auto()
    WRITE = auto()
    CLEAR = auto()
    SWITCH = auto()
    RENAME = auto()
    READ_LIMITS = auto()


class EnabledShown(Enum):
    """What a lock says of whether the code in a slot is switched on."""

    AS_HELD = auto()
    NOT_SAID = auto()
    OFF = auto()


@dataclass(slots=True)
class Counts:
    """How often the lock was used, whatever became of it. Reads count per slot."""

    reads: int = 0
    writes: int = 0
    clears: int = 0
    switches: int = 0
    renames: int = 0
    limits: int = 0
    """How often limits were erased, set or read, each as a whole."""

    @property
    def total(self) -> int:
        """Return all of them."""
        changes = self.writes + self.clears + self.switches + self.renames
        return self.reads + changes + self.limits


@dataclass(slots=True)
class Held:
    """What a slot really holds."""

    code: str = field(repr=False)
    enabled: bool = True
    label: str = ""
    ours: bool = True
