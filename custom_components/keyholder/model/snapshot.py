"""Snapshots of a lock for entities, diagnostics and services: immutable, without a code."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from .credential import CredentialRef, LockId
from .evidence import Evidence
from .lock_schedule import LockSchedule
from .provider_io import Capabilities, LockAddress
from .slot import DesiredState, Reason, SlotState
from .use_reports import UseReports


class CredentialsState(StrEnum):
    """The state of all codes of a lock together."""

    IN_SYNC = "in_sync"
    SYNCING = "syncing"
    ATTENTION = "attention"


_COMPLETED_STATES: Final = {SlotState.IN_SYNC, SlotState.ACCEPTED}

_ATTENTION_REASONS: Final = {
    Reason.DUPLICATE,
    Reason.NOT_CLEARED,
    Reason.NO_ANSWER,
    Reason.SLOT_UNAVAILABLE,
    Reason.CHANGED_AT_LOCK,
    Reason.LOCK_UNREACHABLE,
}

_WAITING_REASONS: Final = {None, Reason.NO_ANSWER, Reason.LOCK_UNREACHABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """The state of one slot, as users see it.

    `owner_removed`: the person was removed and only the clear remains. `orphaned`: the
    owner is no longer recorded. `needs_attention`: the slot does not proceed without
    the user. `schedule` is what the lock has shown to enforce for the code, also while
    the code is disabled. `disabled`: the code is kept in the lock, and a read showed it
    disabled. `is_shown_present`: the lock has shown a wanted code, or accepted it if it
    shows none. `outdated`: it was proven, but the lock has given no answer for so long
    that it is not shown as proven now. `resumed`: the user had a code tried again
    that was suspended for this reason, at this time, and the lock has not shown it yet.
    `unexpected_use`: when the slot was last used although it was held to have no such
    code, until the user has noted that.
    """

    slot: int
    credential: CredentialRef
    person_name: str
    desired: DesiredState
    state: SlotState | None
    evidence: Evidence
    verified_at: datetime | None
    reason: Reason | None
    owner_removed: bool
    orphaned: bool
    schedule: LockSchedule | None = None
    disabled: bool = False
    outdated: bool = False
    resumed: tuple[Reason, datetime] | None = None
    unexpected_use: datetime | None = None
    needs_attention: bool = field(init=False, compare=False)
    is_shown_present: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Compute once what is read whenever another slot of the lock changes."""
        is_shown = self.desired is DesiredState.PRESENT and self.is_completed
        object.__setattr__(self, "is_shown_present", is_shown)
        needs_attention = (
            self.orphaned
            or self.state is SlotState.SUSPENDED
            or self.reason in _ATTENTION_REASONS
        )
        object.__setattr__(self, "needs_attention", needs_attention)

    @property
    def is_completed(self) -> bool:
        """Return whether the lock has shown, or accepted, what is desired of the slot."""
        return self.state in _COMPLETED_STATES

    @property
    def is_reserved(self) -> bool:
        """Return whether the lock has shown that there is no code in the slot now."""
        is_absent = self.desired is DesiredState.ABSENT and self.is_completed
        return is_absent and not self.disabled

    @property
    def is_on_its_way(self) -> bool:
        """Return whether a wanted code is only waiting for an answer of the lock."""
        return (
            self.desired is DesiredState.PRESENT
            and not self.outdated
            and not self.orphaned
            and self.state is not SlotState.SUSPENDED
            and self.reason in _WAITING_REASONS
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSnapshot:
    """The state of a lock at one moment.

    `unassigned` are credentials that have no slot yet, with the reason if one is known.
    `incompatible`: the library of the lock is not the version that its provider was
    written for. `failing_slots`: our own code fails to process them, again and again.
    `duplicates`: in which slot a code that is not ours has the digits of a credential.
    `changed_address`: the lock was found there, which is not accepted, so that everything
    waits for the user. `all_verified_since`: every code was verified at that time or
    later. `use_reports` is what the lock has reported so far of the codes that open its
    door. `slot_by_credential` is the index of `slots` by credential. `counts` is the
    number of slots in each state, `attention_count` that of slots that do not proceed
    without the user. `unanswered_since`: the lock has given no answer since then;
    `outdated`: for so long that nothing is shown as proven now. `overdue` are wanted codes
    that the lock should have shown by now. `not_usable_slots` is the number of slots that
    the lock does not let be used. `clock_wrong`: what the lock has reported live had
    other times.
    """

    lock: LockId
    name: str
    reachable: bool
    incompatible: bool
    storage_failed: bool
    capabilities: Capabilities | None
    changed_address: LockAddress | None = None
    slots: Mapping[int, SlotView] = field(default_factory=dict)
    unassigned: Mapping[CredentialRef, Reason | None] = field(default_factory=dict)
    failing_slots: frozenset[int] = frozenset()
    not_usable_slots: int = 0
    duplicates: Mapping[CredentialRef, int] = field(default_factory=dict)
    clock_wrong: bool = False
    all_verified_since: datetime | None = None
    unanswered_since: datetime | None = None
    outdated: bool = False
    overdue: frozenset[CredentialRef] = frozenset()
    use_reports: UseReports = UseReports.NONE
    slot_by_credential: Mapping[CredentialRef, int] = field(
        default_factory=dict, repr=False, compare=False
    )
    counts: Mapping[SlotState | None, int] = field(init=False, compare=False)
    attention_count: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Compute once the counts that several entities use."""
        views = self.slots.values()
        object.__setattr__(self, "counts", Counter([view.state for view in views]))
        count = sum([view.needs_attention for view in views])
        object.__setattr__(self, "attention_count", count)

    def slot_of(self, credential: CredentialRef) -> SlotView | None:
        """Return the credential's slot, if it has one."""
        slot = self.slot_by_credential.get(credential)
        return None if slot is None else self.slots[slot]

    @property
    def has_problem(self) -> bool:
        """Return whether this lock needs the user's attention."""
        return (
            self.incompatible
            or self.storage_failed
            or self.outdated
            or bool(self.overdue)
            or bool(self.failing_slots)
            or self.changed_address is not None
            or bool(self.duplicates)
            or any(self.unassigned.values())
            or self.attention_count > 0
        )

    @property
    def state(self) -> CredentialsState | None:
        """Return the state of all codes together, or None where one is not known."""
        if self.has_problem:
            return CredentialsState.ATTENTION
        if None in self.counts:
            return None
        if self.unassigned or self.counts.keys() - _COMPLETED_STATES:
            return CredentialsState.SYNCING
        return CredentialsState.IN_SYNC
