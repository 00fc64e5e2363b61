"""Brings one lock to what is desired: the next job of each slot, run in the queue."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..logic.allocation import SlotCount
from ..logic.next_step import effects_of, is_preflight_read, next_step
from ..logic.plan import LockPlan
from ..logic.release import can_release
from ..model.lifecycle import (
    ChangeKind,
    ChangeReported,
    Clear,
    DeadlinePassed,
    Event,
    Read,
    Restarted,
    Step,
    Switch,
    WakeAt,
    Write,
)
from ..model.lock_events import SlotChanged
from ..model.reading import Capabilities, SlotReading
from ..model.settings import LockSettings
from ..model.slot import DesiredState, SlotRecord
from ..model.timing import Timing
from ..providers.base import LockUnreachableError
from .allocator import SlotAllocator
from .errands import AwaitedJobs
from .intents import IntentLog
from .lock_line import LockConnection
from .queue import JobQueue, Priority
from .slot_book import SlotRecords
from .steps import SlotExecutor
from .stores import Vault
from .sweep import BackgroundVerifier
from .wakeups import DeadlineTimer

_LOGGER: Final = logging.getLogger(__name__)

_STEPS_PER_JOB: Final = 12
"""More than any way from one settled state to the next takes."""


class LockReconciler:
    """The engine of one lock. It asks `next_step` what to do, and does it."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        book: SlotRecords,
        line: LockConnection,
        queue: JobQueue,
        vault: Vault,
        timing: Timing,
        settings: LockSettings,
        on_change: Callable[[], None],
    ) -> None:
        """Call `on_change` whenever something that is shown may have changed."""
        self._book = book
        self._line = line
        self._queue = queue
        self._timing = timing
        self._on_shown = on_change
        self._wakeups = DeadlineTimer[int](hass, self._on_due)
        self._sweep = BackgroundVerifier(
            hass,
            book=book,
            queue=queue,
            checks_per_hour=settings.checks_per_hour,
            hour=timing.verification_period,
            verify=self._verify,
        )
        self._errands = AwaitedJobs(queue)
        self._intents = IntentLog(book, timing)
        self._steps = SlotExecutor(
            book=book,
            line=line,
            vault=vault,
            intents=self._intents,
            on_change=self._on_change,
        )
        self._released_until: dict[int, datetime] = {}
        self._removable: frozenset[int] = frozenset()
        self.allocator = SlotAllocator(
            hass,
            book=book,
            line=line,
            queue=queue,
            timing=timing,
            slot_range=settings.slots,
            on_allocated=self._schedule,
            on_change=self._on_change,
        )

    # What comes from above

    @callback
    def set_plan(self, plan: LockPlan) -> None:
        """Make the slots go for what is wanted now, revocations first."""
        for slot, event in plan.changes:
            self._dispatch(slot, event)
        for slot, label in plan.person_names.items():
            self._book.save(replace(self._book.records[slot], person_name=label))
        self._removable = frozenset(plan.removable)
        for slot in plan.removable:
            self._remove_if_cleared(slot)
        self.allocator.set_wanted(plan.unassigned)
        self._on_change()

    @callback
    def dispatch(self, slot: int, event: Event) -> None:
        """Let a user's word or another event change a slot, and follow it up."""
        self._dispatch(slot, event)
        self._on_change()

    @callback
    def release(self, slot: int) -> bool:
        """Give up a slot that holds nothing of ours; return whether that is proven."""
        record = self._book.records.get(slot)
        if record is None or not can_release(record):
            return False
        self.forget(slot)
        return True

    @callback
    def forget(self, slot: int) -> None:
        """Drop a slot's record, whatever the slot holds."""
        if slot in self._book.records:
            self._forget(slot)
            self._on_change()

    @callback
    def mark_owner_saved(self, slot: int) -> None:
        """Treat a slot's owner as one that was there, and was removed."""
        if (record := self._book.records.get(slot)) is not None:
            self._book.save(replace(record, owner_saved=True))
            self._on_change()

    async def async_read_slot(self, slot: int) -> SlotReading | None:
        """Return what the lock shows of a slot now, with its code if it gives it."""
        self._line.retry_now()
        return await self._errands.async_run(
            ("show", slot), Priority.VERIFY, partial(self._line.async_read, slot)
        )

    async def async_verify(self, slots: Iterable[int]) -> dict[int, bool]:
        """Read slots back now; return for each whether the lock answered.

        A lock that is out of reach is tried once, at once. Codes that it did not switch
        off are tried to be again.
        """
        self._line.retry_now()
        asked = list(slots)
        for slot in asked:
            self._reset_disable_unsupported(slot)
        answers = await asyncio.gather(
            *(
                self._errands.async_run(
                    ("verify", slot), Priority.VERIFY, partial(self._verify, slot)
                )
                for slot in asked
            )
        )
        return {slot: bool(answer) for slot, answer in zip(asked, answers, strict=True)}

    async def async_check_capacity(
        self, capabilities: Capabilities
    ) -> SlotCount | None:
        """Return how the slots are taken if none is free, else None.

        Reads until one is seen empty. Raises LockUnreachable if the lock is silent.
        """
        found: SlotCount | None
        if capabilities.shows_occupancy:
            self._line.retry_now()
            found = await self._errands.async_run(
                "look", Priority.WRITE, partial(self.allocator.async_look, capabilities)
            )
        else:
            found = self.allocator.count_reserved(capabilities)
        if found is None:
            raise LockUnreachableError
        return None if found.has_free else found

    # What comes from below

    @callback
    def is_expected_report(self, event: SlotChanged) -> bool:
        """Return whether a slot that is not ours any more was cleared by us just now."""
        now = dt_util.utcnow()
        self._released_until = {
            slot: until for slot, until in self._released_until.items() if until > now
        }
        return event.slot in self._released_until and event.change is not ChangeKind.SET

    @callback
    def on_slot_changed(self, event: SlotChanged) -> None:
        """The lock says that a slot, or every slot, was changed."""
        slots = list(self._book.records) if event.slot is None else [event.slot]
        self.allocator.invalidate(None if event.slot is None else event.slot)
        for slot in slots:
            if slot in self._book.records:
                self._dispatch(slot, ChangeReported(event.change))
        self._on_change()

    @callback
    def verify_after_missed_reports(self) -> None:
        """Reports of the lock were lost: read what is at rest without waiting for it."""
        self._sweep.verify_all_soon()

    @callback
    def on_regained(self) -> None:
        """The lock was away: read what is uncertain at once, the rest by and by."""
        for slot in list(self._book.records):
            # the call that found the lock again is itself about to say what it did
            if not self._queue.is_running(slot):
                self._dispatch(slot, Restarted())
        self._sweep.start()
        self.allocator.retry()

    @callback
    def on_lost(self) -> None:
        """Nobody is to wait for a lock that does not answer."""
        self._sweep.stop()
        self._errands.cancel_all()

    @callback
    def queue_retry(self) -> bool:
        """Find a job to try a silent lock with; return whether there is one."""
        self.allocator.retry()
        if (
            self._queue.is_idle
            and self._book.rules.shows_occupancy
            and self._book.records
        ):
            # nothing is due: the slot that is the least certain is worth a look
            record = min(self._book.records.values(), key=_retry_order)
            trial = partial(self._verify, record.slot)
            self._queue.submit(("trial", record.slot), Priority.SCAN, trial)
        return not self._queue.is_idle

    @callback
    def on_storage_changed(self) -> None:
        """The disk works again, or does not: writes follow it."""
        self._intents.reset_backoff()
        if not self._book.is_storage_failing:
            for slot in list(self._book.records):
                self._schedule(slot)

    @callback
    def close(self) -> None:
        """Stop: no timer stays."""
        self._wakeups.close()
        self._sweep.close()
        self.allocator.close()
        self._errands.close()

    # One slot

    @callback
    def _dispatch(self, slot: int, event: Event) -> None:
        try:
            self._book.dispatch(slot, event)
            self._schedule(slot)
        except Exception as err:  # noqa: BLE001 - a fault of one slot stays there
            _LOGGER.error(
                "Slot %s failed on %s with %s",
                slot,
                type(event).__name__,
                type(err).__name__,
            )

    @callback
    def _schedule(self, slot: int) -> None:
        """Queue what the slot needs now, and set its next wake-up."""
        record = self._book.records[slot]
        now = dt_util.utcnow()
        moments = []
        for effect in effects_of(record, now, self._book.rules):
            match effect:
                case Write(after) | Clear(after) | Read(after) | Switch(after):
                    gives = isinstance(effect, Write) or (
                        isinstance(effect, Switch) and effect.on
                    )
                    if gives or is_preflight_read(record):
                        after = max(after, self._intents.ready_at(record, now))
                    if after > now:
                        moments.append(after)
                    elif not self._queue.is_running(slot):
                        priority = self._priority(record, effect)
                        self._queue.submit(
                            slot, priority, partial(self._async_run_slot, slot)
                        )
                case WakeAt(at):
                    moments.append(at)
        self._wakeups.schedule(slot, min(moments, default=None))

    def _priority(self, record: SlotRecord, step: Step) -> Priority:
        if record.desired is DesiredState.ABSENT:
            return Priority.REVOKE
        if isinstance(step, Read) and (record.pending or record.is_verified):
            return Priority.VERIFY
        return Priority.WRITE

    @callback
    def _on_due(self, slot: int) -> None:
        if slot in self._book.records:
            self._dispatch(slot, DeadlinePassed())
            if slot in self._removable:
                self._remove_if_cleared(slot)
            self._on_change()

    async def _async_run_slot(self, slot: int) -> None:
        """Carry a slot on until nothing is due, or something else is more urgent."""
        try:
            await self._async_run_steps(slot)
        except Exception:
            # a fault of ours: the queue tells it, and the slot is not forgotten
            retry_at = dt_util.utcnow() + self._timing.unreachable_backoff
            self._wakeups.schedule(slot, retry_at)
            raise

    async def _async_run_steps(self, slot: int) -> None:
        for _ in range(_STEPS_PER_JOB):
            record = self._book.records.get(slot)
            if record is None:
                return
            now = dt_util.utcnow()
            step = next_step(record, now, self._book.rules)
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
        """Follow a slot up from the end of its own job."""
        self._queue.mark_done()
        if slot in self._book.records:
            self._schedule(slot)
        self._on_change()

    @callback
    def _remove_if_cleared(self, slot: int) -> None:
        """Forget a slot whose code is gone, once nothing sent to it can still land."""
        record = self._book.records.get(slot)
        if record is not None and record.is_cleared and not record.unresolved_commands:
            self._forget(slot)

    @callback
    def _forget(self, slot: int) -> None:
        self._queue.cancel(slot)
        self._wakeups.schedule(slot, None)
        self._book.remove(slot)
        self.allocator.invalidate(slot)  # who waits for a slot may have this one
        self._released_until[slot] = dt_util.utcnow() + self._timing.write_window

    @callback
    def _on_change(self) -> None:
        self._sweep.reschedule()
        self._on_shown()

    # Reading back on request, and by and by

    @callback
    def _reset_disable_unsupported(self, slot: int) -> None:
        record = self._book.records.get(slot)
        if record is not None and record.disable_unsupported:
            self._book.save(replace(record, disable_unsupported=False))

    async def _verify(self, slot: int) -> bool:
        if slot not in self._book.records:
            return False
        answered = await self._steps.async_read(slot)
        self._requeue(slot)
        return answered


def _retry_order(record: SlotRecord) -> tuple[bool, datetime]:
    """Return what puts the slots that a look is worth most first."""
    return record.is_verified, record.verified_at or datetime.min.replace(tzinfo=UTC)
