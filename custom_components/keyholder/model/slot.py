"""The record of one slot on one lock: its desired state and what is known of it.

It holds no code, only revisions of the credential's PIN.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from .credential import CredentialRef
from .disabled_code import DisabledCode
from .evidence import Evidence
from .lock_schedule import LockSchedule
from .provider_io import Occupancy
from .slot_writes import SlotWrites


class DesiredState(StrEnum):
    """Whether the credential should be in the slot."""

    ABSENT = "absent"
    PRESENT = "present"


class Origin(StrEnum):
    """Who put the code into the slot, if it holds one."""

    MANAGED = "managed"
    UNMANAGED = "unmanaged"
    """Not put there by us: not overwritten or cleared without the user's consent."""
    UNCONFIRMED = "unconfirmed"
    """The lock replaced another one, and has not shown yet whose code it is.

    It may be the same lock, included again with its codes.
    """


class Operation(StrEnum):
    """A command that changes a slot."""

    WRITE = "write"
    CLEAR = "clear"
    DISABLE = "switch_off"
    """The code stays in the slot and does not open the door."""
    ENABLE = "switch_on"

    @property
    def keeps_code(self) -> bool:
        """Return whether the code itself stays as it is."""
        return self in (Operation.DISABLE, Operation.ENABLE)

    @property
    def grants_access(self) -> bool:
        """Return whether a code opens the door after it."""
        return self in (Operation.WRITE, Operation.ENABLE)


class SlotState(StrEnum):
    """The state of a slot, as users see it. An unknown state is None, not a member."""

    OUT_OF_SYNC = "out_of_sync"
    SYNCING = "syncing"
    PENDING_CONFIRMATION = "pending_confirmation"
    IN_SYNC = "in_sync"
    ACCEPTED = "accepted"
    SUSPENDED = "suspended"
    RESERVED = "reserved"
    """Set aside for somebody whose access begins later; it holds no code."""
    SCHEDULED = "scheduled"
    """There is no slot yet for somebody whose access begins later."""


