"""Many moments, one timer."""

from collections.abc import Callable, Hashable
from datetime import datetime
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

_LOGGER: Final = logging.getLogger(__name__)


class DeadlineTimer[K: Hashable]:
    """Calls back for each key when its moment has come; idle, it holds no timer."""

    def __init__(self, hass: HomeAssistant, on_due: Callable[[K], None]) -> None:
        """Call `on_due` in the event loop, once for each key that was set."""
        self._hass = hass
        self._on_due = on_due
        self._moments: dict[K, datetime] = {}
        self._unsub: CALLBACK_TYPE | None = None
        self._armed_for: datetime | None = None
        self._closed = False

    @callback
    def schedule(self, key: K, at: datetime | None) -> None:
        """Replace the moment of a key; None takes it away."""
        if at is None or self._closed:
            self._moments.pop(key, None)
        else:
            self._moments[key] = at
        self._arm()

    @callback
    def close(self) -> None:
        """Forget every moment, those to come included."""
        self._closed = True
        self._moments.clear()
        self._arm()

    @callback
    def _arm(self) -> None:
        earliest = min(self._moments.values(), default=None)
        if earliest == self._armed_for:
            return
        if self._unsub is not None:
            self._unsub()
            self._unsub = None
        self._armed_for = earliest
        if earliest is not None:
            self._unsub = async_track_point_in_utc_time(
                self._hass, self._async_fire, earliest
            )

    @callback
    def _async_fire(self, _now: datetime) -> None:
        self._unsub = None
        self._armed_for = None
        now = dt_util.utcnow()
        due = [key for key, at in self._moments.items() if at <= now]
        # a machine that was held up has missed several: they come in their order
        for key in sorted(due, key=self._moments.__getitem__):
            # one that another callback has moved on is not due any more
            at = self._moments.get(key)
            if at is not None and at <= now:
                del self._moments[key]
                try:
                    self._on_due(key)
                except Exception as err:  # noqa: BLE001 - the others are due as well
                    _LOGGER.error("A wake-up failed with %s", type(err).__name__)
        self._arm()
