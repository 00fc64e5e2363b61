"""Persistent autolock timer of one lock, driven by a serial command queue."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..logic.autolock import outcome_of_failure, remaining
from ..model.autolock import TimerReason
from ..model.autolock_timer import (
    Finished,
    RetryAfter,
    TimerEntry,
    TimerOutcome,
    TimerStatus,
)
from ..model.credential import LockId
from .entity_state import async_log_name
from .scheduled_fire import ScheduledFire, is_being_cancelled
from .store import TimerStore

_LOGGER: Final = logging.getLogger(__name__)


class TimerState(StrEnum):
    """Lifecycle of a timer."""

    FRESH = "fresh"
    """The stored entry has not been loaded yet."""
    ACTIVE = "active"
    """There is an entry: it counts down, is being executed, or waits for a change."""
    DONE = "done"
    """There is no entry; a start makes the timer active again."""


type OnElapsed = Callable[[TimerEntry], Awaitable[TimerOutcome]]
type CommandFuture = asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Command:
    """A queued command; with `sets_entry` the timer has this entry after it."""

    run: Callable[[], Awaitable[None]]
    sets_entry: bool
    entry: TimerEntry | None
    done: CommandFuture


class AutolockTimer:
    """Holds at most one entry, stored before it starts to count down.

    Every command joins one serial queue when it is called, and runs to its end whether or
    not the returned future is awaited. Firing is not a command, but its outcome is: so a
    cancellation never waits for a lock. `on_elapsed` is called when the time has elapsed;
    it resolves the lock itself.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        lock: LockId,
        store: TimerStore,
        on_elapsed: OnElapsed,
        on_change: Callable[[], None],
    ) -> None:
        """Initialize; call `recover` before any other command."""
        self._hass = hass
        self._lock = lock
        self._store = store
        self._on_elapsed = on_elapsed
        self._on_change = on_change
        self._commands: deque[_Command] = deque()
        self._running: _Command | None = None
        self._worker: asyncio.Task[None] | None = None
        self._fire: ScheduledFire | None = None
        self._due = 0.0
        self._fired = False
        self._evaluate_at: float | None = None
        self._fire_count = 0
        self._closing: CommandFuture | None = None
        self.state = TimerState.FRESH
        self.entry: TimerEntry | None = None

    @property
    def is_running(self) -> bool:
        """Return whether the timer is waiting to fire or is firing."""
        fire = self._fire
        return fire is not None and (fire.is_waiting or fire.is_in_flight)

    @property
    def pending_entry(self) -> TimerEntry | None:
        """Return the entry that remains once all queued commands have run."""
        for command in (*reversed(self._commands), self._running):
            if command is not None and command.sets_entry:
                return command.entry
        return self.entry

    @property
    def overdue_by(self) -> timedelta:
        """Return the time since the entry elapsed, negative while it counts down."""
        return timedelta(seconds=self._hass.loop.time() - self._due)

    @property
    def status(self) -> TimerStatus:
        """Return the entries and how long the timer has been overdue, at this moment."""
        return TimerStatus(
            entry=self.entry,
            pending_entry=self.pending_entry,
            overdue_by=self.overdue_by,
        )

    def recover(self) -> CommandFuture:
        """Load the stored entry.

        A deadline in the future is resumed; an elapsed entry waits for `evaluate`.
        """
        return self._queue(self._recover)

    def start(
        self,
        reason: TimerReason,
        duration: timedelta,
        operated_at: datetime | None = None,
    ) -> CommandFuture:
        """Start with a new entry whose duration counts from now."""
        entry = TimerEntry(
            lock=self._lock,
            deadline=dt_util.utcnow() + duration,
            duration=duration,
            reason=reason,
            operated_at=operated_at,
        )
        due = self._due = self._hass.loop.time() + duration.total_seconds()
        return self._queue(
            lambda: self._start(entry, due), sets_entry=True, entry=entry
        )

    def resume_entry(self, entry: TimerEntry, after: timedelta | None) -> CommandFuture:
        """Resume an entry that was considered finished.

        Without `after`, wait for the next state change.
        """
        now = self._hass.loop.time()
        at = None if after is None else now + after.total_seconds()
        # a later start may have set another deadline
        self._due = min(self._due, now)
        return self._queue(
            lambda: self._resume_finished(entry, at), sets_entry=True, entry=entry
        )

    def cancel(self) -> CommandFuture:
        """Delete the entry, if there is one."""
        return self._queue(self._cancel, sets_entry=True)

    def evaluate(self, after: timedelta = timedelta(0)) -> CommandFuture:
        """Call `on_elapsed` again after a delay, if the entry has elapsed."""
        at = self._hass.loop.time() + after.total_seconds()
        fire_count = self._fire_count
        return self._queue(lambda: self._evaluate(at, fire_count))

    def close(self) -> CommandFuture:
        """Stop. The entry stays stored for the next start."""
        if self._closing is None:
            self._closing = self._queue(self._cancel_fire)
        return asyncio.shield(self._closing)

    # Commands, executed one at a time

    def _queue(
        self,
        run: Callable[[], Awaitable[None]],
        *,
        sets_entry: bool = False,
        entry: TimerEntry | None = None,
    ) -> CommandFuture:
        done: CommandFuture = self._hass.loop.create_future()
        if self._closing is not None:
            done.set_result(None)
            return done
        self._commands.append(_Command(run, sets_entry, entry, done))
        if self._worker is None:
            self._worker = self._hass.loop.create_task(
                self._work(), name=f"keyholder autolock timer of {self._lock}"
            )
        return done

    async def _work(self) -> None:
        try:
            while self._commands:
                self._running = self._commands.popleft()
                try:
                    await self._run_guarded(self._running.run(), "Running a command of")
                finally:
                    done, self._running = self._running.done, None
                    if not done.done():
                        done.set_result(None)
                self._changed()
        finally:
            self._worker = None

    async def _recover(self) -> None:
        entry = await self._store.async_read(self._lock)
        if self.state is not TimerState.FRESH:
            return
        self._set_entry(entry)
        if entry is not None:
            await self._resume(entry)

    async def _resume(self, entry: TimerEntry) -> None:
        now = dt_util.utcnow()
        left = remaining(entry.deadline, entry.duration, now)
        ahead = left or entry.deadline - now
        self._due = self._hass.loop.time() + ahead.total_seconds()
        self._fired = not left
        if not left:
            return
        if now + left < entry.deadline:
            # the wall clock was set back: shorten the deadline, so that the next start
            # does not count the whole duration again
            entry = replace(entry, deadline=now + left)
            self._set_entry(entry)
            await self._persist(entry)
        self._schedule(entry, self._due)

    async def _start(self, entry: TimerEntry, due: float) -> None:
        await self._cancel_fire()
        self._set_entry(entry)
        if self.pending_entry is entry:
            self._due = due
        self._fired = False
        await self._persist(entry)
        self._schedule(entry, due)

    async def _resume_finished(self, entry: TimerEntry, at: float | None) -> None:
        await self._cancel_fire()
        self._set_entry(entry)
        self._fired = True
        await self._persist(entry)
        if at is not None:
            self._schedule(entry, at)

    async def _cancel(self) -> None:
        await self._cancel_fire()
        self._set_entry(None)
        # an entry that could not be deleted is evaluated again after the next start
        await self._run_guarded(
            self._store.async_remove(self._lock),
            "Deleting",
        )

    async def _evaluate(self, at: float, fire_count: int) -> None:
        if (entry := self.entry) is None or not self._fired:
            return
        if self._fire is not None and self._fire.is_in_flight:
            if fire_count == self._fire_count:
                # the change may have come too late for the running action
                self._evaluate_at = at
            return
        await self._cancel_fire()
        self._schedule(entry, at)

    async def _settle(self, entry: TimerEntry, outcome: TimerOutcome) -> None:
        if self.entry is not entry:
            return
        self._fire = None
        at, self._evaluate_at = self._evaluate_at, None
        if isinstance(outcome, Finished):
            await self._cancel()
            return
        if isinstance(outcome, RetryAfter):
            again = self._hass.loop.time() + outcome.after.total_seconds()
            at = again if at is None else min(at, again)
        if outcome.failed:
            entry = replace(entry, attempt=entry.attempt + 1)
            self._set_entry(entry)
            await self._persist(entry)
        if at is not None:
            self._schedule(entry, at)

    async def _persist(self, entry: TimerEntry) -> None:
        # a failed write must not prevent locking
        await self._run_guarded(self._store.async_write(entry), "Storing")

    async def _cancel_fire(self) -> None:
        self._evaluate_at = None
        if (fire := self._fire) is not None:
            await fire.async_cancel()
            self._fire = None

    # Internals

    async def _run_guarded(self, work: Awaitable[None], doing: str) -> None:
        """Await and log any failure, including a cancellation by the awaited code.

        `doing` begins the log line, in which the timer is named after it.
        """
        try:
            await work
        except asyncio.CancelledError:
            if is_being_cancelled():
                raise
            _LOGGER.error(
                "%s the autolock timer of %s was cancelled by the code it called",
                doing,
                self._log_name,
            )
        except Exception as err:
            _LOGGER.error(
                "%s the autolock timer of %s failed with %s",
                doing,
                self._log_name,
                type(err).__name__,
            )
            _LOGGER.debug("Traceback of the failure", exc_info=True)

    @callback
    def _changed(self) -> None:
        try:
            self._on_change()
        except Exception:
            _LOGGER.exception(
                "Listener failed on a change of the autolock timer of %s",
                self._log_name,
            )

    @property
    def _log_name(self) -> str:
        return async_log_name(self._hass, self._lock)

    def _set_entry(self, entry: TimerEntry | None) -> None:
        self.state = TimerState.DONE if entry is None else TimerState.ACTIVE
        self.entry = entry

    @callback
    def _schedule(self, entry: TimerEntry, at: float) -> None:
        if self._closing is None:
            self._fire = ScheduledFire(
                self._hass,
                timedelta(seconds=at - self._hass.loop.time()),
                lambda: self._on_fire(entry),
                f"Autolock of {self._log_name}",
            )

    async def _on_fire(self, entry: TimerEntry) -> None:
        self._fired = True
        self._fire_count += 1
        self._evaluate_at = None
        self._changed()
        outcome = outcome_of_failure(entry.attempt)
        try:
            outcome = await self._on_elapsed(entry)
        except asyncio.CancelledError:
            if is_being_cancelled():
                raise
            _LOGGER.error(
                "Locking by autolock of %s was cancelled by the code it called",
                self._log_name,
            )
        except Exception:
            _LOGGER.exception("Locking by autolock of %s failed", self._log_name)
        await asyncio.shield(self._queue(lambda: self._settle(entry, outcome)))
