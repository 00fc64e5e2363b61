"""The timer of one lock: what it is for, when it fires, and what became of it."""

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

from ..logic.autolock import remaining, retry_after
from ..model.autolock import Armed
from ..model.credential import LockId
from .scheduler import ScheduledFire
from .store import TimerEntry, TimerStore

_LOGGER: Final = logging.getLogger(__name__)


class TimerState(StrEnum):
    """The life of a timer."""

    FRESH = "fresh"
    """Nothing is known yet of what an earlier run left."""
    ACTIVE = "active"
    """There is an intent: its time runs, it is being carried out, or it waits."""
    DONE = "done"
    """There is none; a start makes it active again."""


_ALLOWED: Final = {
    TimerState.FRESH: {TimerState.ACTIVE, TimerState.DONE},
    TimerState.ACTIVE: {TimerState.ACTIVE, TimerState.DONE},
    TimerState.DONE: {TimerState.ACTIVE, TimerState.DONE},
}


@dataclass(frozen=True, slots=True)
class Finished:
    """The intent is carried out, or not wanted any more."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after a while; `failed` says whether an attempt has failed."""

    after: timedelta
    failed: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """Keep the intent until something changes; `failed` as in `Again`."""

    failed: bool = False


type Outcome = Finished | Again | Waits
type Act = Callable[[TimerEntry], Awaitable[Outcome]]
type Done = asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Command:
    """`arms` says whether there is an intent after it, None leaves that as it was."""

    run: Callable[[], Awaitable[None]]
    arms: bool | None
    done: Done


