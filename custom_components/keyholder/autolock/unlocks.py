"""Tells one unlock from the next: a lock shows it, and may report it, in either order."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..logic.autolock import is_same_unlock, is_stale_unlock
from ..model.autolock import UnlockSource


class UnlockCorrelator:
    """Matches what a lock shows of an unlock with what it reports of it.

    Both begin the time; but what somebody has asked for at the first sign stands when
    the second one comes. An automation on an unlock is faster than some locks.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no unlock yet."""
        self._hass = hass
        self._first: tuple[UnlockSource, float] | None = None
        self._is_answered = False
        self.reported_at: datetime | None = None
        """When the last one was, by the lock's report."""

    @callback
    def on_state(self) -> bool:
        """A lock that was locked is not any more; return whether its time begins."""
        return self._begins(UnlockSource.STATE)

    @callback
    def on_event(self, at: datetime) -> bool:
        """The lock says that it was unlocked; return whether its time begins."""
        if is_stale_unlock(at, self.reported_at, dt_util.utcnow()):
            return False
        self.reported_at = at
        return self._begins(UnlockSource.EVENT)

    @callback
    def override(self) -> None:
        """Somebody has said what is to follow on the unlock that is known so far."""
        self._is_answered = True

    @callback
    def reset(self) -> None:
        """The door is locked: whatever comes now is another unlock."""
        self._first = None

    def _begins(self, sign: UnlockSource) -> bool:
        now = self._hass.loop.time()
        if self._first is not None:
            first, at = self._first
            if is_same_unlock(first, sign, timedelta(seconds=now - at)):
                self._first = None
                return not self._is_answered
        self._first = (sign, now)
        self._is_answered = False
        return True
