"""What a provider reads from a lock and writes to it, and what the lock is capable of.

Only these types, next to the wire, carry a code.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from .evidence import Evidence
from .lock_schedule import LockSchedule, ScheduleSupport
from .pin import Pin
from .pin_lengths import PinLengths


class Occupancy(StrEnum):
    """What a read shows of a slot.

    `MASKED` is occupied by a code that the lock does not return, `PRESENT` by one that
    it does. `NOT_USABLE`: the lock answered that it does not have this slot, or does not
    let it be used now. That is an answer, but says nothing of a code: like `UNKNOWN` it
    is neither empty nor occupied.
    """

    UNKNOWN = "unknown"
    NOT_USABLE = "not_usable"
    EMPTY = "empty"
    MASKED = "masked"
    PRESENT = "present"

    @property
    def is_occupied(self) -> bool:
        """Return whether the lock has shown that the slot holds a code."""
        return self in (Occupancy.MASKED, Occupancy.PRESENT)

    @property
    def is_shown(self) -> bool:
        """Return whether the lock has shown that the slot holds a code, or none."""
        return self is Occupancy.EMPTY or self.is_occupied


@dataclass(frozen=True, slots=True)
class SlotReading:
    """The result of reading one slot.

    `enabled` is None where the lock does not say. `made_by_us` is whether the lock
    shows that we created what it holds, None where it does not name creators: then the
    record decides. Use the named constructors: a provider returns `empty()` only on
    explicit evidence, `not_usable()` for an answer of the lock about this slot that names
    none of the others, and `unknown()` for anything else.
    """

    occupancy: Occupancy
    code: Pin | None = None
    enabled: bool | None = None
    made_by_us: bool | None = None

    @classmethod
    def unknown(cls) -> Self:
        """Return a reading without information: no answer, or one that is not understood."""
        return cls(Occupancy.UNKNOWN)

    @classmethod
    def not_usable(cls) -> Self:
        """Return a slot that the lock says it does not have, or keeps to itself."""
        return cls(Occupancy.NOT_USABLE)

    @classmethod
    def empty(cls) -> Self:
        """Return a slot that the lock explicitly shows to be free."""
        return cls(Occupancy.EMPTY)

    @classmethod
    def masked(cls, *, enabled: bool | None = None, ours: bool | None = None) -> Self:
        """Return an occupied slot whose code the lock does not return."""
        return cls(Occupancy.MASKED, enabled=enabled, made_by_us=ours)

    @classmethod
    def present(cls, code: Pin, *, enabled: bool | None = None) -> Self:
        """Return an occupied slot with its code."""
        return cls(Occupancy.PRESENT, code, enabled)


@dataclass(frozen=True, slots=True)
class CodeTarget:
    """What a provider is asked to write into a slot.

    `person_name` is for locks that keep a name; it is informative, not an address.
    `schedule` is what the lock has to enforce before the code is active: None leaves
    its entries alone, `NO_SCHEDULE` removes what is left of an earlier owner. Anything
    but None is passed only for a slot that was just read as empty.
    """

    pin: Pin
    person_name: str
    enabled: bool = True
    schedule: LockSchedule | None = None


class WriteResult(StrEnum):
    """What a provider can assert after a write or a clear."""

    NO_CHANGE = "no_change"
    """The lock held it already and showed so; nothing was sent."""
    CONFIRMED = "confirmed"
    """The provider has already read it back."""
    OPTIMISTIC = "optimistic"
    """Accepted or ambiguous; only a read can tell."""


@dataclass(frozen=True, slots=True)
class LockAddress:
    """Where the slots of a lock are: its node, and the endpoint that holds the codes.

    Both are the technology's own numbers; addresses of one technology are compared only.
    Where others decide which way messages to the node take, `route` is that way and
    `bridge` is who passes them on; elsewhere both are empty.
    """

    node: str
    endpoint: str
    route: str = ""
    bridge: str = ""

    @property
    def is_known(self) -> bool:
        """Return whether it names a lock at all."""
        return bool(self.node)


UNKNOWN_ADDRESS: Final = LockAddress("", "")
"""Of a lock that was found where Keyholder does not understand what it found."""


class ConfigurationHint(StrEnum):
    """What the user could configure so that a lock shows more; each is a translated issue."""

    SHOW_CODES = "codes_hidden"
    """Let the lock's codes be shown."""
    STOP_REPEATING_USERS = "codes_repeated"
    """Stop repeating what was shown once, so that it cannot be taken for new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a lock can do, as far as its provider knows.

    `slots` are the provider's own addresses, ascending. PIN lengths are in digits.
    `best_evidence` is the highest grade that this lock can ever give.
    `reports_changes`: external changes are reported reliably, so verified codes need
    not be read. `reports_can_be_forged`: others than the lock can report, so that no code
    is written on the word of a report alone. `schedules` is what the lock can enforce by
    itself, None for nothing. `configuration_hint` is what would let the lock show more,
    None where nothing would.
    `can_disable_codes`: a code can be disabled and enabled, and a read shows which it
    is. `keeps_names`: the lock keeps the name of a person with their code.
    """

    slots: range
    pin_min_length: int
    pin_max_length: int
    best_evidence: Evidence
    reports_changes: bool
    schedules: ScheduleSupport | None = None
    configuration_hint: ConfigurationHint | None = None
    can_disable_codes: bool = False
    keeps_names: bool = False
    reports_can_be_forged: bool = False

    @property
    def pin_lengths(self) -> PinLengths:
        """Return the lengths of PINs that the lock takes, as far as its provider knows."""
        return PinLengths(self.pin_min_length, self.pin_max_length)

    @property
    def shows_occupancy(self) -> bool:
        """Return whether a read can tell an empty slot from an occupied one."""
        return self.best_evidence.is_read_back

    def without_reads(self) -> Self:
        """Return the capabilities of the same lock if no read of its slots is answered.

        What has to be proven by a read is not used: schedules, and disabled codes.
        """
        return replace(
            self,
            best_evidence=Evidence.ACKNOWLEDGED,
            reports_changes=False,
            schedules=None,
            configuration_hint=None,
            can_disable_codes=False,
        )
