"""What is known and wanted of one slot on one lock. Holds no code, only revisions."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .credential import CredentialRef
from .evidence import Evidence
from .limits import NO_SCHEDULE, LockSchedule
from .reading import Occupancy


class DesiredState(StrEnum):
    """Whether the credential should be in the slot."""

    ABSENT = "absent"
    PRESENT = "present"


class Origin(StrEnum):
    """Whose code the slot holds, if it holds any."""

    MANAGED = "managed"
    UNMANAGED = "unmanaged"
    """Somebody put it there without us: not written, not cleared without a yes."""


class Operation(StrEnum):
    """What changes a slot."""

    WRITE = "write"
    CLEAR = "clear"
    DISABLE = "switch_off"
    """The code stays in the slot and opens nothing."""
    ENABLE = "switch_on"

    @property
    def keeps_code(self) -> bool:
        """Return whether the code itself stays as it is."""
        return self in (Operation.DISABLE, Operation.ENABLE)


class SlotState(StrEnum):
    """A slot in one word, for people. Not known is None, never a word."""

    OUT_OF_SYNC = "out_of_sync"
    SYNCING = "syncing"
    PENDING_CONFIRMATION = "pending_confirmation"
    IN_SYNC = "in_sync"
    ACCEPTED = "accepted"
    SUSPENDED = "suspended"


class Reason(StrEnum):
    """Why a slot is not settled; each is a translated key."""

    NOT_STORED = "not_stored"
    NOT_CLEARED = "not_cleared"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    SLOT_UNAVAILABLE = "slot_unavailable"
    NOT_SUPPORTED = "not_supported"
    OCCUPIED = "occupied"
    UNRECOGNISED = "unrecognised"
    CHANGED_AT_LOCK = "changed_at_lock"
    CHANGED_REPEATEDLY = "changed_repeatedly"
    NO_ANSWER = "no_answer"
    LOCK_UNREACHABLE = "lock_unreachable"
    NO_FREE_SLOT = "no_free_slot"
    PIN_MISSING = "pin_missing"
    STORAGE_FAILED = "storage_failed"
    LIMITS_REFUSED = "limits_refused"
    LOCK_FULL = "lock_full"
    LOCK_BUSY = "lock_busy"
    LOCK_REFUSES = "lock_refuses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the lock last showed of a slot, recognised.

    `revision` tells which revision of the slot's own credential a readable code is;
    None on a readable code means that it is not ours. `ours` is what a lock that masks
    its codes shows of who made this one, None where it does not. `limits` are None where
    nobody has looked at them.
    """

    occupancy: Occupancy = Occupancy.UNKNOWN
    revision: int | None = None
    enabled: bool | None = None
    observed_at: datetime | None = None
    schedule: LockSchedule | None = None
    made_by_us: bool | None = None

    @property
    def is_ours(self) -> bool:
        """Return whether a readable code is one of the slot's own credential."""
        return self.occupancy is Occupancy.PRESENT and self.revision is not None

    @property
    def is_unmanaged_code(self) -> bool:
        """Return whether the lock shows that the code is somebody else's."""
        if self.occupancy is Occupancy.MASKED:
            return self.made_by_us is False
        return self.occupancy is Occupancy.PRESENT and self.revision is None

    def holds_revision(self, revision: int) -> bool:
        """Return whether this is that revision, readable and not switched off."""
        return (
            self.occupancy is Occupancy.PRESENT
            and self.revision == revision
            and self.enabled is not False
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCommand:
    """An operation whose effect has not shown yet. Stored before the radio is used.

    `reads` counts the reads since it returned. `from_empty`: the slot was seen empty
    just before its write, so a masked reading after it is ours. `doubled`: the slot may
    look as if it were done without it, thanks to an earlier one. `chargeable`: a slot
    that does not show it at the deadline is a failure of the lock, not of the way to it.
    `reason` is what the lock then said of it, None if it said nothing against it.
    """

    operation: Operation
    revision: int
    started_at: datetime
    deadline: datetime
    returned_at: datetime | None = None
    read_backs: int = 0
    slot_was_empty: bool = False
    ambiguous_effect: bool = False
    counts_as_failure: bool = True
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedCommand:
    """An operation given up before its effect was known; it may still land.

    It is kept beyond `until`, to the next reading, which may show what it did.
    `countered`: a clear was started after it, so that the slot is not left to chance.
    `presumed`: after a power cut, when nobody knows whether it was sent at all.
    """

    operation: Operation
    revision: int
    started_at: datetime
    may_land_until: datetime
    followed_by_clear: bool = False
    assumed_after_power_loss: bool = False

    @property
    def dedup_key(self) -> Hashable:
        """Return what two doubts have in common that differ in nothing but the time."""
        return (
            self.operation,
            self.revision,
            self.followed_by_clear,
            self.assumed_after_power_loss,
        )

    def would_undo(self, desired: DesiredState, revision: int) -> bool:
        """Return whether its landing would undo what is desired."""
        if self.operation in (Operation.CLEAR, Operation.DISABLE):
            return desired is DesiredState.PRESENT
        if self.operation is Operation.ENABLE:
            # one that is given up is followed by a clear: there is nothing to wake
            return False
        return desired is DesiredState.ABSENT or self.revision != revision


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedReport:
    """An operation that has shown; until then the lock may still report it."""

    operation: Operation
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSchedule:
    """What the lock itself is to enforce for the code of a slot.

    `wanted` is None where the lock enforces nothing. `held` are those that are in force
    if the slot holds a code of ours that is live, None where that is not known.
    `refused` are those that the lock did not take: Home Assistant is alone with them.
    `is_clean`: nothing of an earlier holder is left in the slot, so that a code without
    limits needs no look at them.
    """

    requested: LockSchedule | None = None
    in_force: LockSchedule | None = None
    rejected: LockSchedule | None = None
    no_stale_entries: bool = False

    @property
    def target(self) -> LockSchedule | None:
        """Return what is to be on the lock before the code is live."""
        if self.requested is not None and self.requested == self.rejected:
            return NO_SCHEDULE
        return self.requested

    @property
    def is_restricted(self) -> bool:
        """Return whether the lock is to turn the code away at times."""
        return self.target is not None and not self.target.is_empty

    @property
    def matches(self) -> bool:
        """Return whether a code of ours in the slot is under the limits that it should."""
        if self.target is None or self.target == self.in_force:
            return True
        return self.target.is_empty and self.in_force is None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisabledCode:
    """A code that is kept away by being switched off, or is about to be.

    `revision` was in the slot by evidence when it was to be switched off. `off_since`: when
    the lock first showed that it is off, None as long as it has not.
    """

    revision: int
    disabled_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRecord:
    """The single source of truth for one slot, and all that is stored about it.

    `evidence` is for the desired state, whichever that is: anything but `NONE` means
    that the lock has shown it, at that grade, at `verified_at`. `stale`: something
    said that memory may be wrong, so read before anything else. `disturbed`: what the
    slot holds was changed at the lock. `retry_at`: nothing is tried before. `unheard`:
    operations in a row that brought nothing and were not the lock's fault, although a look
    found the lock in reach.
    `owner_saved`: the owner was seen in Home Assistant's own saved registry. `moved`:
    the lock took the place of another, and has not shown yet what this slot holds.
    `unseen_revision`: what was put last where no read can show it, and not cleared since.
    `binding` is kept for the provider, who alone knows what it means.
    `for_now`: the code is to be away for some time only, so it may be switched off instead
    of cleared. `parked` is then that code, until it is seen to be on again, or anything
    casts doubt on it: then the slot is cleared. `never_parks`: the lock did not switch a
    code of this slot, or let it in all the same; until the user has it verified or tried
    again.
    """

    slot: int
    credential: CredentialRef
    person_name: str
    desired: DesiredState
    revision: int
    origin: Origin = Origin.MANAGED
    observed: Observation = field(default_factory=Observation)
    evidence: Evidence = Evidence.NONE
    verified_at: datetime | None = None
    pending: PendingCommand | None = None
    unresolved_commands: tuple[UnresolvedCommand, ...] = ()
    expected_reports: tuple[ExpectedReport, ...] = ()
    failed_attempts: int = 0
    unanswered_commands: int = 0
    failed_reads: int = 0
    suspended_reason: Reason | None = None
    restored_at: tuple[datetime, ...] = ()
    retry_at: datetime | None = None
    needs_read: bool = False
    changed_externally: bool = False
    owner_saved: bool = False
    moved: bool = False
    last_written_revision: int | None = None
    schedule: SlotSchedule = field(default_factory=SlotSchedule)
    binding: Mapping[str, int] | None = None
    temporarily_denied: bool = False
    disabled_code: DisabledCode | None = None
    disable_unsupported: bool = False

    @property
    def is_verified(self) -> bool:
        """Return whether the desired state is proven and nothing casts doubt on it."""
        return self.evidence is not Evidence.NONE and self.pending is None

    @property
    def is_revocation(self) -> bool:
        """Return whether access is to be taken away and that is not proven yet."""
        return self.desired is DesiredState.ABSENT and not self.is_verified

    @property
    def is_cleared(self) -> bool:
        """Return whether the code is proven to be off the lock."""
        away = self.desired is DesiredState.ABSENT and self.is_verified
        return away and not self.needs_read and self.disabled_code is None
