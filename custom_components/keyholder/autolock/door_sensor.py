"""State of a door's contact sensor, and since when the door has been closed."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, callback

from ..model.autolock import Door


class DoorSensor:
    """Tracks the door's state and the time of its last closing."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize without a sensor."""
        self._hass = hass
        self._last_door: Door | None = None
        self._closed_at: float | None = None
        self.door = Door.NO_SENSOR

    @callback
    def update(self, door: Door) -> Door | None:
        """Record a state; return the last known one before it, None at first."""
        before, self.door = self._last_door, door
        if door is not Door.UNKNOWN:
            self._last_door = door
        if door is Door.CLOSED and before is not None:
            self._closed_at = self._hass.loop.time()
        return before

    def close_delay_left(self, after: timedelta) -> timedelta:
        """Return how much longer the door must stay closed to have been so for `after`."""
        if self._closed_at is None:
            return timedelta(0)
        closed = timedelta(seconds=self._hass.loop.time() - self._closed_at)
        return max(after - closed, timedelta(0))
