"""That a door is locked, because its lock shows it right after our command."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, callback

from ..model.autolock import ReportedLocked
from .store import TimerEntry


class OptimisticLockState:
    """Keeps the intent of a command for as long as what the lock shows may be a guess.

    Without Supervision, Z-Wave JS shows what it asked for once the frame is received.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Believe nothing yet."""
        self._hass = hass
        self._locked_at = 0.0
        self._returned_at: float | None = None
        self.entry: TimerEntry | None = None
        """The intent that the command carried out, as it seems."""
        self.is_retracted = False
        """It was not; the lock may still say why."""

    @callback
    def start(self, entry: TimerEntry) -> None:
        """The lock shows what it was asked for, and the command is under way."""
        self.entry, self.is_retracted = entry, False
        self._locked_at, self._returned_at = self._hass.loop.time(), None

    @callback
    def on_returned(self) -> None:
        """The command has come back."""
        if self._returned_at is None:
            self._returned_at = self._hass.loop.time()

    @callback
    def clear(self) -> None:
        """Something else has happened since."""
        self.entry = None

    def reported_locked(self, *, reports_unlocks: bool) -> ReportedLocked | None:
        """Return what the lock reported after our command, None if nothing is believed."""
        if self.entry is None:
            return None
        now, returned = self._hass.loop.time(), self._returned_at
        return ReportedLocked(
            shown=timedelta(seconds=now - self._locked_at),
            returned=None if returned is None else timedelta(seconds=now - returned),
            reports_unlocks=reports_unlocks,
        )
