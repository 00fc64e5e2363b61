"""Autolock of one door: hears what happens there, and decides with `logic.autolock`."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..logic.autolock import (
    RETRY_BASE,
    RETRY_CAP,
    duration_of,
    judge,
    retry_after,
)
from ..model.autolock import (
    Armed,
    AutolockRules,
    Door,
    Failure,
    Notice,
    Position,
    Situation,
    StateKnown,
    Told,
    Verdict,
)
from ..model.credential import LockId, PersonId
from ..model.lock_events import Action, Jammed, Method, Operated
from .command import LockCommand
from .store import TimerEntry, TimerStore
from .timer import Again, AutolockTimer, Finished, Outcome, Waits

_LOGGER: Final = logging.getLogger(__name__)

PATIENCE: Final = timedelta(seconds=60)
"""How long a lock may take to come back from a command."""
CONFIRM: Final = timedelta(seconds=30)
"""How long it may take to show the effect after that."""
BOLT: Final = timedelta(seconds=10)
"""How long somebody else's locking is waited for."""
AWAITED: Final = timedelta(minutes=5)
"""How long after a start a lock that is not there yet is no failure."""
LATE: Final = timedelta(minutes=5)
"""How long after a command a bolt that comes out is ours."""

_FAILURES: Final = {
    Position.UNAVAILABLE: Failure.UNAVAILABLE,
    Position.MISSING: Failure.MISSING,
}


