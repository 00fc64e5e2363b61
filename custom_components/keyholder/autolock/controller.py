"""Autolock controller of one lock: events and actions in, timer and lock commands out.

`logic.autolock_reducer` says what an event changes, `logic.autolock` decides about a
door whose timer has elapsed. The timer, its store and the lock command are in this
package.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..logic.autolock import autolock_duration, context_of, decide_action
from ..logic.autolock_reducer import STARTUP_GRACE, reduce
from ..logic.autolock_step import AutolockStep
from ..model.autolock import (
    AutolockAction,
    AutolockConfig,
    AutolockContext,
    AutolockNotice,
    CommandFailure,
    Door,
    Position,
)
from ..model.autolock_events import (
    AttemptFailed,
    AutolockEffect,
    AutolockEvent,
    CancelRequested,
    CancelTimer,
    ConfigChanged,
    ControllerClosing,
    ControllerStarting,
    DoorChanged,
    EvaluateTimer,
    JamReported,
    LockAvailable,
    LockCommandReturned,
    LockCommandSent,
    PositionChanged,
    PublishNotice,
    ResumeTimer,
    StartRequested,
    StartTimer,
    TimerElapsed,
    TimerRestored,
    UnlockReported,
)
from ..model.autolock_record import AutolockRecord
from ..model.autolock_timer import Finished, RetryAfter, TimerEntry, TimerOutcome
from ..model.credential import LockId, PersonId
from ..model.lock_events import Action, Jammed, LockOperated
from .entity_state import async_log_name
from .lock_command import COMMAND_TIMEOUT, CONFIRM_TIMEOUT, LockCommand
from .notices import NoticePublisher
from .store import TimerStore
from .timer import AutolockTimer, CommandFuture

_LOGGER: Final = logging.getLogger(__name__)


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
        on_notice: Callable[[AutolockNotice], None],
        on_change: Callable[[], None],
    ) -> None:
        """Initialize the controller; `async_start` restores the timer.

        `on_change` is called after each change of the timer.
        """
        self._hass = hass
        self._lock = lock
        self._is_night = is_night
        self._notices = NoticePublisher(hass, lock, on_notice)
        self._command: LockCommand | None = None
        self._command_task: asyncio.Task[CommandFailure | None] | None = None
        self._timer = AutolockTimer(
            hass, lock, store, self._async_on_elapsed, on_change
        )
        self._record = AutolockRecord(
            startup_grace_until=hass.loop.time() + STARTUP_GRACE.total_seconds()
        )

    @property
    def entry(self) -> TimerEntry | None:
        """Return the timer entry, None while no locking is due."""
        return self._timer.entry

    @property
    def is_running(self) -> bool:
        """Return whether the timer is waiting to fire or is firing."""
        return self._timer.is_running

    def context(self) -> AutolockContext:
        """Return the inputs of an evaluation at this moment."""
        return context_of(self._record, self._timer.status, self._hass.loop.time())

    async def async_start(self, config: AutolockConfig) -> None:
        """Restore the stored timer. No command is sent before the lock has a state."""
        self._process(ControllerStarting(config))
        await self._timer.recover()
        await self._async_process(TimerRestored())

    async def async_close(self) -> None:
        """Stop. The timer entry stays stored, and a command in flight continues."""
        self._process(ControllerClosing())
        self._notices.async_close()
        await self._timer.close()

    # Events

    @callback
    def async_on_config(self, config: AutolockConfig) -> None:
        """Apply a changed configuration; new durations apply from the next unlock."""
        self._process(ConfigChanged(config))

    @callback
    def async_on_position(self, position: Position) -> None:
        """Process a position of the lock entity; an unchanged one has no effect."""
        self._process(PositionChanged(position))

    @callback
    def async_on_operated(self, event: LockOperated, person: PersonId | None) -> None:
        """Process a report that the bolt was operated; `person` is None if unknown."""
        if event.action is Action.UNLOCK:
            self._process(
                UnlockReported(
                    at=event.at,
                    received_at=dt_util.utcnow(),
                    person=person,
                    method=event.method,
                )
            )

    @callback
    def async_on_jammed(self, _event: Jammed) -> None:
        """Process a jam report; some locks send it in addition to their state."""
        self._process(JamReported())

    @callback
    def async_on_available(self) -> None:
        """The lock is reachable again. Not every lock entity becomes unavailable."""
        self._process(LockAvailable())

    @callback
    def async_on_door(self, door: Door) -> None:
        """Process a state of the door sensor; an unchanged one has no effect."""
        self._process(DoorChanged(door))

    # Actions

    async def async_start_timer(self, duration: timedelta) -> bool:
        """Restart the timer with this duration.

        Return False if there is nothing to lock: autolock is off, or the lock is locked
        and has reported no unlock.
        """
        return await self._async_process(StartRequested(duration))

    async def async_cancel_timer(self) -> None:
        """Cancel the timer until the next unlock."""
        await self._async_process(CancelRequested())

    # The reducer

    @callback
    def _process(self, event: AutolockEvent) -> CommandFuture | None:
        """Reduce an event and carry out its effects.

        Return the last command that was queued at the timer, None if there is none.
        """
        return self._carry_out(self._reduce(event))

    async def _async_process(self, event: AutolockEvent) -> bool:
        """Process an event, and wait for what it has queued at the timer.

        Return whether it has queued a command there.
        """
        if (queued := self._process(event)) is None:
            return False
        await queued
        return True

    @callback
    def _settle(self, event: TimerElapsed | AttemptFailed) -> TimerOutcome:
        """Process an event of the timer; return what becomes of its entry."""
        step = self._reduce(event)
        self._carry_out(step)
        return step.outcome

    @callback
    def _reduce(self, event: AutolockEvent) -> AutolockStep:
        now = self._hass.loop.time()
        step = reduce(self._record, event, self._timer.status, now)
        self._record = step.record
        if self._command is not None and step.record.command is not None:
            self._command.async_on_reports(step.record.command)
        return step

    @callback
    def _carry_out(self, step: AutolockStep) -> CommandFuture | None:
        queued: CommandFuture | None = None
        for effect in step.effects:
            if (command := self._carry_out_effect(effect)) is not None:
                queued = command
        return queued

    @callback
    def _carry_out_effect(self, effect: AutolockEffect) -> CommandFuture | None:
        match effect:
            case StartTimer():
                return self._timer.start(
                    effect.reason, self._duration(effect), effect.operated_at
                )
            case ResumeTimer(entry, after):
                return self._timer.resume_entry(entry, after)
            case CancelTimer():
                return self._timer.cancel()
            case EvaluateTimer(after):
                return self._timer.evaluate(after)
            case PublishNotice(notice):
                self._notices.async_publish(notice)
                return None

    def _duration(self, start: StartTimer) -> timedelta:
        if start.duration is not None:
            return start.duration
        config = self._record.config
        try:
            night = self._is_night(config)
        except Exception:
            _LOGGER.exception(
                "Evaluating the night hours of %s failed",
                async_log_name(self._hass, self._lock),
            )
            night = config.night < config.day
        return autolock_duration(
            config, night=night, person=start.person, method=start.method
        )

    # The lock command

    async def _async_on_elapsed(self, entry: TimerEntry) -> TimerOutcome:
        """Evaluate the door when the timer fires, and lock it if the result is to lock."""
        action = decide_action(self.context())
        if action is not AutolockAction.LOCK:
            return self._settle(TimerElapsed(action, entry.attempt))
        if self._command_task is not None:
            # a command of an earlier entry is in flight: evaluate after its result
            await asyncio.wait({self._command_task})
            return RetryAfter(timedelta(0), failed=False)
        failure = await self._async_lock()
        if failure is None or self._timer.pending_entry is not entry:
            # the entry was completed or replaced by a state of the lock meanwhile
            return Finished()
        return self._settle(
            AttemptFailed(entry.attempt, failure.failure, failure.message)
        )

    async def _async_lock(self) -> CommandFailure | None:
        """Send the command. It continues if the caller is cancelled."""
        self._process(LockCommandSent())
        self._command = LockCommand(
            self._hass, self._lock, COMMAND_TIMEOUT, CONFIRM_TIMEOUT
        )
        # eager start: nothing can run between the evaluation and the command
        self._command_task = self._hass.async_create_background_task(
            self._command.async_run(), f"keyholder locks {self._lock}"
        )
        self._command_task.add_done_callback(self._on_command_done)
        return await asyncio.shield(self._command_task)

    @callback
    def _on_command_done(self, task: asyncio.Task[CommandFailure | None]) -> None:
        self._command = self._command_task = None
        is_ended = not task.cancelled() and task.exception() is None
        succeeded = is_ended and task.result() is None
        self._process(LockCommandReturned(succeeded))
