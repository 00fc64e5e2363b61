"""Throttle: run a callback at once on the first request, then at most once per interval."""

from asyncio import Handle, TimerHandle
from collections.abc import Callable
from datetime import timedelta

from homeassistant.core import HomeAssistant, callback


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
