"""What the engine shows of a lock: frozen, complete, and without a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .credential import CredentialRef, LockId
from .evidence import Evidence
from .reading import Capabilities
from .slot import Desired, Origin, Reason, SlotState


class CredentialsState(StrEnum):
    """All codes of a lock in one word."""

    IN_SYNC = "in_sync"
    SYNCING = "syncing"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """One slot as people see it. `leaving`: its owner is gone, only the clear remains."""

    slot: int
    credential: CredentialRef
    label: str
    desired: Desired
    state: SlotState | None
    evidence: Evidence
    verified_at: datetime | None
    reason: Reason | None
    origin: Origin
    leaving: bool
    quarantined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSnapshot:
    """A lock at one moment.

    `waiting` are credentials that have no slot yet, with the reason if one is known.
    `broken`: the library behind the lock is not the one its provider was written for.
    """

    lock: LockId
    name: str
    reachable: bool
    broken: bool
    storage_failed: bool
    capabilities: Capabilities | None
    slots: Mapping[int, SlotView] = field(default_factory=dict)
    waiting: Mapping[CredentialRef, Reason | None] = field(default_factory=dict)

    def slot_of(self, credential: CredentialRef) -> SlotView | None:
        """Return the credential's slot, if it has one."""
        return next(
            (view for view in self.slots.values() if view.credential == credential),
            None,
        )

    @property
    def has_problem(self) -> bool:
        """Return whether a person has to look at this lock."""
        return (
            self.broken
            or self.storage_failed
            or any(self.waiting.values())
            or any(needs_attention(view) for view in self.slots.values())
        )

    @property
    def credentials(self) -> CredentialsState | None:
        """Return the state of all codes together, or None where one is not known."""
        if self.has_problem:
            return CredentialsState.ATTENTION
        states = {view.state for view in self.slots.values()}
        if None in states:
            return None
        if self.waiting or states - {SlotState.IN_SYNC, SlotState.ACCEPTED}:
            return CredentialsState.SYNCING
        return CredentialsState.IN_SYNC


def needs_attention(view: SlotView) -> bool:
    """Return whether a slot does not get on without somebody looking at it."""
    return (
        view.quarantined
        or view.state is SlotState.SUSPENDED
        or view.reason in (Reason.NOT_CLEARED, Reason.NO_ANSWER)
        or view.reason is Reason.CHANGED_AT_LOCK
        or (view.reason is Reason.LOCK_UNREACHABLE)
    )