class AutolockTimer:
    """Holds at most one intent, on disk before its time runs.

    Every command takes its place in one serial queue when it is given, and runs to its
    end whether or not somebody awaits what it returns. Firing is not a command: what it
    finds is, so a cancellation never waits for a lock. `act` is asked when the time is
    over; it resolves the lock itself.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        lock: LockId,
        store: TimerStore,
        act: Act,
        on_change: Callable[[], None],
    ) -> None:
        """Make a timer that nothing is known of yet; `recover` comes first."""
        self._hass = hass
        self._lock = lock
        self._store = store
        self._act = act
        self._on_change = on_change
        self._commands: deque[_Command] = deque()
        self._running: _Command | None = None
        self._worker: asyncio.Task[None] | None = None
        self._fire: ScheduledFire | None = None
        self._due = 0.0
        self._fired = False
        self._judge_after: timedelta | None = None
        self._closed = False
        self.state = TimerState.FRESH
        self.entry: TimerEntry | None = None

    @property
    def is_running(self) -> bool:
        """Return whether it will fire by itself, or is about it."""
        fire = self._fire
        return fire is not None and (fire.is_waiting or fire.is_in_flight)

    @property
    def is_armed(self) -> bool:
        """Return whether there is an intent once all commands so far are carried out."""
        for command in reversed(self._commands):
            if command.arms is not None:
                return command.arms
        if self._running is not None and self._running.arms is not None:
            return self._running.arms
        return self.entry is not None

    @property
    def overdue(self) -> timedelta:
        """Return how long the time has been over; below zero while it runs."""
        return timedelta(seconds=self._hass.loop.time() - self._due)

    def recover(self) -> Done:
        """Go on with what an earlier run left.

        What is still ahead resumes; what is over waits to be judged.
        """
        return self._queue(self._recover)

    def start(
        self, armed: Armed, duration: timedelta, operated_at: datetime | None = None
    ) -> Done:
        """Begin anew with a time that runs from this moment."""
        entry = TimerEntry(
            lock=self._lock,
            deadline=dt_util.utcnow() + duration,
            duration=duration,
            armed=armed,
            operated_at=operated_at,
        )
        due = self._hass.loop.time() + duration.total_seconds()
        return self._queue(lambda: self._begin(entry, due), arms=True)

    def cancel(self) -> Done:
        """Drop the intent, if there is one."""
        return self._queue(self._drop, arms=False)

    def judge(self, after: timedelta = timedelta(0)) -> Done:
        """Ask again after a while what is to be done, if the time is over."""
        return self._queue(lambda: self._judge(after))

    def close(self) -> Done:
        """Stop for this run. The intent stays on disk for the next one."""
        done = self._queue(self._disarm)
        self._closed = True
        return done

    # Commands, one at a time

    def _queue(
        self, run: Callable[[], Awaitable[None]], *, arms: bool | None = None
    ) -> Done:
        done: Done = self._hass.loop.create_future()
        if self._closed:
            done.set_result(None)
            return done
        self._commands.append(_Command(run, arms, done))
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
                    await self._running.run()
                except Exception:
                    _LOGGER.exception("A command of an autolock timer failed")
                finally:
                    done, self._running = self._running.done, None
                    if not done.done():
                        done.set_result(None)
                self._on_change()
        finally:
            self._worker = None

    async def _recover(self) -> None:
        entry = await self._store.async_read(self._lock)
        if self.state is not TimerState.FRESH:
            return
        self._hold(entry)
        if entry is not None:
            now = dt_util.utcnow()
            left = remaining(entry.deadline, entry.duration, now)
            ahead = left or entry.deadline - now
            self._due = self._hass.loop.time() + ahead.total_seconds()
            self._fired = not left
            if left:
                self._schedule(left)

    async def _begin(self, entry: TimerEntry, due: float) -> None:
        await self._disarm()
        self._hold(entry)
        self._due = due
        self._fired = False
        await self._keep(entry)
        self._schedule(timedelta(seconds=due - self._hass.loop.time()))

    async def _drop(self) -> None:
        await self._disarm()
        self._hold(None)
        try:
            await self._store.async_remove(self._lock)
        except Exception as err:  # noqa: BLE001 - what is dropped here is judged anew
            _LOGGER.error("An autolock timer cannot be deleted: %s", type(err).__name__)

    async def _judge(self, after: timedelta) -> None:
        if self.entry is None or not self._fired:
            return
        if self._fire is not None and self._fire.is_in_flight:
            # what has changed may have come too late for it
            self._judge_after = after
            return
        await self._disarm()
        self._schedule(after)

    async def _settle(self, entry: TimerEntry, outcome: Outcome) -> None:
        if self.entry is not entry:
            return
        self._fire = None
        after, self._judge_after = self._judge_after, None
        match outcome:
            case Finished():
                await self._drop()
                return
            case Again(wait, failed):
                await self._note(entry, failed)
                after = wait if after is None else min(after, wait)
            case Waits(failed):
                await self._note(entry, failed)
        if after is not None:
            self._schedule(after)

    async def _note(self, entry: TimerEntry, failed: bool) -> None:
        if failed:
            entry = replace(entry, attempt=entry.attempt + 1)
            self._hold(entry)
            await self._keep(entry)

    async def _keep(self, entry: TimerEntry) -> None:
        try:
            await self._store.async_write(entry)
        except Exception as err:  # noqa: BLE001 - a door is locked without a disk, too
            _LOGGER.error("An autolock timer cannot be stored: %s", type(err).__name__)

    async def _disarm(self) -> None:
        if (fire := self._fire) is not None:
            await fire.async_cancel()
            self._fire = None

    # Inside

    def _hold(self, entry: TimerEntry | None) -> None:
        state = TimerState.DONE if entry is None else TimerState.ACTIVE
        if state not in _ALLOWED[self.state]:
            raise ValueError(f"a timer cannot be {state} after {self.state}")
        self.state = state
        self.entry = entry

    @callback
    def _schedule(self, delay: timedelta) -> None:
        if not self._closed:
            self._fire = ScheduledFire(
                self._hass, delay, self._on_fire, f"keyholder autolock of {self._lock}"
            )

    async def _on_fire(self) -> None:
        entry = self.entry
        if entry is None:
            return
        self._fired = True
        self._on_change()
        try:
            outcome = await self._act(entry)
        except Exception:
            _LOGGER.exception("Locking by autolock failed")
            wait = retry_after(entry.attempt + 1)
            outcome = Waits(failed=True) if wait is None else Again(wait, failed=True)
        await asyncio.shield(self._queue(lambda: self._settle(entry, outcome)))
