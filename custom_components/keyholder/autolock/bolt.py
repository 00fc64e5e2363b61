"""What the entity of a lock has shown of its bolt."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, callback

from ..model.autolock import Position
from .command import UNAVAILABLE_FAILURES


class Bolt:
    """Remembers where the bolt is, and where it rested last."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no lock yet."""
        self._hass = hass
        self._locking_since = 0.0
        self.position = Position.MISSING
        self.last_position: Position | None = None
        """Where it was when it was not on its way; the lock may be away since."""
        self.was_away = False
        """The lock was, before it showed what it shows now."""

    @callback
    def update(self, position: Position) -> Position | None:
        """Take in another position; return where the bolt rested before it."""
        self.was_away = self.position in UNAVAILABLE_FAILURES
        self.position = position
        rested = self.last_position
        if position is Position.LOCKING:
            self._locking_since = self._hass.loop.time()
        elif position.is_known:
            self.last_position = position
        return rested

    @property
    def is_unlocked(self) -> bool:
        """Return whether that is what the lock said last; it may be away since."""
        return self.last_position is not None and self.last_position.is_not_locked

    @property
    def locking_for(self) -> timedelta:
        """Return how long it has been on its way."""
        if self.position is not Position.LOCKING:
            return timedelta(0)
        return timedelta(seconds=self._hass.loop.time() - self._locking_since)
