"""What the engine shows of a lock: frozen, complete, and without a code."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from .credential import CredentialRef, LockId
from .evidence import Evidence
from .limits import LockSchedule
from .reading import Capabilities
from .slot import DesiredState, Origin, Reason, SlotState


class CredentialsState(StrEnum):
    """All codes of a lock in one word."""

    IN_SYNC = "in_sync"
    SYNCING = "syncing"
    ATTENTION = "attention"


_SETTLED: Final = {SlotState.IN_SYNC, SlotState.ACCEPTED}

_NEEDS: Final = {
    Reason.NOT_CLEARED,
    Reason.NO_ANSWER,
    Reason.CHANGED_AT_LOCK,
    Reason.LOCK_UNREACHABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """One slot as people see it. `leaving`: its owner is gone, only the clear remains.

    `needs_attention`: it does not get on without somebody looking at it. `limits` are
    what the lock has shown to enforce for the code, also while the code is away for now.
    `parked`: it is away by being switched off, which the lock has shown, and not cleared.
    """

    slot: int
    credential: CredentialRef
    person_name: str
    desired: DesiredState
    state: SlotState | None
    evidence: Evidence
    verified_at: datetime | None
    reason: Reason | None
    origin: Origin
    owner_removed: bool
    orphaned: bool
    schedule: LockSchedule | None = None
    disabled: bool = False
    needs_attention: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Judge once what is asked whenever another slot of the lock changes."""
        needs_attention = (
            self.orphaned or self.state is SlotState.SUSPENDED or self.reason in _NEEDS
        )
        object.__setattr__(self, "needs_attention", needs_attention)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSnapshot:
    """A lock at one moment.

    `waiting` are credentials that have no slot yet, with the reason if one is known.
    `broken`: the library behind the lock is not the one its provider was written for.
    `verified_since`: the lock has shown every code at that time or later.
    `slot_numbers` is the index of `slots` by what they hold, `counts` how many are in
    which state, `needing` how many do not get on without somebody looking at them.
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
        """Count once what several entities show."""
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
        """Return whether a person has to look at this lock."""
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
        if self.unassigned or self.counts.keys() - _SETTLED:
            return CredentialsState.SYNCING
        return CredentialsState.IN_SYNC
