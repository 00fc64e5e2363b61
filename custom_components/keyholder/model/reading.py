"""What a provider reads and writes. Only here, next to the wire, a code is at hand."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from .evidence import Evidence
from .limits import LockSchedule, ScheduleSupport
from .pin import Pin


class Occupancy(StrEnum):
    """What a lock shows of a slot."""

    UNKNOWN = "unknown"
    EMPTY = "empty"
    MASKED = "masked"
    PRESENT = "present"

    @property
    def is_occupied(self) -> bool:
        """Return whether the lock has shown that there is a code."""
        return self in (Occupancy.MASKED, Occupancy.PRESENT)


@dataclass(frozen=True, slots=True)
class SlotReading:
    """One slot as the lock showed it just now.

    `enabled` is None where the lock does not say. `ours` is whether the lock shows that
    we made what it holds, None where it does not tell makers: then what we remember
    decides. Use the constructors by name: a provider returns `empty()` only on explicit
    evidence and `unknown()` for anything that it does not understand.
    """

    occupancy: Occupancy
    code: Pin | None = None
    enabled: bool | None = None
    made_by_us: bool | None = None

    @classmethod
    def unknown(cls) -> Self:
        """Return a reading that says nothing: no answer, or not an understandable one."""
        return cls(Occupancy.UNKNOWN)

    @classmethod
    def empty(cls) -> Self:
        """Return a slot that the lock explicitly shows to be free."""
        return cls(Occupancy.EMPTY)

    @classmethod
    def masked(cls, *, enabled: bool | None = None, ours: bool | None = None) -> Self:
        """Return an occupied slot whose code the lock does not give."""
        return cls(Occupancy.MASKED, enabled=enabled, made_by_us=ours)

    @classmethod
    def present(cls, code: Pin, *, enabled: bool | None = None) -> Self:
        """Return an occupied slot with its code."""
        return cls(Occupancy.PRESENT, code, enabled)


@dataclass(frozen=True, slots=True)
class CodeTarget:
    """What a provider is asked to put into a slot.

    `label` is the holder's name, for locks that keep one; a courtesy, not an address.
    `limits` are what the lock itself is to enforce before the code is live: None leaves
    alone what it holds of them, `UNRESTRICTED` takes away what is left of an earlier
    holder. Anything but None is asked for only of a slot that was just seen empty.
    """

    pin: Pin
    person_name: str
    enabled: bool = True
    schedule: LockSchedule | None = None


class WriteResult(StrEnum):
    """What a provider can honestly say after a write or a clear."""

    NO_CHANGE = "no_change"
    """The lock held it already and showed so; nothing was sent."""
    CONFIRMED = "confirmed"
    """The provider has already seen the lock hold it."""
    OPTIMISTIC = "optimistic"
    """Accepted or ambiguous. Only a read can tell."""


class ConfigurationHint(StrEnum):
    """What the user could do so that a lock shows more; each is a translated issue."""

    SHOW_CODES = "codes_hidden"
    """Let its codes be shown."""
    STOP_REPEATING_USERS = "codes_repeated"
    """Let what it showed once not be repeated, so that it cannot be taken for new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a lock can do, as far as its provider knows.

    `slots` are the provider's own addresses, ascending. PIN lengths are in digits.
    `best_evidence` is the most that this lock can ever show. `reports_changes`: what is
    changed at the lock is reported reliably, so codes at rest need not be read.
    `schedules` are the restrictions that the lock can enforce by itself, None for none.
    `advice` is what would let the lock show more, None where there is nothing.
    `switches_codes`: a code can be switched off and on, and a read shows which it is.
    """

    slots: range
    pin_min_length: int
    pin_max_length: int
    best_evidence: Evidence
    reports_changes: bool
    schedules: ScheduleSupport | None = None
    configuration_hint: ConfigurationHint | None = None
    can_disable_codes: bool = False

    @property
    def shows_occupancy(self) -> bool:
        """Return whether a read can tell an empty slot from an occupied one."""
        return self.best_evidence.is_read_back
