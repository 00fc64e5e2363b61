"""Exceptions of our own code while it processes a slot: what becomes of the slot then."""

from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...logic.defects import owes_clear, record_after_defect
from ...model.slot import DesiredState
from ...model.slot_events import DesiredChanged, SlotEvent
from ...model.timing import Timing, backoff
from .connection import LockConnection
from .job_queue import JobQueue, Priority
from .slot_records import SlotRecords
from .timers import DeadlineTimer

_MAX_DEFECTS: Final = 3
"""Exceptions in a row after which a user is told."""


class SlotDefects:
    """The consecutive exceptions of each slot of one lock, and what they leave undone.

    Nothing is taken for proven of a slot whose event was lost, and it is tried again with
    back-off. A code that is to be cleared is, without the record: the reducer may go on
    raising.
    """

    def __init__(
        self,
        *,
        slot_records: SlotRecords,
        connection: LockConnection,
        queue: JobQueue,
        deadlines: DeadlineTimer[int],
        timing: Timing,
        on_change: Callable[[], None],
    ) -> None:
        """Try a slot again by its deadline; call `on_change` after each exception."""
        self._slot_records = slot_records
        self._connection = connection
        self._queue = queue
        self._deadlines = deadlines
        self._timing = timing
        self._on_change = on_change
        self._counts: dict[int, int] = {}
        self._owed: set[int] = set()
        self.failing: frozenset[int] = frozenset()
        """Slots with so many exceptions in a row that a user is told."""

    def has(self, slot: int) -> bool:
        """Return whether the last event of the slot was lost."""
        return slot in self._counts

    @callback
    def on_exception(self, slot: int, event: SlotEvent | None = None) -> None:
        """Handle an exception in the processing of an event, or of the slot's record."""
        now = dt_util.utcnow()
        record = self._slot_records.records.get(slot)
        if record is None:
            return
        target = event.target if isinstance(event, DesiredChanged) else record.target
        is_owed = slot in self._owed and target.desired is DesiredState.ABSENT
        if is_owed or owes_clear(record, target):
            self._owed.add(slot)
        else:
            self._owed.discard(slot)
        count = self._counts[slot] = self._counts.get(slot, 0) + 1
        if count == _MAX_DEFECTS:
            self.failing |= {slot}
        self._slot_records.async_save(
            record_after_defect(
                record,
                target,
                now,
                self._slot_records.rules,
                is_repeated=slot in self.failing,
            )
        )
        if count == 1:
            self._submit_clear(slot)
        wait = backoff(
            self._timing.unreachable_backoff, self._timing.slot_backoff_cap, count
        )
        self._deadlines.async_schedule(slot, now + wait)
        self._on_change()

    @callback
    def on_retry(self, slot: int) -> None:
        """Clear the code again if that is still owed."""
        self._submit_clear(slot)

    def forget(self, slot: int) -> None:
        """Begin anew: the slot was processed, or has no record any more."""
        if self._counts.pop(slot, None) is not None:
            self._owed.discard(slot)
            self.failing -= {slot}

    def _submit_clear(self, slot: int) -> None:
        if slot in self._owed:
            clear = partial(self._async_clear, slot)
            self._queue.submit(("clear", slot), Priority.REVOKE, clear)

    async def _async_clear(self, slot: int) -> None:
        if slot in self._owed:
            self._slot_records.expected_reports.on_cleared(slot, dt_util.utcnow())
            await self._connection.async_clear(slot)
