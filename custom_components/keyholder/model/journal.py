"""The journal entry of one lock: what is stored about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .credential import LockId
from .pin_lengths import PinLengthHistory
from .provider_io import Capabilities, LockAddress
from .slot import SlotRecord
from .use_reports import UseReports


@dataclass(frozen=True, slots=True, kw_only=True)
class LockJournalEntry:
    """The stored entry of one lock.

    `capabilities` are the last known ones, for the times when the lock is unreachable.
    `open`: the engine is working on the lock; found in storage at a start, it means
    that the last shutdown was unclean. `pin_lengths` is what the lock did with PINs of
    each length. `clear_requested`: the lock is no longer managed
    and the user asked for its codes to be cleared. `replaces`: the locks that this one
    replaced, until all of Home Assistant has been updated. `unanswered_since`: the lock
    has given no answer since then. `address` is where a replacement was when it was
    chosen. `use_reports` is what it has reported so far of the codes that open its door.
    `reads_empty`: the lock has acknowledged a write and then shown its slot as empty, and
    no code of ours since.
    """

    lock: LockId
    name: str
    capabilities: Capabilities | None = None
    records: Mapping[int, SlotRecord] = field(default_factory=dict)
    open: bool = False
    clear_requested: bool = False
    replaces: tuple[LockId, ...] = ()
    address: LockAddress | None = None
    unanswered_since: datetime | None = None
    use_reports: UseReports = UseReports.NONE
    pin_lengths: PinLengthHistory = field(default_factory=PinLengthHistory)
    reads_empty: bool = False

    @property
    def is_cleared(self) -> bool:
        """Return whether every code of ours is proven to be off the lock."""
        return all(record.is_cleared for record in self.records.values())
