"""Expected reports: what a lock may still report of commands whose effect was seen."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ...logic.change_reports import may_cause, operation_shown
from ...model.slot import Operation, SlotRecord
from ...model.slot_events import ChangeKind, ChangeReported
from ...model.timing import Timing


class ExpectedReports:
    """The own commands that one lock may still report, by slot. They are not stored."""

    def __init__(self, timing: Timing, records: Iterable[SlotRecord]) -> None:
        """Begin without expected reports; `records` are those from before a restart.

        What was proven just before it may have been a command, or a further read of what
        was there: a report of it is not expected, and not taken for an external change.
        """
        self._timing = timing
        self._until: dict[int, dict[Operation, datetime]] = {}
        self._uncertain_until = {
            record.slot: record.verified_at + timing.report_window
            for record in records
            if record.verified_at is not None
        }

    def on_changed(self, before: SlotRecord, after: SlotRecord, now: datetime) -> None:
        """Expect a report if the effect of a command was seen between these records."""
        operation = operation_shown(before, after)
        if operation is not None:
            until = now + self._timing.report_window
            self._expect(after.slot, operation, until, now)

    def on_added(self, slot: int) -> None:
        """Expect nothing of a slot that has got a new record."""
        self._until.pop(slot, None)

    def on_removed(self, slot: int, now: datetime) -> None:
        """Expect a report of the clear alone from a slot whose record was dropped."""
        until = now + self._timing.write_window
        self._until.pop(slot, None)
        self._uncertain_until.pop(slot, None)
        self._expect(slot, Operation.CLEAR, until, now)

    def explain(self, slot: int, change: ChangeKind, now: datetime) -> bool:
        """Return whether a change that the lock reports is expected."""
        return any(
            may_cause(operation, change)
            for operation, until in self._until.get(slot, {}).items()
            if until > now
        )

    def event_of(self, slot: int, change: ChangeKind, now: datetime) -> ChangeReported:
        """Return the event for a change that the lock reports now."""
        uncertain_until = self._uncertain_until.get(slot, now)
        return ChangeReported(
            change,
            expected=self.explain(slot, change, now),
            perhaps_ours=now < uncertain_until,
        )

    @property
    def until(self) -> Mapping[int, datetime]:
        """Return for each slot when its last expected report ceases to be expected."""
        return {slot: max(expected.values()) for slot, expected in self._until.items()}

    def _expect(
        self, slot: int, operation: Operation, until: datetime, now: datetime
    ) -> None:
        expected = self._until.get(slot, {}) | {operation: until}
        self._until[slot] = {
            each: until for each, until in expected.items() if until > now
        }
        if not self._until[slot]:
            del self._until[slot]
