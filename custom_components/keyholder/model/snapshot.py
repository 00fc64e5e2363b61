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
from .provider_io import Capabilities
from .slot import DesiredState, Reason, SlotState


class CredentialsState(StrEnum):
    """The state of all codes of a lock together."""

    IN_SYNC = "in_sync"
    SYNCING = "syncing"
    ATTENTION = "attention"


_COMPLETED_STATES: Final = {SlotState.IN_SYNC, SlotState.ACCEPTED}

_ATTENTION_REASONS: Final = {
    Reason.NOT_CLEARED,
    Reason.NO_ANSWER,
    Reason.CHANGED_AT_LOCK,
    Reason.LOCK_UNREACHABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """The state of one slot, as users see it.

    `owner_removed`: the person was removed and only the clear remains. `orphaned`: the
    owner is no longer recorded. `needs_attention`: the slot does not proceed without
    the user. `schedule` is what the lock has shown to enforce for the code, also while
    the code is disabled. `disabled`: the code is kept in the lock, and a read showed it
    disabled.
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
    needs_attention: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Compute once what is read whenever another slot of the lock changes."""
        needs_attention = (
            self.orphaned
            or self.state is SlotState.SUSPENDED
            or self.reason in _ATTENTION_REASONS
        )
        object.__setattr__(self, "needs_attention", needs_attention)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSnapshot:
    """The state of a lock at one moment.

    `unassigned` are credentials that have no slot yet, with the reason if one is known.
    `incompatible`: the library of the lock is not the version that its provider was
    written for. `all_verified_since`: every code was verified at that time or later.
    `slot_by_credential` is the index of `slots` by credential. `counts` is the number
    of slots in each state, `attention_count` that of slots that do not proceed without
    the user.
    """

    lock: LockId
    name: str
    reachable: bool
    incompatible: bool
    storage_failed: bool
    capabilities: Capabilities | None
    slots: Mapping[int, SlotView] = field(default_factory=dict)
    unassigned: Mapping[CredentialRef, Reason | None] = field(default_factory=dict)
    all_verified_since: datetime | None = None
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
