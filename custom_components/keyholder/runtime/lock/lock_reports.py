"""Reports of one lock: passes what its provider emits to slots, connection and listeners."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...logic.attribution import attribute_event
from ...logic.code_uses import expects_use
from ...model.access import AccessEvent, AccessType
from ...model.credential import LockId
from ...model.lock_events import (
    AccessDenied,
    Action,
    AddressChanged,
    BindingChanged,
    ClockChecked,
    Connected,
    Disconnected,
    Jammed,
    LockEvent,
    LockOperated,
    Method,
    SlotChanged,
    WriteRejected,
)
from ...model.slot_events import ChangeKind, CodeUsed, RejectionReported
from .capability_probe import CapabilityProbe
from .connection import LockConnection
from .reconciler import LockReconciler
from .slot_reader import SlotReader
from .slot_records import SlotRecords

_CHANGES: Final = {
    ChangeKind.SET: AccessType.CODE_ADDED,
    ChangeKind.CLEARED: AccessType.CODE_REMOVED,
    ChangeKind.UNKNOWN: AccessType.CODE_CHANGED,
}
"""Access events for changes of a slot that is not managed."""


class LockReports:
    """Handles the events of one lock's provider, in the order in which they come."""

    def __init__(
        self,
        lock: LockId,
        *,
        slot_records: SlotRecords,
        connection: LockConnection,
        capability_probe: CapabilityProbe,
        reconciler: LockReconciler,
        reader: SlotReader,
        on_access: Callable[[AccessEvent], None],
        on_clock_checked: Callable[[bool], None],
    ) -> None:
        """Call `on_access` for what users are notified of.

        `on_clock_checked` is called with whether the lock's clock is wrong.
        """
        self._lock = lock
        self._slot_records = slot_records
        self._connection = connection
        self._capability_probe = capability_probe
        self._reconciler = reconciler
        self._reader = reader
        self._on_access = on_access
        self._on_clock_checked = on_clock_checked
        self._last_uses: dict[tuple[int, Action], datetime] = {}
        """When each slot was last used at the keypad, as far as was reported."""

    @callback
    def async_on_event(self, event: LockEvent) -> None:
        """Handle an event of the provider."""
        match event:
            case Connected() | Disconnected() | AddressChanged():
                self._on_connection(event)
            case SlotChanged():
                self._on_slot_changed(event)
            case WriteRejected(slot, reason) if slot in self._slot_records.records:
                self._reconciler.async_dispatch(slot, RejectionReported(reason))
            case WriteRejected():
                return
            case LockOperated() | AccessDenied():
                records = self._slot_records.records
                self._on_access(
                    attribute_event(event, self._lock, records, self._reader.owners)
                )
                if isinstance(event, LockOperated):
                    self._on_operated(event)
            case Jammed(at):
                self._publish_access(AccessType.JAMMED, at)
            case ClockChecked(is_wrong):
                self._on_clock_checked(is_wrong)
            case BindingChanged(slot, binding):
                if (record := self._slot_records.records.get(slot)) is not None:
                    self._slot_records.async_save(replace(record, binding=binding))

    @callback
    def _on_connection(self, event: Connected | Disconnected | AddressChanged) -> None:
        match event:
            case Connected(missed):
                self._capability_probe.async_invalidate()
                if missed:
                    self._reconciler.async_verify_after_missed_reports()
                self._capability_probe.async_start()
            case Disconnected():
                self._connection.async_mark_unreachable()
            case AddressChanged(address):
                self._connection.async_set_changed_address(address)

    @callback
    def _on_operated(self, event: LockOperated) -> None:
        if event.method is not Method.KEYPAD or event.slot is None:
            return
        at = min(event.at, dt_util.utcnow())
        record = self._slot_records.records.get(event.slot)
        is_duplicate = self._is_duplicate(event.slot, event.action, at)
        if (
            record is not None
            and not is_duplicate
            and (record.target.only_scheduled or not expects_use(record))
        ):
            self._reconciler.async_dispatch(event.slot, CodeUsed(at))

    def _is_duplicate(self, slot: int, action: Action, at: datetime) -> bool:
        """Return whether this operation was reported just before; remember it.

        The second report of a use may come when the code has been cleared for the first.
        """
        before = self._last_uses.get((slot, action))
        self._last_uses[slot, action] = at
        window = self._slot_records.rules.timing.duplicate_window
        return before is not None and abs(at - before) < window

    @callback
    def _on_slot_changed(self, event: SlotChanged) -> None:
        if (
            event.slot is not None
            and event.slot not in self._slot_records.records
            and not self._slot_records.is_expected_report(event.slot, event.change)
        ):
            self._publish_access(
                _CHANGES[event.change], dt_util.utcnow(), slot=event.slot
            )
        self._reconciler.async_on_slot_changed(event)

    @callback
    def _publish_access(
        self, kind: AccessType, at: datetime, slot: int | None = None
    ) -> None:
        self._on_access(AccessEvent(lock=self._lock, type=kind, at=at, slot=slot))
