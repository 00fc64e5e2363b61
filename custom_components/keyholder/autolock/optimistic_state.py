"""Optimistic "locked" state after our own command, until the lock can contradict it."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, callback

from ..model.autolock import ReportedLocked
from .store import TimerEntry


class OptimisticLockState:
    """Keeps the timer entry of a command while the locked state may be an assumption.

    Without Supervision, Z-Wave JS reports the requested state once the lock has
    received the frame. A later state or event may prove that the bolt never moved.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize without an optimistic state."""
        self._hass = hass
        self._locked_at = 0.0
        self._returned_at: float | None = None
        self.entry: TimerEntry | None = None
        """The timer entry that the command seems to have completed."""
        self.is_retracted = False
        """The lock contradicted the state; it may still report the reason."""

    @callback
    def start(self, entry: TimerEntry) -> None:
        """Begin: the lock reports that it is locked while our command is in flight."""
        self.entry, self.is_retracted = entry, False
        self._locked_at, self._returned_at = self._hass.loop.time(), None

    @callback
    def on_returned(self) -> None:
        """Record when the command returned; later calls have no effect."""
        if self._returned_at is None:
            self._returned_at = self._hass.loop.time()

    @callback
    def clear(self) -> None:
        """End the optimistic state."""
        self.entry = None

    def reported_locked(self, *, reports_unlocks: bool) -> ReportedLocked | None:
        """Return how long ago the lock reported locked, None without optimistic state."""
        if self.entry is None:
            return None
        now, returned = self._hass.loop.time(), self._returned_at
        return ReportedLocked(
            shown=timedelta(seconds=now - self._locked_at),
            returned=None if returned is None else timedelta(seconds=now - returned),
            reports_unlocks=reports_unlocks,
        )
