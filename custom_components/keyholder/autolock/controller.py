"""Autolock controller of one lock: state, events and actions in, lock commands out.

Decisions are made by `logic.autolock`. The timer, its store and the lock command are in
this package.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..logic.autolock import (
    RETRY_CAP,
    autolock_duration,
    decide_action,
    is_in_doubt,
    min_command_interval,
    retracted_by,
    retry_after,
)
from ..model.autolock import (
    AutolockAction,
    AutolockConfig,
    AutolockContext,
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    Door,
    Position,
    TimerReason,
)
from ..model.credential import LockId, PersonId
from ..model.lock_events import Action, Jammed, LockOperated, Method
from .bolt_state import Bolt
from .door_sensor import DoorSensor
from .lock_command import (
    COMMAND_TIMEOUT,
    CONFIRM_TIMEOUT,
    UNAVAILABLE_FAILURES,
    LockCommand,
)
from .notices import NoticePublisher
from .optimistic_state import OptimisticLockState
from .store import TimerEntry, TimerStore
from .timer import (
    AutolockTimer,
    CommandFuture,
    Finished,
    Outcome,
    RetryAfter,
    WaitForChange,
)
from .unlock_correlation import UnlockCorrelator

_LOGGER: Final = logging.getLogger(__name__)

MOVING_RECHECK: Final = timedelta(seconds=10)
"""Delay before a bolt that was locking is evaluated again."""
STARTUP_GRACE: Final = timedelta(minutes=5)
"""Time after a start in which a missing or unavailable lock is not a failure."""
LATE_LOCK_WINDOW: Final = timedelta(minutes=5)
"""Time after a command in which a locked state is attributed to that command."""


class AutolockController:
    """Starts, cancels and executes the autolock timer of one lock.

    Events are processed synchronously. Their timer commands run through the timer's
    queue in the order of the events.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        lock: LockId,
        *,
        store: TimerStore,
        is_night: Callable[[AutolockConfig], bool],
        tell: Callable[[AutolockNotice], None],
        on_change: Callable[[], None],
    ) -> None:
        """Initialize the controller; `async_start` restores the timer.

        `tell` receives notices, `on_change` is called after each change of the timer.
        """
        self._hass = hass
        self._lock = lock
        self._is_night = is_night
        self._notices = NoticePublisher(tell)
        self._optimistic_state = OptimisticLockState(hass)
        self._rules = AutolockConfig()
        self._bolt = Bolt(hass)
        self._door_sensor = DoorSensor(hass)
        self._unlocks = UnlockCorrelator(hass)
        self._command: LockCommand | None = None
        self._command_task: asyncio.Task[AutolockFailure | None] | None = None
        self._commanded_at: float | None = None
        self._unconfirmed_commands = 0
        self._wait_until = 0.0
        self._startup_grace_until = hass.loop.time() + STARTUP_GRACE.total_seconds()
        self._timer = AutolockTimer(
            hass, lock, store, self._async_on_elapsed, on_change
        )

    @property
    def entry(self) -> TimerEntry | None:
        """Return the timer entry, None while no locking is due."""
        return self._timer.entry

    @property
    def is_running(self) -> bool:
        """Return whether the timer is waiting to fire or is firing."""
        return self._timer.is_running

    async def async_start(self, rules: AutolockConfig) -> None:
        """Restore the stored timer. No command is sent before the lock has a state."""
        self._rules = rules
        await self._timer.recover()
        entry = self._timer.entry
        if entry is not None and not rules.enabled:
            await self._timer.cancel()
        elif entry is not None:
            self._unlocks.reported_at = entry.operated_at
            await self._timer.evaluate(STARTUP_GRACE)

    async def async_close(self) -> None:
        """Stop. The timer entry stays stored, and a command in flight continues."""
        self._notices.close()
        await self._timer.close()

    # Inputs

    @callback
    def on_rules(self, rules: AutolockConfig) -> None:
        """Apply a changed configuration; new durations apply from the next unlock."""
        before, self._rules = self._rules, rules
        if before.enabled and not rules.enabled:
            self._cancel_timer()
        elif rules.enabled and not before.enabled and self._bolt.is_unlocked:
            self._start_timer(TimerReason.SWITCHED_ON)
        elif before != rules:
            self._schedule_evaluation()

    @callback
    def on_position(self, position: Position) -> None:
        """Process a position of the lock entity; an unchanged one has no effect."""
        if self._bolt.position is position:
            return
        previous = self._bolt.update(position)
        was_unavailable = self._bolt.was_away
        if self._command is not None:
            self._command.on_position(position)
        if position in UNAVAILABLE_FAILURES:
            return
        if position is Position.LOCKING:
            if was_unavailable:
                self._schedule_evaluation()
            return
        if position is Position.LOCKED:
            self._on_locked(again=previous is position)
            return
        if not self._rules.enabled:
            return
        was_locked = previous is Position.LOCKED
        begins = previous is None or (was_locked and self._unlocks.on_state())
        if self._retract_confirmation(position):
            return
        if begins and self._timer.pending_entry is None:
            # a jam report may still follow: then the bolt never moved
            armed = TimerReason.UNLOCKED if was_locked else TimerReason.FOUND_UNLOCKED
            self._start_timer(armed, in_doubt=was_locked)
        elif previous is None or was_unavailable:
            self._schedule_evaluation()
        elif self._command is None:
            # a position change after a failure does not shorten the retry delay
            self._schedule_evaluation(
                timedelta(seconds=self._wait_until - self._hass.loop.time())
            )

    @callback
    def on_operated(self, event: LockOperated, person: PersonId | None) -> None:
        """Process a report that the bolt was operated; `person` is None if unknown."""
        if event.action is not Action.UNLOCK or not self._rules.enabled:
            return
        if self._unlocks.on_event(event.at):
            self._start_timer(
                TimerReason.UNLOCKED, self._duration(person, event.method)
            )

    @callback
    def on_jammed(self, _event: Jammed) -> None:
        """Process a jam report; some locks send it in addition to their state."""
        if self._command is not None:
            self._command.on_jam_reported()
        self._retract_confirmation(Position.JAMMED)

    @callback
    def on_available(self) -> None:
        """The lock is reachable again. Not every lock entity becomes unavailable."""
        self._schedule_evaluation()

    @callback
    def on_door(self, door: Door) -> None:
        """Process a state of the door sensor; an unchanged one has no effect."""
        if self._door_sensor.door is door:
            return
        before = self._door_sensor.update(door)
        intent = self._timer.pending_entry
        if door is Door.OPEN:
            if intent is not None and intent.reason is TimerReason.DOOR_CLOSED:
                # the door opened again before it was locked
                self._start_timer(TimerReason.UNLOCKED)
            return
        if (
            door is not Door.UNKNOWN
            and self._notices.active is AutolockNoticeType.LOCKED_WHILE_OPEN
        ):
            self._notices.clear()
        closed = door is Door.CLOSED and before is Door.OPEN
        if closed and self._rules.lock_when_closed and self._close_delay_is_shorter():
            self._start_timer(TimerReason.DOOR_CLOSED, self._rules.close_delay)
        else:
            self._schedule_evaluation(self._rules.close_delay)

    def _close_delay_is_shorter(self) -> bool:
        """Return whether the close delay ends before the timer fires."""
        # without a timer entry the door is meant to stay unlocked
        if self._timer.pending_entry is None or not self._bolt.is_unlocked:
            return False
        return -self._timer.overdue_by > self._rules.close_delay

    # Actions

    async def async_start_timer(self, duration: timedelta) -> bool:
        """Restart the timer with this duration.

        Return False if there is nothing to lock: autolock is off, or the lock is locked
        and has reported no unlock.
        """
        if not self._rules.enabled:
            return False
        if self._bolt.position is Position.LOCKED and self._timer.pending_entry is None:
            return False
        self._unlocks.override()
        await self._start_timer(TimerReason.ACTION, duration)
        return True

    async def async_cancel_timer(self) -> None:
        """Cancel the timer until the next unlock."""
        self._unlocks.override()
        self._notices.clear()
        self._optimistic_state.clear()
        await self._timer.cancel()

    # Timer and command

    def _duration(self, person: PersonId | None, method: Method | None) -> timedelta:
        try:
            night = self._is_night(self._rules)
        except Exception:
            _LOGGER.exception("Evaluating the night hours of autolock failed")
            night = self._rules.night < self._rules.day
        return autolock_duration(self._rules, night=night, person=person, method=method)

    @callback
    def _start_timer(
        self,
        armed: TimerReason,
        duration: timedelta | None = None,
        *,
        in_doubt: bool = False,
    ) -> CommandFuture:
        self._reset_failures(in_doubt=in_doubt)
        if duration is None:
            duration = self._duration(None, None)
        return self._timer.start(armed, duration, self._unlocks.reported_at)

    @callback
    def _reset_failures(self, *, in_doubt: bool = False) -> None:
        """Reset failure notices, retry delays and, unless `in_doubt`, the optimistic state."""
        self._notices.clear()
        if not in_doubt:
            self._optimistic_state.clear()
        self._wait_until = 0.0
        self._unconfirmed_commands = 0

    @callback
    def _cancel_timer(self) -> None:
        self._reset_failures()
        self._timer.cancel()

    @callback
    def _schedule_evaluation(self, after: timedelta = timedelta(0)) -> None:
        """Schedule an evaluation, throttled while commands stay unconfirmed."""
        if self._commanded_at is not None and self._unconfirmed_commands:
            since = timedelta(seconds=self._hass.loop.time() - self._commanded_at)
            after = max(after, min_command_interval(self._unconfirmed_commands) - since)
        self._timer.evaluate(max(after, timedelta(0)))

    @callback
    def _on_locked(self, *, again: bool) -> None:
        """Process a locked state; `again` if the last known position was locked too."""
        commanded_at, entry = self._commanded_at, self._timer.entry
        overdue = self._timer.overdue_by
        self._reset_failures(in_doubt=again)
        self._timer.cancel()
        self._unlocks.reset()
        self._commanded_at = None
        if self._command is not None and entry is not None and overdue >= timedelta(0):
            self._optimistic_state.start(entry)
            if self._command.jam_reported:
                self._retract_confirmation(Position.JAMMED)
                return
        if self._door_sensor.door is not Door.OPEN or commanded_at is None:
            return
        if self._hass.loop.time() - commanded_at < LATE_LOCK_WINDOW.total_seconds():
            self._notices.publish_once(
                AutolockNotice(AutolockNoticeType.LOCKED_WHILE_OPEN)
            )

    @callback
    def _retract_confirmation(self, position: Position) -> bool:
        """Resume the entry if this position disproves the optimistic locked state.

        Return whether the position belongs to our command and needs no timer of its own.
        """
        # an unlock reported after the command ends the optimistic state
        reports = self._unlocks.reported_at is not None
        entry = self._optimistic_state.entry
        locked = self._optimistic_state.reported_locked(reports_unlocks=reports)
        if locked is None or entry is None:
            return False
        failure = retracted_by(position, locked)
        if self._optimistic_state.is_retracted:
            if failure is AutolockFailure.JAMMED:
                self._failed(entry, failure)
            return is_in_doubt(locked)
        if failure is None:
            return False
        self._optimistic_state.is_retracted = True
        self._commanded_at = self._hass.loop.time()
        failed = self._unconfirmed_commands = entry.attempt + 1
        # the report of a real unlock may still arrive, so do not notify at once
        if failure is AutolockFailure.JAMMED or failed > 1:
            self._failed(entry, failure)
        self._timer.resume_entry(replace(entry, attempt=failed), retry_after(failed))
        return True

    async def _async_on_elapsed(self, entry: TimerEntry) -> Outcome:
        """Evaluate the door when the timer fires, and lock it if the result is to lock."""
        match decide_action(self.context()):
            case AutolockAction.CANCEL:
                self._notices.clear()
                self._optimistic_state.clear()
                return Finished()
            case AutolockAction.WAIT_FOR_AVAILABILITY:
                left = self._startup_grace_until - self._hass.loop.time()
                return RetryAfter(timedelta(seconds=left), failed=False)
            case AutolockAction.WAIT_WHILE_LOCKING:
                return RetryAfter(MOVING_RECHECK, failed=False)
            case AutolockAction.WAIT_CLOSE_DELAY:
                closing = self._door_sensor.close_delay_left(self._rules.close_delay)
                return RetryAfter(closing, failed=False)
            case AutolockAction.WAIT_FOR_DOOR:
                self._notices.publish_once(AutolockNotice(AutolockNoticeType.DOOR_OPEN))
                return WaitForChange()
            case AutolockAction.WAIT_FOR_SENSOR:
                self._notices.publish_once(
                    AutolockNotice(AutolockNoticeType.DOOR_UNKNOWN)
                )
                return WaitForChange()
            case AutolockAction.FAIL:
                return self._failed(entry, UNAVAILABLE_FAILURES[self._bolt.position])
        if self._command_task is not None:
            # a command of an earlier entry is in flight: evaluate after its result
            await asyncio.wait({self._command_task})
            return RetryAfter(timedelta(0), failed=False)
        failure = await self._async_lock()
        if failure is None or self._timer.pending_entry is not entry:
            # the entry was completed or replaced by a state of the lock meanwhile
            return Finished()
        return self._failed(entry, failure)

    def context(self) -> AutolockContext:
        """Return the inputs of an evaluation at this moment."""
        now = self._hass.loop.time()
        door = self._door_sensor.door
        if door is Door.NO_SENSOR and self._rules.door is not None:
            # a sensor is configured but has no state yet
            door = Door.UNKNOWN
        return AutolockContext(
            enabled=self._rules.enabled,
            position=self._bolt.position,
            door=door,
            unknown_door=self._rules.unknown_door,
            overdue_by=self._timer.overdue_by,
            was_available=self._bolt.last_position is not None
            or now >= self._startup_grace_until,
            close_delay_left=self._door_sensor.close_delay_left(
                self._rules.close_delay
            ),
            moving=self._bolt.locking_for,
        )

    async def _async_lock(self) -> AutolockFailure | None:
        """Send the command. It continues if the caller is cancelled."""
        self._commanded_at = self._hass.loop.time()
        self._unconfirmed_commands += 1
        self._optimistic_state.clear()
        self._command = LockCommand(
            self._hass, self._lock, COMMAND_TIMEOUT, CONFIRM_TIMEOUT
        )
        # eager start: nothing can run between the evaluation and the command
        self._command_task = self._hass.async_create_background_task(
            self._command.async_run(), f"keyholder locks {self._lock}"
        )
        self._command_task.add_done_callback(self._on_commanded)
        return await asyncio.shield(self._command_task)

    @callback
    def _on_commanded(self, task: asyncio.Task[AutolockFailure | None]) -> None:
        self._command = self._command_task = None
        self._optimistic_state.on_returned()
        if not task.cancelled() and task.exception() is None and task.result() is None:
            self._notices.publish(AutolockNotice(AutolockNoticeType.AUTOLOCKED))

    def _failed(self, entry: TimerEntry, failure: AutolockFailure) -> Outcome:
        wait = retry_after(entry.attempt + 1)
        self._wait_until = self._hass.loop.time() + (wait or RETRY_CAP).total_seconds()
        if wait is None:
            self._notices.publish_once(
                AutolockNotice(AutolockNoticeType.GAVE_UP, failure)
            )
            return WaitForChange(failed=True)
        self._notices.publish_once(AutolockNotice(AutolockNoticeType.FAILED, failure))
        return RetryAfter(wait, failed=True)