class AutolockGuard:
    """Arms, cancels and carries out the timer of one lock.

    Events are taken in at once; what they do to the timer goes through its queue in the
    order in which they came.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        lock: LockId,
        *,
        store: TimerStore,
        is_night: Callable[[AutolockRules], bool],
        tell: Callable[[Told], None],
        on_change: Callable[[], None],
    ) -> None:
        """Guard a lock that nothing is known of yet."""
        self._hass = hass
        self._lock = lock
        self._is_night = is_night
        self._tell = tell
        self._rules = AutolockRules()
        self._position = Position.MISSING
        self._rested: Position | None = None
        self._door = Door.NOT_WATCHED
        self._door_rested: Door | None = None
        self._operated_at: datetime | None = None
        self._told: Notice | None = None
        self._command: LockCommand | None = None
        self._commanding: asyncio.Task[Failure | None] | None = None
        self._commanded_at: float | None = None
        self._wait_until = 0.0
        self._awaited_until = hass.loop.time() + AWAITED.total_seconds()
        self._timer = AutolockTimer(hass, lock, store, self._async_act, on_change)

    @property
    def entry(self) -> TimerEntry | None:
        """Return what the timer is for, None while there is nothing to be locked."""
        return self._timer.entry

    @property
    def is_running(self) -> bool:
        """Return whether the timer fires by itself."""
        return self._timer.is_running

    async def async_start(self, rules: AutolockRules) -> None:
        """Go on with what an earlier run left. Uses no lock before one is heard of."""
        self._rules = rules
        await self._timer.recover()
        entry = self._timer.entry
        if entry is not None and not rules.enabled:
            await self._timer.cancel()
        elif entry is not None:
            self._operated_at = entry.operated_at
            await self._timer.judge(AWAITED)

    async def async_close(self) -> None:
        """Stop; the intent stays for the next start, a command goes on by itself."""
        await self._timer.close()

    # What is heard

    @callback
    def on_rules(self, rules: AutolockRules) -> None:
        """The owner wants something else; new durations count from the next unlock."""
        before, self._rules = self._rules, rules
        if before.enabled and not rules.enabled:
            self._disarm()
        elif rules.enabled and not before.enabled and self._position.is_open:
            self._arm(Armed.SWITCHED_ON)
        elif before != rules:
            self._judge()

    @callback
    def on_state(self, known: StateKnown) -> None:
        """The lock's entity shows something else than before."""
        before, self._position = self._position, known.position
        if self._command is not None:
            self._command.heard(known.position)
        if not known.position.is_known:
            return
        rested, self._rested = self._rested, known.position
        if known.position is Position.LOCKED:
            self._on_locked()
        elif not self._rules.enabled:
            return
        elif not self._timer.is_armed and rested in (None, Position.LOCKED):
            found = rested is None
            self._arm(Armed.FOUND_UNLOCKED if found else Armed.UNLOCKED)
        elif rested is None or not before.is_known:
            self._judge()
        elif self._commanding is None:
            # a lock that moves about after a failure is no reason to hurry
            self._judge(timedelta(seconds=self._wait_until - self._hass.loop.time()))

    @callback
    def on_operated(self, event: Operated, person: PersonId | None) -> None:
        """Somebody moved the bolt."""
        if event.action is not Action.UNLOCK or not self._rules.enabled:
            return
        if self._operated_at is not None and event.at <= self._operated_at:
            return
        self._operated_at = event.at
        self._arm(Armed.UNLOCKED, self._duration(person, event.method))

    @callback
    def on_jammed(self, _event: Jammed) -> None:
        """The bolt could not move; some locks say it besides their state."""
        if self._command is not None:
            self._command.heard(Position.JAMMED)

    @callback
    def on_door(self, door: Door) -> None:
        """The door's sensor shows something else than before."""
        before, self._door = self._door, door
        if before is door:
            return
        rested = self._door_rested
        if door is not Door.UNKNOWN:
            self._door_rested = door
        entry = self._timer.entry
        if door is Door.OPEN:
            if entry is not None and entry.armed is Armed.DOOR_CLOSED:
                # it was closed for a moment only
                self._arm(Armed.UNLOCKED)
            return
        if self._told is Notice.LOCKED_WHILE_OPEN:
            self._told_settled()
        closed = door is Door.CLOSED and rested is Door.OPEN
        if closed and self._rules.lock_when_closed and self._would_be_sooner():
            self._arm(Armed.DOOR_CLOSED, self._rules.after_close)
        else:
            self._judge(self._rules.after_close)

    def _would_be_sooner(self) -> bool:
        """Return whether locking after this closing comes before the timer does."""
        if not self._rules.enabled or not self._position.is_open:
            return False
        return (
            not self._timer.is_armed or -self._timer.overdue > self._rules.after_close
        )

    # What is asked for

    async def async_start_timer(self, duration: timedelta) -> None:
        """Start the time again, whatever it was."""
        self._told_settled()
        await self._timer.start(Armed.ACTION, duration, self._operated_at)

    async def async_cancel_timer(self) -> None:
        """Leave the door as it is until the next unlock."""
        self._told_settled()
        await self._timer.cancel()

    # What follows

    def _duration(self, person: PersonId | None, method: Method | None) -> timedelta:
        night = self._is_night(self._rules)
        return duration_of(self._rules, night=night, person=person, method=method)

    @callback
    def _arm(self, armed: Armed, duration: timedelta | None = None) -> None:
        self._told_settled()
        if duration is None:
            duration = self._duration(None, None)
        self._timer.start(armed, duration, self._operated_at)

    @callback
    def _disarm(self) -> None:
        self._told_settled()
        self._timer.cancel()

    @callback
    def _judge(self, after: timedelta = timedelta(0)) -> None:
        """Let the timer ask again, but never send commands one after the other."""
        if self._commanded_at is not None:
            since = timedelta(seconds=self._hass.loop.time() - self._commanded_at)
            after = max(after, RETRY_BASE - since)
        self._timer.judge(max(after, timedelta(0)))

    @callback
    def _on_locked(self) -> None:
        commanded_at = self._commanded_at
        self._disarm()
        self._commanded_at = None
        if self._door is not Door.OPEN or commanded_at is None:
            return
        if self._hass.loop.time() - commanded_at < LATE.total_seconds():
            self._say_once(Told(Notice.LOCKED_WHILE_OPEN))

    async def _async_act(self, entry: TimerEntry) -> Outcome:
        """Judge the door anew, and lock it if that is right."""
        match judge(self._situation()):
            case Verdict.DROP:
                self._told_settled()
                return Finished()
            case Verdict.WAIT_FOR_LOCK:
                left = self._awaited_until - self._hass.loop.time()
                return Again(timedelta(seconds=left), failed=False)
            case Verdict.WAIT_FOR_BOLT:
                return Again(BOLT, failed=False)
            case Verdict.WAIT_FOR_DOOR:
                self._say_once(Told(Notice.DOOR_OPEN))
                return Waits()
            case Verdict.WAIT_FOR_SENSOR:
                self._say_once(Told(Notice.DOOR_UNKNOWN))
                return Waits()
            case Verdict.FAIL:
                return self._failed(entry, _FAILURES[self._position])
        failure = await self._async_lock()
        return Finished() if failure is None else self._failed(entry, failure)

    def _situation(self) -> Situation:
        return Situation(
            enabled=self._rules.enabled,
            position=self._position,
            door=self._door,
            unknown_door=self._rules.unknown_door,
            overdue=self._timer.overdue,
            seen=self._rested is not None
            or self._hass.loop.time() >= self._awaited_until,
        )

    async def _async_lock(self) -> Failure | None:
        """Send the command; it goes on where nobody waits for it any more."""
        if self._commanding is None:
            self._commanded_at = self._hass.loop.time()
            self._command = LockCommand(self._hass, self._lock, PATIENCE, CONFIRM)
            self._commanding = self._hass.async_create_background_task(
                self._command.async_run(),
                f"keyholder locks {self._lock}",
                eager_start=False,
            )
            self._commanding.add_done_callback(self._on_commanded)
        return await asyncio.shield(self._commanding)

    @callback
    def _on_commanded(self, task: asyncio.Task[Failure | None]) -> None:
        self._command = self._commanding = None
        if not task.cancelled() and task.exception() is None and task.result() is None:
            self._say(Told(Notice.AUTOLOCKED))

    def _failed(self, entry: TimerEntry, failure: Failure) -> Outcome:
        wait = retry_after(entry.attempt + 1)
        until = RETRY_CAP if wait is None else wait
        self._wait_until = self._hass.loop.time() + until.total_seconds()
        if wait is None:
            self._say_once(Told(Notice.GAVE_UP, failure))
            return Waits(failed=True)
        self._say_once(Told(Notice.FAILED, failure))
        return Again(wait, failed=True)

    # What is told

    @callback
    def _say_once(self, told: Told) -> None:
        if self._told is not told.notice:
            self._say(told)
            self._told = told.notice

    @callback
    def _told_settled(self) -> None:
        if self._told is not None:
            self._told = None
            self._say(Told(Notice.SETTLED))

    @callback
    def _say(self, told: Told) -> None:
        try:
            self._tell(told)
        except Exception:
            _LOGGER.exception("What autolock has to say cannot be told")
