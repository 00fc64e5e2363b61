"""Reconcile the slots of one lock with their desired state, step by step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...logic.next_step import can_release, effects_of, needs_disk, next_step
from ...logic.plan import LockPlan
from ...model.lock_events import SlotChanged
from ...model.settings import LockSettings
from ...model.slot import DesiredState, Reason, SlotRecord
from ...model.slot_events import (
    DeadlinePassed,
    Restarted,
    ResumeChoice,
    SlotEvent,
    Step,
    UserResumed,
    WakeAt,
)
from ...model.timing import Timing
from ..storage.stores import Vault
from .connection import LockConnection
from .defect_log import log_defect
from .job_queue import JobQueue, Priority
from .name_updates import NameUpdates
from .slot_allocator import SlotAllocator
from .slot_defects import SlotDefects
from .slot_executor import IntentLog, SlotExecutor
from .slot_reader import SlotReader
from .slot_records import SlotRecords
from .timers import DeadlineTimer
from .verification import BackgroundVerifier

_STEPS_PER_JOB: Final = 12
"""More steps than any transition from one verified state to the next takes."""


class LockReconciler:
    """Reconciles one lock: runs what `next_step` returns for each slot, in the queue."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        slot_records: SlotRecords,
        connection: LockConnection,
        reader: SlotReader,
        queue: JobQueue,
        vault: Vault,
        timing: Timing,
        settings: LockSettings,
        on_change: Callable[[], None],
        request_plan: Callable[[], None],
    ) -> None:
        """Call `on_change` whenever the lock's state may have changed.

        `request_plan` is called where a change of the plan may have been lost.
        """
        self._name = settings.name
        self._request_plan = request_plan
        self._slot_records = slot_records
        self._connection = connection
        self._reader = reader
        self._duplicates = reader.duplicates
        self._queue = queue
        self._timing = timing
        self._notify_change = on_change
        self._deadlines = DeadlineTimer[int](hass, self._on_due)
        self._verifier = BackgroundVerifier(
            hass,
            slot_records=slot_records,
            queue=queue,
            checks_per_hour=settings.checks_per_hour,
            hour=timing.verification_period,
            verify=self.async_verify,
        )
        self._intents = IntentLog(slot_records, timing)
        self._steps = SlotExecutor(
            slot_records=slot_records,
            connection=connection,
            reader=reader,
            vault=vault,
            intents=self._intents,
            on_change=self._on_change,
        )
        self._names = NameUpdates(
            slot_records=slot_records, connection=connection, queue=queue
        )
        self._defects = SlotDefects(
            slot_records=slot_records,
            connection=connection,
            queue=queue,
            deadlines=self._deadlines,
            timing=timing,
            on_change=self._on_change,
        )
        self._removable: frozenset[int] = frozenset()
        self.allocator = SlotAllocator(
            hass,
            slot_records=slot_records,
            connection=connection,
            reader=reader,
            queue=queue,
            timing=timing,
            slot_range=settings.slots,
            on_allocated=self._schedule,
            on_change=self._on_change,
        )

    # Plans and user actions

    @callback
    def async_set_plan(self, plan: LockPlan) -> None:
        """Dispatch the changes of a plan to the slots, and find slots for new credentials."""
        for slot, event in plan.changes:
            self._dispatch(slot, event)
        for slot, name in plan.person_names.items():
            self._names.async_rename(slot, name)
        self._removable = frozenset(plan.removable)
        for slot in plan.removable:
            self._remove_if_cleared(slot)
        self.allocator.async_set_wanted(plan.unassigned, plan.reserved)
        self._on_change()

    @property
    def failing_slots(self) -> frozenset[int]:
        """Return the slots that our own code fails to process, again and again."""
        return self._defects.failing

    @callback
    def async_dispatch(self, slot: int, event: SlotEvent) -> None:
        """Dispatch a user's action or another event to a slot, and schedule its next step."""
        self._dispatch(slot, event)
        self._on_change()

    @callback
    def async_release(self, slot: int) -> bool:
        """Drop a slot's record if no code of ours can be in the slot; return whether so."""
        record = self._slot_records.records.get(slot)
        if record is None or not can_release(record):
            return False
        self.async_forget(slot)
        return True

    @callback
    def async_forget(self, slot: int) -> None:
        """Drop a slot's record; the slot itself stays as it is."""
        if slot in self._slot_records.records:
            self._forget(slot)
            self._on_change()

    @callback
    def async_mark_owner_saved(self, slot: int) -> None:
        """Mark the owner of a slot as saved, so that a missing owner counts as removed."""
        if (record := self._slot_records.records.get(slot)) is not None:
            self._slot_records.async_save(replace(record, owner_saved=True))
            self._on_change()

    # Reports of the lock, connection and storage

    @callback
    def async_on_slot_changed(self, event: SlotChanged) -> None:
        """Handle the report that a slot, or with None every slot, was changed."""
        slots = list(self._slot_records.records) if event.slot is None else [event.slot]
        self.allocator.async_invalidate(None if event.slot is None else event.slot)
        for slot in slots:
            if slot in self._slot_records.records:
                now = dt_util.utcnow()
                reported = self._slot_records.expected_reports.event_of(
                    slot, event.change, now
                )
                self._dispatch(slot, reported)
        for slot in set(self._reader.owners):
            if event.slot in (None, slot) and slot not in self._slot_records.records:
                self._queue.submit(
                    ("code", slot),
                    Priority.SCAN,
                    partial(self._reader.async_read, slot),
                )
        self._on_change()

    @callback
    def async_on_codes_changed(self) -> None:
        """Handle that another code on the lock has, or has no longer, digits of our people."""
        before, self._duplicates = self._duplicates, self._reader.duplicates
        for slot, record in list(self._slot_records.records.items()):
            if (
                record.credential in before
                and record.credential not in self._duplicates
                and record.retry.suspended_reason is Reason.DUPLICATE
            ):
                self._dispatch(slot, UserResumed(ResumeChoice.RETRY))
        if before != self._duplicates:
            self._request_plan()
        self._on_change()

    @callback
    def async_verify_after_missed_reports(self) -> None:
        """Verify all slots soon: reports of the lock were missed."""
        self._verifier.async_verify_all_soon()

    @callback
    def async_on_regained(self) -> None:
        """Handle a lock that is reachable again: uncertain slots first, the rest later."""
        for slot in list(self._slot_records.records):
            # the outcome of the running call has not been dispatched yet
            if not self._queue.is_running(slot):
                self._dispatch(slot, Restarted())
        self._verifier.async_start()
        self.allocator.async_retry()
        self._names.async_submit_all()

    @callback
    def async_on_lost(self) -> None:
        """Handle a lock that gives no answer."""
        self._verifier.async_stop()
        self._names.async_cancel()

    @callback
    def async_queue_retry(self) -> bool:
        """Queue a job to retry an unreachable lock with; return whether there is one."""
        self.allocator.async_retry()
        if (
            self._queue.is_idle
            and self._slot_records.rules.shows_occupancy
            and self._slot_records.records
        ):
            # no job is due: read the slot that is the least certain
            record = min(self._slot_records.records.values(), key=_retry_order)
            trial = partial(self.async_verify, record.slot)
            self._queue.submit(("trial", record.slot), Priority.SCAN, trial)
        return not self._queue.is_idle

    @callback
    def async_on_storage_changed(self) -> None:
        """Handle that storage has begun to fail, or works again: reschedule writes."""
        self._intents.reset_backoff()
        if not self._slot_records.is_storage_failing:
            for slot in list(self._slot_records.records):
                self._schedule(slot)

    @callback
    def async_close(self) -> None:
        """Cancel all timers."""
        self._deadlines.async_close()
        self._verifier.async_close()
        self.allocator.async_close()

    # One slot

    @callback
    def _dispatch(self, slot: int, event: SlotEvent) -> None:
        try:
            self._slot_records.async_dispatch(slot, event)
        except Exception as err:  # noqa: BLE001 - one slot must not stop the others
            log_defect(self._name, slot, event, err)
            self._defects.on_exception(slot, event)
        else:
            self._schedule(slot)

    @callback
    def _schedule(self, slot: int) -> None:
        """Queue the step that the slot needs now, and set its deadline timer."""
        try:
            self._queue_step(slot)
        except Exception as err:  # noqa: BLE001 - one slot must not stop the others
            log_defect(self._name, slot, None, err)
            self._defects.on_exception(slot)

    def _queue_step(self, slot: int) -> None:
        record = self._slot_records.records[slot]
        now = dt_util.utcnow()
        deadlines = []
        for effect in effects_of(record, now, self._slot_records.rules):
            match effect:
                case Step(operation, after):
                    if needs_disk(record, operation):
                        ready_at = self._intents.ready_at(record, operation, now)
                        after = max(after, ready_at)
                    if after > now:
                        deadlines.append(after)
                    elif not self._queue.is_running(slot):
                        priority = self._priority(record, effect)
                        self._queue.submit(
                            slot, priority, partial(self._async_run_slot, slot)
                        )
                case WakeAt(at):
                    deadlines.append(at)
        self._deadlines.async_schedule(slot, min(deadlines, default=None))

    def _priority(self, record: SlotRecord, step: Step) -> Priority:
        if record.desired is DesiredState.ABSENT:
            return Priority.REVOKE
        if step.operation is None and (record.pending or record.is_verified):
            return Priority.VERIFY
        return Priority.WRITE

    @callback
    def _on_due(self, slot: int) -> None:
        if self._defects.has(slot):
            self._defects.on_retry(slot)
            self._request_plan()
        if slot in self._slot_records.records:
            self._dispatch(slot, DeadlinePassed())
            if slot in self._removable:
                self._remove_if_cleared(slot)
            self._on_change()

    async def _async_run_slot(self, slot: int) -> None:
        """Run a slot's steps until none is due, or a more important job waits."""
        try:
            await self._async_run_steps(slot)
        except Exception:
            # a defect of ours: the queue logs it
            self._defects.on_exception(slot)
            raise

    async def _async_run_steps(self, slot: int) -> None:
        for _ in range(_STEPS_PER_JOB):
            record = self._slot_records.records.get(slot)
            if record is None:
                return
            now = dt_util.utcnow()
            step = next_step(record, now, self._slot_records.rules)
            if step is None or step.after > now:
                break
            if not await self._steps.async_execute(record, step):
                break
            self._on_change()
            if self._queue.is_more_important_waiting(self._priority(record, step)):
                break
        self._requeue(slot)

    @callback
    def _requeue(self, slot: int) -> None:
        """Schedule a slot's next step from within its own job."""
        self._queue.mark_done()
        self._defects.forget(slot)
        if slot in self._slot_records.records:
            self._schedule(slot)
            self._names.async_submit(slot)
        self._on_change()

    @callback
    def _remove_if_cleared(self, slot: int) -> None:
        """Drop a cleared slot's record, once no command to it is unresolved."""
        record = self._slot_records.records.get(slot)
        if (
            record is not None
            and record.is_cleared
            and not record.unresolved_commands
            and record.credential not in self._reader.duplicates
        ):
            self._forget(slot)

    @callback
    def _forget(self, slot: int) -> None:
        self._queue.cancel(slot)
        self._deadlines.async_schedule(slot, None)
        self._defects.forget(slot)
        self._slot_records.async_remove(slot)
        self.allocator.async_invalidate(slot)  # another credential may need this slot

    @callback
    def _on_change(self) -> None:
        self._verifier.async_reschedule()
        self._notify_change()

    # Verification

    async def async_verify(self, slot: int) -> bool:
        """Read a slot back, from within a job; return whether the lock answered."""
        if slot not in self._slot_records.records:
            return False
        try:
            answered = await self._steps.async_read(slot)
        except Exception:
            # a defect of ours: the queue logs it
            self._defects.on_exception(slot)
            raise
        self._requeue(slot)
        return answered


def _retry_order(record: SlotRecord) -> tuple[bool, datetime]:
    """Return the sort key for a retry: unverified slots first, then the oldest."""
    return record.is_verified, record.verified_at or datetime.min.replace(tzinfo=UTC)
