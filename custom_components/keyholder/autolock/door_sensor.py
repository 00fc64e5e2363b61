"""What the sensor of a door has shown."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, callback

from ..model.autolock import Door


class DoorSensor:
    """Remembers whether the door is open, and how long it has been closed."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no sensor yet."""
        self._hass = hass
        self._known: Door | None = None
        self._closed_at: float | None = None
        self.door = Door.NOT_WATCHED

    @callback
    def shows(self, door: Door) -> Door | None:
        """Take in what it shows; return what was known before, None at first."""
        before, self.door = self._known, door
        if door is not Door.UNKNOWN:
            self._known = door
        if door is Door.CLOSED and before is not None:
            self._closed_at = self._hass.loop.time()
        return before

    def closing(self, after: timedelta) -> timedelta:
        """Return how much longer the door has to stay closed, to be so for `after`."""
        if self._closed_at is None:
            return timedelta(0)
        closed = timedelta(seconds=self._hass.loop.time() - self._closed_at)
        return max(after - closed, timedelta(0))
