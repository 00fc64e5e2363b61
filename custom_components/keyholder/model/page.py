"""What is remembered of one lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .credential import LockId
from .reading import Capabilities
from .slot import SlotRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class LockJournalEntry:
    """The journal's page of one lock.

    `capabilities` are the last known ones, for the times when the lock is away.
    `in_use`: an engine works on it; on disk after a start it tells of a power cut.
    `clearing`: the lock is no longer managed and the user asked for its codes to go.
    `moved_from`: locks whose place it took, until all of Home Assistant knows that.
    """

    lock: LockId
    name: str
    capabilities: Capabilities | None = None
    records: Mapping[int, SlotRecord] = field(default_factory=dict)
    open: bool = False
    clear_requested: bool = False
    replaces: tuple[LockId, ...] = ()

    @property
    def is_cleared(self) -> bool:
        """Return whether every code of ours is proven to be off the lock."""
        return all(record.is_cleared for record in self.records.values())
