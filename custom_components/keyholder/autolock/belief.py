"""That a door is locked, because its lock shows it right after our command."""

from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .store import TimerEntry

DOUBT: Final = timedelta(seconds=10)
"""Until when an integration has looked: Z-Wave JS does so after five seconds."""


class Belief:
    """Keeps the intent of a command for as long as what the lock shows may be a guess.

    Without Supervision, Z-Wave JS shows what it asked for once the frame is received.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Believe nothing yet."""
        self._hass = hass
        self._entry: TimerEntry | None = None
        self._refuted: TimerEntry | None = None
        self._until = 0.0

    @callback
    def begin(self, entry: TimerEntry) -> None:
        """The lock shows what it was asked for."""
        self._entry, self._refuted = entry, None
        self._until = self._hass.loop.time() + DOUBT.total_seconds()

    @callback
    def end(self) -> None:
        """Something else has happened since."""
        self._entry = self._refuted = None

    @property
    def is_held(self) -> bool:
        """Return whether what is shown may still be a guess."""
        return self._entry is not None and self._hass.loop.time() < self._until

    @callback
    def refute(self) -> TimerEntry | None:
        """Return the intent that was not carried out, None where nothing is in doubt."""
        if not self.is_held:
            self._entry = None
            return None
        self._entry, self._refuted = None, self._entry
        return self._refuted

    @property
    def refuted(self) -> TimerEntry | None:
        """Return the intent that was not carried out, as long as the lock may say why.

        Its entity may have shown it before.
        """
        return self._refuted if self._hass.loop.time() < self._until else None
