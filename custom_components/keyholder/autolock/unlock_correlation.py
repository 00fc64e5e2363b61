"""Correlates the state change and the report of one unlock, in either order."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..logic.autolock import is_same_unlock, is_stale_unlock
from ..model.autolock import UnlockSource


class UnlockCorrelator:
    """Matches the state change of an unlock with the lock's report of it.

    Each of them starts the timer. But an action called after the first one stays in
    force when the second arrives: an automation on an unlock is faster than some locks.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize without an unlock."""
        self._hass = hass
        self._first: tuple[UnlockSource, float] | None = None
        self._is_overridden = False
        self.reported_at: datetime | None = None
        """Time of the last unlock that the lock reported."""

    @callback
    def on_state(self) -> bool:
        """Process a state change from locked; return whether the timer starts."""
        return self._begins(UnlockSource.STATE)

    @callback
    def on_event(self, at: datetime) -> bool:
        """Process an unlock report; return whether the timer starts.

        Return False for a report that is not newer than the last one.
        """
        if is_stale_unlock(at, self.reported_at, dt_util.utcnow()):
            return False
        self.reported_at = at
        return self._begins(UnlockSource.EVENT)

    @callback
    def override(self) -> None:
        """Record that an action has set or cancelled the timer of the current unlock."""
        self._is_overridden = True

    @callback
    def reset(self) -> None:
        """Forget the current unlock: the door is locked, so the next one is another."""
        self._first = None

    def _begins(self, sign: UnlockSource) -> bool:
        now = self._hass.loop.time()
        if self._first is not None:
            first, at = self._first
            if is_same_unlock(first, sign, timedelta(seconds=now - at)):
                self._first = None
                return not self._is_overridden
        self._first = (sign, now)
        self._is_overridden = False
        return True
