"""Give the events of a Matter lock their time by our clock, and pass them on in order."""

from asyncio import TimerHandle
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...model.lock_events import (
    AccessDenied,
    ClockChecked,
    Jammed,
    LockEvent,
    LockOperated,
)
from .decoder import DecodedMatterEvent
from .event_clock import HOLD_SECONDS, Arrival, EventClock, Verdict

type _Timed = LockOperated | AccessDenied | Jammed

_EARLIEST: Final = datetime.min.replace(tzinfo=dt_util.UTC)


class TimedEvents:
    """Passes on each event when it is decided whether it is news.

    That is at once where the lock's clock fits. Otherwise an event is held for a moment,
    as it may be the first of a burst. `clock` is what is known of the lock's clock.
    """

    def __init__(self, hass: HomeAssistant, emit: Callable[[LockEvent], None]) -> None:
        """Call `emit` for each event, with its time by our clock."""
        self._hass = hass
        self._emit = emit
        self.clock = EventClock()
        self._held: list[tuple[Arrival, _Timed]] = []
        self._timer: TimerHandle | None = None

    @callback
    def async_process(
        self, arrival: Arrival, events: Collection[DecodedMatterEvent]
    ) -> None:
        """Process the decoded events of one report."""
        timed = [
            event
            for event in events
            if isinstance(event, LockOperated | AccessDenied | Jammed)
        ]
        if timed:
            self._process(arrival, timed)
        for event in events:
            if event not in timed:
                self._emit(event)

    @callback
    def async_learn_from_own(self, arrival: Arrival) -> None:
        """Learn what the clock says from a change that we made just now."""
        if not self.clock.is_known and not self.clock.is_catching_up_after_restart(
            arrival.arrived
        ):
            self._learn(arrival)

    @callback
    def async_settle(self) -> None:
        """Decide about what is held, and pass it on."""
        self._release(self.clock.judge_together([arrival for arrival, _ in self._held]))

    def _process(self, arrival: Arrival, events: list[_Timed]) -> None:
        verdict = self.clock.judge(arrival)
        reports = [(arrival, event) for event in events]
        if verdict is Verdict.UNDECIDED:
            self._held += reports
            if self._timer is None:
                self._timer = self._hass.loop.call_later(
                    HOLD_SECONDS, self.async_settle
                )
            return
        # one whose time fits, in the same moment, shows that the others are late
        self._release(Verdict.HISTORY)
        self._pass_on(reports, verdict)

    def _release(self, verdict: Verdict) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        held, self._held = self._held, []
        self._pass_on(held, verdict)

    def _pass_on(
        self, reports: Sequence[tuple[Arrival, _Timed]], verdict: Verdict
    ) -> None:
        if not reports:
            return
        if verdict is Verdict.LIVE:
            for arrival, event in reports:
                at = self.clock.time_of_live(arrival)
                self._learn(arrival)
                self._emit_at(event, arrival, at)
            return
        times = self.clock.times_of_history([arrival for arrival, _ in reports])
        for (arrival, event), at in zip(reports, times, strict=True):
            self._emit_at(event, arrival, at)

    def _emit_at(self, event: _Timed, arrival: Arrival, at: float) -> None:
        if isinstance(event, LockOperated):
            own_time = None if arrival.reported == at else _moment(arrival.reported)
            self._emit(replace(event, at=_moment(at), reported_at=own_time))
        else:
            self._emit(replace(event, at=_moment(at)))

    def _learn(self, arrival: Arrival) -> None:
        was_wrong = self.clock.is_wrong
        self.clock.learn(arrival)
        if self.clock.is_wrong is not was_wrong:
            self._emit(ClockChecked(self.clock.is_wrong))


def _moment(seconds: float) -> datetime:
    """Return a Unix time; a clock may say what no calendar has."""
    try:
        return dt_util.utc_from_timestamp(seconds)
    except OSError, OverflowError, ValueError:
        return _EARLIEST