class Reason(StrEnum):
    """Why a slot is not in its desired state; each is a translated key."""

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
    CHANGE_REPORTED = "change_reported"
    """Reported where others can report as well, and no read can show whether it is so."""
    NO_ANSWER = "no_answer"
    LOCK_UNREACHABLE = "lock_unreachable"
    NO_FREE_SLOT = "no_free_slot"
    PIN_MISSING = "pin_missing"
    STORAGE_FAILED = "storage_failed"
    LIMITS_REFUSED = "limits_refused"
    LOCK_FULL = "lock_full"
    LOCK_BUSY = "lock_busy"
    LOCK_REFUSES = "lock_refuses"

    @property
    def keeps_code(self) -> bool:
        """Return whether the code in a slot blocked by it stays until the user decides."""
        return self in (
            Reason.CHANGED_REPEATEDLY,
            Reason.CHANGE_REPORTED,
            Reason.OCCUPIED,
            Reason.PIN_MISSING,
            Reason.UNRECOGNISED,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the last read of a slot showed, with the code replaced by its revision.

    `revision` is which revision of the slot's own credential a readable code is; None
    on a readable code means that it is not ours. `made_by_us` is what a lock that masks
    its codes shows about who created this one, None where it does not. `schedule` is
    None where it was not read.
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
        """Return whether the lock shows that the code is not ours."""
        if self.occupancy is Occupancy.MASKED:
            return self.made_by_us is False
        return self.occupancy is Occupancy.PRESENT and self.revision is None

    def holds_revision(self, revision: int) -> bool:
        """Return whether the slot holds that revision, readable and not disabled."""
        return (
            self.occupancy is Occupancy.PRESENT
            and self.revision == revision
            and self.enabled is not False
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCommand:
    """A command whose effect has not been seen yet. Stored before the radio is used.

    `read_backs` counts the reads since it returned. `slot_was_empty`: the slot was read
    as empty just before the write, so a masked reading after it is ours.
    `ambiguous_effect`: an earlier command may have produced the same result, so reading
    that result proves nothing. `counts_as_failure`: no effect by the deadline is a
    failure of the lock, not of the connection to it. `reason` is why the lock then said
    that it did not do it, None if it said nothing of the kind.
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
    """A command abandoned before its effect was known; it may still take effect.

    It is kept beyond `may_land_until`, up to the next read, which may show what it did.
    `followed_by_clear`: a clear was sent after it, so a late write will be removed.
    `assumed_after_power_loss`: it is not known whether it was sent at all.
    `effect_seen`: a read showed its effect, which another cause may have had.
    """

    operation: Operation
    revision: int
    started_at: datetime
    may_land_until: datetime
    followed_by_clear: bool = False
    assumed_after_power_loss: bool = False
    effect_seen: bool = False

    @property
    def dedup_key(self) -> Hashable:
        """Return what is equal in two unresolved commands that differ only in their times."""
        none = datetime.min  # noqa: DTZ901 - compared with itself alone
        return replace(self, started_at=none, may_land_until=none)

    def would_undo(self, desired: DesiredState, revision: int) -> bool:
        """Return whether a late effect of it would undo the desired state."""
        if not self.operation.grants_access:
            return desired is DesiredState.PRESENT
        if self.operation is Operation.ENABLE:
            # the slot is cleared before a code is absent: no code is left to enable
            return False
        return desired is DesiredState.ABSENT or self.revision != revision


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSchedule:
    """What is known of the schedule that the lock enforces for the code of a slot.

    `in_force` is the one that applies if the slot holds an active code of ours, None
    where that is not known. `rejected` is one that the lock did not take: Home Assistant
    alone enforces it. `no_stale_entries`: no entries of an earlier owner are left in the
    slot, so a code without a schedule needs no read of it.
    """

    in_force: LockSchedule | None = None
    rejected: LockSchedule | None = None
    no_stale_entries: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What is desired of a slot.

    `revision` is that of the credential's PIN. `schedule` is what the lock is to enforce
    for the code, None where it enforces nothing; while no code is desired, it is that of
    the last one. `temporarily_denied`: a code that is not desired now will be again, and
    the lock can disable it instead of clearing it. `only_scheduled`: the code is there
    ahead of its time, so never without its schedule.
    """

    desired: DesiredState
    revision: int
    schedule: LockSchedule | None = None
    temporarily_denied: bool = False
    only_scheduled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What has failed since the last success, and when it is tried again.

    `failed_attempts` are consecutive failures of the lock to carry a command out.
    `unanswered_commands` are consecutive commands without effect that are not counted
    as failures, because reads succeeded; they drive the back-off. `failed_reads` are
    consecutive reads that did not show the slot; `slot_not_usable`: the lock answered the
    last of them, that the slot cannot be used. Nothing is tried before `at`.
    `suspended_reason`: what the lock failed at, so that nothing more is written.
    `resumed`: from what, and when, the user last had a suspended slot tried again.
    """

    failed_attempts: int = 0
    unanswered_commands: int = 0
    failed_reads: int = 0
    slot_not_usable: bool = False
    at: datetime | None = None
    suspended_reason: Reason | None = None
    resumed: tuple[Reason, datetime] | None = None

    def after_command(self) -> Retry:
        """Return it after a success, or a new target: only failed reads still count."""
        if self.failed_reads:
            return Retry(
                failed_reads=self.failed_reads, slot_not_usable=self.slot_not_usable
            )
        return _NOTHING_FAILED


# one instance for all records: a site has a thousand of them
_NOTHING_FAILED: Final = Retry()
_NO_SCHEDULE: Final = SlotSchedule()
_NO_WRITES: Final = SlotWrites()


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRecord:
    """The single source of truth for one slot, and all that is stored about it.

    `evidence` is for the desired state, whichever that is: anything but `NONE` means
    that the lock has proven it, at that grade, at `verified_at`. `needs_read`: the
    record may be out of date, so the slot is read before anything else.
    `changed_externally`: what the slot holds was changed at the lock. `reread_at`: when
    a new code is read once more, as some locks forget a code right after its first read.

    `absent_since`: since when the slot is known to have no code of ours that opens the
    door, after it may have had one; None while it may, and where it never did.
    `unexpected_use`: when the slot was last used although it was held to have no such
    code, until the user has noted that.

    `owner_saved`: the owner was seen in Home Assistant's own saved registry. `binding`
    is kept for the provider, which alone can interpret it.

    `disabled_code` is a code that is disabled instead of cleared, until it is seen
    enabled again or it is no longer certain what the slot holds: then the slot is
    cleared. `disable_unsupported`: the lock did not disable or enable a code of this
    slot, or let a disabled one in; until the user has it verified or tried again.
    `name_outdated`: the lock keeps a name with the code, which is not `person_name` yet.
    """

    slot: int
    credential: CredentialRef
    person_name: str
    target: Target
    origin: Origin = Origin.MANAGED
    observed: Observation = field(default_factory=Observation)
    evidence: Evidence = Evidence.NONE
    verified_at: datetime | None = None
    pending: PendingCommand | None = None
    unresolved_commands: tuple[UnresolvedCommand, ...] = ()
    retry: Retry = _NOTHING_FAILED
    restored_at: tuple[datetime, ...] = ()
    needs_read: bool = False
    changed_externally: bool = False
    owner_saved: bool = False
    writes: SlotWrites = _NO_WRITES
    reread_at: datetime | None = None
    schedule: SlotSchedule = _NO_SCHEDULE
    binding: Mapping[str, int] | None = None
    disabled_code: DisabledCode | None = None
    disable_unsupported: bool = False
    absent_since: datetime | None = None
    name_outdated: bool = False
    unexpected_use: datetime | None = None

    @property
    def desired(self) -> DesiredState:
        """Return whether the credential should be in the slot."""
        return self.target.desired

    @property
    def revision(self) -> int:
        """Return the revision of the PIN that should be in the slot, or was last."""
        return self.target.revision

    @property
    def is_verified(self) -> bool:
        """Return whether the desired state is proven and no command is pending."""
        return self.evidence is not Evidence.NONE and self.pending is None

    @property
    def blocked(self) -> Reason | None:
        """Return why nothing is written until the user decides, or None if it is not so."""
        masked = self.observed.occupancy is Occupancy.MASKED
        if self.origin is Origin.UNMANAGED and masked and self.writes.uncleared:
            # it may be ours all the same, which the lock did not show before
            return Reason.UNRECOGNISED
        if self.desired is DesiredState.PRESENT:
            if self.origin is Origin.UNMANAGED:
                return Reason.OCCUPIED
            if self.origin is Origin.UNCONFIRMED and masked:
                return Reason.UNRECOGNISED
        return self.retry.suspended_reason

    @property
    def is_revocation(self) -> bool:
        """Return whether access is to be revoked and that is not proven yet."""
        return self.desired is DesiredState.ABSENT and not self.is_verified

    @property
    def is_cleared(self) -> bool:
        """Return whether the code is proven to be off the lock."""
        is_proven_absent = self.desired is DesiredState.ABSENT and self.is_verified
        return is_proven_absent and not self.needs_read and self.disabled_code is None

    def may_explain(self, operation: Operation) -> bool:
        """Return whether such a command is pending, or unresolved, and may be the cause.

        One whose effect was seen may be so only where that effect is not desired now.
        """
        if self.pending is not None and self.pending.operation is operation:
            return True
        return any(
            command.operation is operation
            and (
                not command.effect_seen
                or command.would_undo(self.desired, self.revision)
            )
            for command in self.unresolved_commands
        )

    def unresolved_until(self, operation: Operation | None = None) -> datetime | None:
        """Return until when an unresolved command may undo the desired state.

        Only commands of the given kind count, if one is given. None once a read after
        that time has shown how they ended.
        """
        return max(
            (
                command.may_land_until
                for command in self.unresolved_commands
                if command.would_undo(self.desired, self.revision)
                and operation in (None, command.operation)
            ),
            default=None,
        )
