"""Timers of one lock: many deadlines on one Home Assistant timer, and a throttled callback."""

from asyncio import Handle, TimerHandle
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

_LOGGER: Final = logging.getLogger(__name__)


class DeadlineTimer[K: Hashable]:
    """Calls back for each key at its deadline; sets no timer while there is none."""

    def __init__(self, hass: HomeAssistant, on_due: Callable[[K], None]) -> None:
        """Call `on_due` in the event loop, once for each scheduled key."""
        self._hass = hass
        self._on_due = on_due
        self._deadlines: dict[K, datetime] = {}
        self._unsub: CALLBACK_TYPE | None = None
        self._armed_for: datetime | None = None
        self._closed = False

    @callback
    def async_schedule(self, key: K, at: datetime | None) -> None:
        """Set or replace the deadline of a key; None cancels it."""
        if at is None or self._closed:
            self._deadlines.pop(key, None)
        else:
            self._deadlines[key] = at
        self._arm()

    @callback
    def async_close(self) -> None:
        """Cancel all deadlines, and ignore later ones."""
        self._closed = True
        self._deadlines.clear()
        self._arm()

    @callback
    def _arm(self) -> None:
        earliest = min(self._deadlines.values(), default=None)
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
        due = [key for key, at in self._deadlines.items() if at <= now]
        # after a suspended or busy host several may be due: call back in their order
        for key in sorted(due, key=self._deadlines.__getitem__):
            # another callback may have moved or cancelled this deadline
            at = self._deadlines.get(key)
            if at is not None and at <= now:
                del self._deadlines[key]
                try:
                    self._on_due(key)
                except Exception as err:  # noqa: BLE001 - the others are due as well
                    _LOGGER.error(
                        "A deadline callback failed with %s", type(err).__name__
                    )
        self._arm()


class CallbackThrottle:
    """A throttled callback: the first request runs at once, later ones are combined.

    `pause` is the minimum time between two calls; a request with `at_once` skips it.
    No timer is set while no request is pending.
    """

    def __init__(
        self, hass: HomeAssistant, pause: timedelta, run: Callable[[], None]
    ) -> None:
        """Call `run` in the event loop, never from within `request`."""
        self._loop = hass.loop
        self._pause = pause.total_seconds()
        self._run = run
        self._next_allowed_at = 0.0
        self._handle: Handle | None = None
        self._closed = False

    @callback
    def async_request(self, *, at_once: bool) -> None:
        """Request a call, in this turn of the event loop or when the pause is over."""
        waits = isinstance(self._handle, TimerHandle)
        if self._closed or (self._handle is not None and not (at_once and waits)):
            return
        self._cancel()
        if not at_once and self._loop.time() < self._next_allowed_at:
            self._handle = self._loop.call_at(self._next_allowed_at, self._call)
        else:
            self._handle = self._loop.call_soon(self._call)

    @callback
    def async_close(self) -> None:
        """Drop a pending request, and ignore later ones."""
        self._closed = True
        self._cancel()

    @callback
    def _call(self) -> None:
        self._handle = None
        self._next_allowed_at = self._loop.time() + self._pause
        self._run()

    @callback
    def _cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
