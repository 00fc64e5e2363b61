"""Autolock of one door: hears what happens there, and decides with `logic.autolock`."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..logic.autolock import (
    RETRY_CAP,
    duration_of,
    is_in_doubt,
    judge,
    refuted_by,
    retry_after,
    spacing,
)
from ..model.autolock import (
    Armed,
    AutolockRules,
    Door,
    Failure,
    Notice,
    Position,
    Situation,
    Told,
    Verdict,
)
from ..model.credential import LockId, PersonId
from ..model.lock_events import Action, Jammed, Method, Operated
from .belief import Belief
from .bolt import Bolt
from .command import AWAY, CONFIRM, PATIENCE, LockCommand
from .door_sensor import DoorSensor
from .store import TimerEntry, TimerStore
from .timer import Again, AutolockTimer, Done, Finished, Outcome, Waits
from .unlocks import Unlocks
from .voice import Voice

_LOGGER: Final = logging.getLogger(__name__)

BOLT: Final = timedelta(seconds=10)
"""After how long a bolt that was on its way is looked at again."""
AWAITED: Final = timedelta(minutes=5)
"""How long after a start a lock that is not there yet is no failure."""
LATE: Final = timedelta(minutes=5)
"""How long after a command a bolt that comes out is ours."""


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
        self._voice = Voice(tell)
        self._belief = Belief(hass)
        self._rules = AutolockRules()
        self._bolt = Bolt(hass)
        self._sensor = DoorSensor(hass)
        self._unlocks = Unlocks(hass)
        self._command: LockCommand | None = None
        self._commanding: asyncio.Task[Failure | None] | None = None
        self._commanded_at: float | None = None
        self._commands = 0
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
            self._unlocks.reported_at = entry.operated_at
            await self._timer.judge(AWAITED)

    async def async_close(self) -> None:
        """Stop; the intent stays for the next start, a command goes on by itself."""
        self._voice.close()
        await self._timer.close()

    # What is heard

    @callback
    def on_rules(self, rules: AutolockRules) -> None:
        """The owner wants something else; new durations count from the next unlock."""
        before, self._rules = self._rules, rules
        if before.enabled and not rules.enabled:
            self._disarm()
        elif rules.enabled and not before.enabled and self._bolt.is_unlocked:
            self._arm(Armed.SWITCHED_ON)
        elif before != rules:
            self._judge()

    @callback
    def on_position(self, position: Position) -> None:
        """The lock's entity shows something else than before."""
        if self._bolt.position is position:
            return
        rested = self._bolt.shows(position)
        was_away = self._bolt.was_away
        if self._command is not None:
            self._command.heard(position)
        if position in AWAY:
            return
        if position is Position.LOCKING:
            if was_away:
                self._judge()
            return
        if position is Position.LOCKED:
            self._on_locked(again=rested is position)
            return
        if not self._rules.enabled:
            return
        was_locked = rested is Position.LOCKED
        begins = rested is None or (was_locked and self._unlocks.shown())
        if self._refute(position):
            return
        if begins and self._timer.intent is None:
            # a jam may still say that nobody has unlocked it
            armed = Armed.UNLOCKED if was_locked else Armed.FOUND_UNLOCKED
            self._arm(armed, in_doubt=was_locked)
        elif rested is None or was_away:
            self._judge()
        elif self._command is None:
            # a lock that moves about after a failure is no reason to hurry
            self._judge(timedelta(seconds=self._wait_until - self._hass.loop.time()))

    @callback
    def on_operated(self, event: Operated, person: PersonId | None) -> None:
        """Somebody moved the bolt."""
        if event.action is not Action.UNLOCK or not self._rules.enabled:
            return
        if self._unlocks.reported(event.at):
            self._arm(Armed.UNLOCKED, self._duration(person, event.method))

    @callback
    def on_jammed(self, _event: Jammed) -> None:
        """The bolt could not move; some locks say it besides their state."""
        if self._command is not None:
            self._command.told_jam()
        self._refute(Position.JAMMED)

    @callback
    def on_answering(self) -> None:
        """The lock can be reached again; not every entity shows that it was not."""
        self._judge()

    @callback
    def on_door(self, door: Door) -> None:
        """The door's sensor shows something else than before."""
        if self._sensor.door is door:
            return
        before = self._sensor.shows(door)
        intent = self._timer.intent
        if door is Door.OPEN:
            if intent is not None and intent.armed is Armed.DOOR_CLOSED:
                # it was closed for a moment only
                self._arm(Armed.UNLOCKED)
            return
        if door is not Door.UNKNOWN and self._voice.last is Notice.LOCKED_WHILE_OPEN:
            self._voice.settle()
        closed = door is Door.CLOSED and before is Door.OPEN
        if closed and self._rules.lock_when_closed and self._would_be_sooner():
            self._arm(Armed.DOOR_CLOSED, self._rules.after_close)
        else:
            self._judge(self._rules.after_close)

    def _would_be_sooner(self) -> bool:
        """Return whether locking after this closing comes before the timer does."""
        # without an intent somebody wants the door to stay as it is
        if self._timer.intent is None or not self._bolt.is_unlocked:
            return False
        return -self._timer.overdue > self._rules.after_close

    # What is asked for

    async def async_start_timer(self, duration: timedelta) -> bool:
        """Start the time again, whatever it was.

        Return False where there is nothing to be locked: autolock is off, or the lock
        shows that it is locked and has reported no unlock.
        """
        if not self._rules.enabled:
            return False
        if self._bolt.position is Position.LOCKED and self._timer.intent is None:
            return False
        self._unlocks.answered()
        await self._arm(Armed.ACTION, duration)
        return True

    async def async_cancel_timer(self) -> None:
        """Leave the door as it is until the next unlock."""
        self._unlocks.answered()
        self._voice.settle()
        self._belief.end()
        await self._timer.cancel()

    # What follows

    def _duration(self, person: PersonId | None, method: Method | None) -> timedelta:
        try:
            night = self._is_night(self._rules)
        except Exception:
            _LOGGER.exception("Autolock cannot tell whether it is night")
            night = self._rules.night < self._rules.day
        return duration_of(self._rules, night=night, person=person, method=method)

    @callback
    def _arm(
        self, armed: Armed, duration: timedelta | None = None, *, in_doubt: bool = False
    ) -> Done:
        self._renew(in_doubt=in_doubt)
        if duration is None:
            duration = self._duration(None, None)
        return self._timer.start(armed, duration, self._unlocks.reported_at)

    @callback
    def _renew(self, *, in_doubt: bool = False) -> None:
        """What has failed so far does not count for what begins now."""
        self._voice.settle()
        if not in_doubt:
            self._belief.end()
        self._wait_until = 0.0
        self._commands = 0

    @callback
    def _disarm(self) -> None:
        self._renew()
        self._timer.cancel()

    @callback
    def _judge(self, after: timedelta = timedelta(0)) -> None:
        """Let the timer ask again, but never send commands one after the other."""
        if self._commanded_at is not None and self._commands:
            since = timedelta(seconds=self._hass.loop.time() - self._commanded_at)
            after = max(after, spacing(self._commands) - since)
        self._timer.judge(max(after, timedelta(0)))

    @callback
    def _on_locked(self, *, again: bool) -> None:
        """The lock shows that it is locked, `again` if it was only away meanwhile."""
        commanded_at, entry = self._commanded_at, self._timer.entry
        overdue = self._timer.overdue
        self._renew(in_doubt=again)
        self._timer.cancel()
        self._unlocks.end()
        self._commanded_at = None
        if self._command is not None and entry is not None and overdue >= timedelta(0):
            self._belief.begin(entry)
            if self._command.is_jam_told:
                self._refute(Position.JAMMED)
                return
        if self._sensor.door is not Door.OPEN or commanded_at is None:
            return
        if self._hass.loop.time() - commanded_at < LATE.total_seconds():
            self._voice.say_once(Told(Notice.LOCKED_WHILE_OPEN))

    @callback
    def _refute(self, position: Position) -> bool:
        """Take up again what only seemed to be locked; return whether that is known."""
        # an unlock that is reported after the command ends what was believed
        reports = self._unlocks.reported_at is not None
        entry = self._belief.entry
        locked = self._belief.reported_locked(reports_unlocks=reports)
        if locked is None or entry is None:
            return False
        failure = refuted_by(position, locked)
        if self._belief.is_refuted:
            if failure is Failure.JAMMED:
                self._failed(entry, failure)
            return is_in_doubt(locked)
        if failure is None:
            return False
        self._belief.is_refuted = True
        self._commanded_at = self._hass.loop.time()
        failed = self._commands = entry.attempt + 1
        # somebody may be at the door whose unlock is reported in a moment
        if failure is Failure.JAMMED or failed > 1:
            self._failed(entry, failure)
        self._timer.take_up(replace(entry, attempt=failed), retry_after(failed))
        return True

    async def _async_act(self, entry: TimerEntry) -> Outcome:
        """Judge the door anew, and lock it if that is right."""
        match judge(self.situation()):
            case Verdict.DROP:
                self._voice.settle()
                self._belief.end()
                return Finished()
            case Verdict.WAIT_FOR_LOCK:
                left = self._awaited_until - self._hass.loop.time()
                return Again(timedelta(seconds=left), failed=False)
            case Verdict.WAIT_FOR_BOLT:
                return Again(BOLT, failed=False)
            case Verdict.WAIT_FOR_LEAF:
                closing = self._sensor.closing(self._rules.after_close)
                return Again(closing, failed=False)
            case Verdict.WAIT_FOR_DOOR:
                self._voice.say_once(Told(Notice.DOOR_OPEN))
                return Waits()
            case Verdict.WAIT_FOR_SENSOR:
                self._voice.say_once(Told(Notice.DOOR_UNKNOWN))
                return Waits()
            case Verdict.FAIL:
                return self._failed(entry, AWAY[self._bolt.position])
        if self._commanding is not None:
            # an earlier intent's: what has come of it by then is judged anew
            await asyncio.wait({self._commanding})
            return Again(timedelta(0), failed=False)
        failure = await self._async_lock()
        if failure is None or self._timer.intent is not entry:
            # the lock has shown meanwhile what became of it
            return Finished()
        return self._failed(entry, failure)

    def situation(self) -> Situation:
        """Return what a judgement goes by now."""
        now = self._hass.loop.time()
        door = self._sensor.door
        if door is Door.NOT_WATCHED and self._rules.door is not None:
            # its sensor is not heard yet
            door = Door.UNKNOWN
        return Situation(
            enabled=self._rules.enabled,
            position=self._bolt.position,
            door=door,
            unknown_door=self._rules.unknown_door,
            overdue=self._timer.overdue,
            seen=self._bolt.rested is not None or now >= self._awaited_until,
            closing=self._sensor.closing(self._rules.after_close),
            moving=self._bolt.moving,
        )

    async def _async_lock(self) -> Failure | None:
        """Send the command; it goes on where nobody waits for it any more."""
        self._commanded_at = self._hass.loop.time()
        self._commands += 1
        self._belief.end()
        self._command = LockCommand(self._hass, self._lock, PATIENCE, CONFIRM)
        # eager: nothing comes between the judgement and the command
        self._commanding = self._hass.async_create_background_task(
            self._command.async_run(), f"keyholder locks {self._lock}"
        )
        self._commanding.add_done_callback(self._on_commanded)
        return await asyncio.shield(self._commanding)

    @callback
    def _on_commanded(self, task: asyncio.Task[Failure | None]) -> None:
        self._command = self._commanding = None
        self._belief.on_returned()
        if not task.cancelled() and task.exception() is None and task.result() is None:
            self._voice.say(Told(Notice.AUTOLOCKED))

    def _failed(self, entry: TimerEntry, failure: Failure) -> Outcome:
        wait = retry_after(entry.attempt + 1)
        self._wait_until = self._hass.loop.time() + (wait or RETRY_CAP).total_seconds()
        if wait is None:
            self._voice.say_once(Told(Notice.GAVE_UP, failure))
            return Waits(failed=True)
        self._voice.say_once(Told(Notice.FAILED, failure))
        return Again(wait, failed=True)
