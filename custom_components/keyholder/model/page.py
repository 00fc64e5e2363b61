"""What is remembered of one lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .credential import LockId
from .reading import Capabilities
from .slot import SlotRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPage:
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
    in_use: bool = False
    clearing: bool = False
    moved_from: tuple[LockId, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Return whether every code of ours is proven to be off the lock."""
        return all(record.is_gone for record in self.records.values())
