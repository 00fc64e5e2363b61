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
from ..logic.next_step import follow_up, looks_before_write, next_step
from ..logic.plan import LockPlan
from ..logic.release import holds_nothing_of_ours
from ..model.lifecycle import (
    Change,
    Clear,
    DeadlinePassed,
    Event,
    LockSaidChanged,
    Read,
    Restarted,
    Step,
    Switch,
    Wake,
    Write,
)
from ..model.lock_events import SlotChanged
from ..model.reading import Capabilities, Reading
from ..model.settings import LockSettings
from ..model.slot import Desired, SlotRecord
from ..model.timing import Timing
from ..providers.base import LockUnreachable
from .allocator import Allocator
from .errands import Errands
from .intents import Intents
from .lock_line import LockLine
from .queue import LockQueue, Priority
from .slot_book import SlotBook
from .steps import Steps
from .stores import Vault
from .sweep import Sweep
from .wakeups import Wakeups

_LOGGER: Final = logging.getLogger(__name__)

_STEPS_PER_JOB: Final = 12
"""More than any way from one settled state to the next takes."""


class LockReconciler:
    """The engine of one lock. It asks `next_step` what to do, and does it."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        book: SlotBook,
        line: LockLine,
        queue: LockQueue,
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
        self._wakeups = Wakeups[int](hass, self._on_due)
        self._sweep = Sweep(
            hass,
            book=book,
            queue=queue,
            checks_per_hour=settings.checks_per_hour,
            hour=timing.sweep_hour,
            verify=self._verify,
        )
        self._errands = Errands(queue)
        self._intents = Intents(book, timing)
        self._steps = Steps(
            book=book,
            line=line,
            vault=vault,
            intents=self._intents,
            on_change=self._on_change,
        )
        self._left: dict[int, datetime] = {}
        self._finished: frozenset[int] = frozenset()
        self.allocator = Allocator(
            hass,
            book=book,
            line=line,
            queue=queue,
            timing=timing,
            slot_range=settings.slots,
            on_allocated=self._follow,
            on_change=self._on_change,
        )

    # What comes from above

    @callback
    def apply(self, plan: LockPlan) -> None:
        """Make the slots go for what is wanted now, revocations first."""
        for slot, event in plan.changes:
            self._dispatch(slot, event)
        for slot, label in plan.labels.items():
            self._book.put(replace(self._book.records[slot], label=label))
        self._finished = frozenset(plan.finished)
        for slot in plan.finished:
            self._let_go(slot)
        self.allocator.want(plan.unassigned)
        self._on_change()

    @callback
    def send(self, slot: int, event: Event) -> None:
        """Let a user's word or another event change a slot, and follow it up."""
        self._dispatch(slot, event)
        self._on_change()

    @callback
    def release(self, slot: int) -> bool:
        """Give up a slot that holds nothing of ours; return whether that is proven."""
        record = self._book.records.get(slot)
        if record is None or not holds_nothing_of_ours(record):
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
    def claim(self, slot: int) -> None:
        """Treat a slot's owner as one that was there, and was removed."""
        if (record := self._book.records.get(slot)) is not None:
            self._book.put(replace(record, owner_saved=True))
            self._on_change()

    async def async_show(self, slot: int) -> Reading | None:
        """Return what the lock shows of a slot now, with its code if it gives it."""
        self._line.knock()
        return await self._errands.async_run(
            ("show", slot), Priority.VERIFY, partial(self._line.async_read, slot)
        )

    async def async_verify(self, slots: Iterable[int]) -> dict[int, bool]:
        """Read slots back now; return for each whether the lock answered.

        A lock that is out of reach is tried once, at once. Codes that it did not switch
        off are tried to be again.
        """
        self._line.knock()
        asked = list(slots)
        for slot in asked:
            self._forgive(slot)
        answers = await asyncio.gather(
            *(
                self._errands.async_run(
                    ("verify", slot), Priority.VERIFY, partial(self._verify, slot)
                )
                for slot in asked
            )
        )
        return {slot: bool(answer) for slot, answer in zip(asked, answers, strict=True)}

    async def async_count_full(self, capabilities: Capabilities) -> SlotCount | None:
        """Return how the slots are taken if none is free, else None.

        Reads until one is seen empty. Raises LockUnreachable if the lock is silent.
        """
        found: SlotCount | None
        if capabilities.shows_occupancy:
            self._line.knock()
            found = await self._errands.async_run(
                "look", Priority.WRITE, partial(self.allocator.async_look, capabilities)
            )
        else:
            found = self.allocator.count_reserved(capabilities)
        if found is None:
            raise LockUnreachable
        return None if found.has_free else found

    # What comes from below

    @callback
    def is_our_echo(self, event: SlotChanged) -> bool:
        """Return whether a slot that is not ours any more was cleared by us just now."""
        now = dt_util.utcnow()
        self._left = {slot: until for slot, until in self._left.items() if until > now}
        return event.slot in self._left and event.change is not Change.SET

    @callback
    def on_slot_changed(self, event: SlotChanged) -> None:
        """The lock says that a slot, or every slot, was changed."""
        slots = list(self._book.records) if event.slot is None else [event.slot]
        self.allocator.forget_seen(None if event.slot is None else event.slot)
        for slot in slots:
            if slot in self._book.records:
                self._dispatch(slot, LockSaidChanged(event.change))
        self._on_change()

    @callback
    def catch_up(self) -> None:
        """Reports of the lock were lost: read what is at rest without waiting for it."""
        self._sweep.catch_up()

    @callback
    def on_regained(self) -> None:
        """The lock was away: read what is uncertain at once, the rest by and by."""
        for slot in list(self._book.records):
            # the call that found the lock again is itself about to say what it did
            if not self._queue.is_running(slot):
                self._dispatch(slot, Restarted())
        self._sweep.begin()
        self.allocator.resume()

    @callback
    def on_lost(self) -> None:
        """Nobody is to wait for a lock that does not answer."""
        self._sweep.stop()
        self._errands.give_up()

    @callback
    def try_again(self) -> bool:
        """Find a job to try a silent lock with; return whether there is one."""
        self.allocator.resume()
        if self._queue.is_idle and self._book.rules.can_read and self._book.records:
            # nothing is due: the slot that is the least certain is worth a look
            record = min(self._book.records.values(), key=_certainty)
            trial = partial(self._verify, record.slot)
            self._queue.submit(("trial", record.slot), Priority.SCAN, trial)
        return not self._queue.is_idle

    @callback
    def on_storage_changed(self) -> None:
        """The disk works again, or does not: writes follow it."""
        self._intents.try_again()
        if not self._book.is_storage_failing:
            for slot in list(self._book.records):
                self._follow(slot)

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
            self._follow(slot)
        except Exception as err:  # noqa: BLE001 - a fault of one slot stays there
            _LOGGER.error(
                "Slot %s failed on %s with %s",
                slot,
                type(event).__name__,
                type(err).__name__,
            )

    @callback
    def _follow(self, slot: int) -> None:
        """Queue what the slot needs now, and set its next wake-up."""
        record = self._book.records[slot]
        now = dt_util.utcnow()
        moments = []
        for effect in follow_up(record, now, self._book.rules):
            match effect:
                case Write(after) | Clear(after) | Read(after) | Switch(after):
                    gives = isinstance(effect, Write) or (
                        isinstance(effect, Switch) and effect.on
                    )
                    if gives or looks_before_write(record):
                        after = max(after, self._intents.ready_at(record, now))
                    if after > now:
                        moments.append(after)
                    elif not self._queue.is_running(slot):
                        priority = self._priority(record, effect)
                        self._queue.submit(slot, priority, partial(self._work, slot))
                case Wake(at):
                    moments.append(at)
        self._wakeups.set(slot, min(moments, default=None))

    def _priority(self, record: SlotRecord, step: Step) -> Priority:
        if record.desired is Desired.ABSENT:
            return Priority.REVOKE
        if isinstance(step, Read) and (record.pending or record.is_settled):
            return Priority.VERIFY
        return Priority.WRITE

    @callback
    def _on_due(self, slot: int) -> None:
        if slot in self._book.records:
            self._dispatch(slot, DeadlinePassed())
            if slot in self._finished:
                self._let_go(slot)
            self._on_change()

    async def _work(self, slot: int) -> None:
        """Carry a slot on until nothing is due, or something else is more urgent."""
        try:
            await self._carry_on(slot)
        except Exception:
            # a fault of ours: the queue tells it, and the slot is not forgotten
            retry_at = dt_util.utcnow() + self._timing.unreachable_backoff
            self._wakeups.set(slot, retry_at)
            raise

    async def _carry_on(self, slot: int) -> None:
        for _ in range(_STEPS_PER_JOB):
            record = self._book.records.get(slot)
            if record is None:
                return
            now = dt_util.utcnow()
            step = next_step(record, now, self._book.rules)
            if step is None or step.after > now:
                break
            if not await self._steps.async_take(record, step):
                break
            self._on_change()
            if self._queue.is_more_important_waiting(self._priority(record, step)):
                break
        self._requeue(slot)

    @callback
    def _requeue(self, slot: int) -> None:
        """Follow a slot up from the end of its own job."""
        self._queue.finish()
        if slot in self._book.records:
            self._follow(slot)
        self._on_change()

    @callback
    def _let_go(self, slot: int) -> None:
        """Forget a slot whose code is gone, once nothing sent to it can still land."""
        record = self._book.records.get(slot)
        if record is not None and record.is_gone and not record.doubts:
            self._forget(slot)

    @callback
    def _forget(self, slot: int) -> None:
        self._queue.withdraw(slot)
        self._wakeups.set(slot, None)
        self._book.drop(slot)
        self.allocator.forget_seen(slot)  # who waits for a slot may have this one
        self._left[slot] = dt_util.utcnow() + self._timing.write_window

    @callback
    def _on_change(self) -> None:
        self._sweep.follow()
        self._on_shown()

    # Reading back on request, and by and by

    @callback
    def _forgive(self, slot: int) -> None:
        record = self._book.records.get(slot)
        if record is not None and record.never_parks:
            self._book.put(replace(record, never_parks=False))

    async def _verify(self, slot: int) -> bool:
        if slot not in self._book.records:
            return False
        answered = await self._steps.async_read(slot)
        self._requeue(slot)
        return answered


def _certainty(record: SlotRecord) -> tuple[bool, datetime]:
    """Return what puts the slots that a look is worth most first."""
    return record.is_settled, record.verified_at or datetime.min.replace(tzinfo=UTC)
