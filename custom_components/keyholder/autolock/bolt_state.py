"""Current and last known bolt position of a lock, from the state of its entity."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, callback

from ..model.autolock import Position
from .lock_command import UNAVAILABLE_FAILURES


class Bolt:
    """Tracks the bolt's position and the last position in which it was at rest."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize with the position of a missing entity."""
        self._hass = hass
        self._locking_since = 0.0
        self.position = Position.MISSING
        self.last_position: Position | None = None
        """Last position at rest; kept while the bolt moves or the lock is unavailable."""
        self.was_away = False
        """The entity was missing or unavailable just before its present position."""

    @callback
    def update(self, position: Position) -> Position | None:
        """Record a position; return the position at rest before it, None at first."""
        self.was_away = self.position in UNAVAILABLE_FAILURES
        self.position = position
        previous = self.last_position
        if position is Position.LOCKING:
            self._locking_since = self._hass.loop.time()
        elif position.is_known:
            self.last_position = position
        return previous

    @property
    def is_unlocked(self) -> bool:
        """Return whether the last known position is not locked."""
        return self.last_position is not None and self.last_position.is_not_locked

    @property
    def locking_for(self) -> timedelta:
        """Return for how long the bolt has been locking, zero in other positions."""
        if self.position is not Position.LOCKING:
            return timedelta(0)
        return timedelta(seconds=self._hass.loop.time() - self._locking_since)
