"""What the sensor of a door has shown."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, callback

from ..model.autolock import Door


class DoorSensor:
    """Remembers whether the door is open, and how long it has been closed."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no sensor yet."""
        self._hass = hass
        self._last_door: Door | None = None
        self._closed_at: float | None = None
        self.door = Door.NO_SENSOR

    @callback
    def update(self, door: Door) -> Door | None:
        """Take in what it shows; return what was known before, None at first."""
        before, self.door = self._last_door, door
        if door is not Door.UNKNOWN:
            self._last_door = door
        if door is Door.CLOSED and before is not None:
            self._closed_at = self._hass.loop.time()
        return before

    def close_delay_left(self, after: timedelta) -> timedelta:
        """Return how much longer the door has to stay closed, to be so for `after`."""
        if self._closed_at is None:
            return timedelta(0)
        closed = timedelta(seconds=self._hass.loop.time() - self._closed_at)
        return max(after - closed, timedelta(0))
