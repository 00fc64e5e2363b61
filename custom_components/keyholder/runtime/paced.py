"""Does something soon after it was asked for, and not too often."""

from asyncio import Handle, TimerHandle
from collections.abc import Callable
from datetime import timedelta

from homeassistant.core import HomeAssistant, callback


class Throttle:
    """A callback for many requests: the first is heard at once, the rest together.

    `pause` is the least time from one call to the next, for what is not asked for at
    once. No timer stays when nothing was asked for since the last call.
    """

    def __init__(
        self, hass: HomeAssistant, pause: timedelta, run: Callable[[], None]
    ) -> None:
        """Let `run` be called, never from within a request."""
        self._loop = hass.loop
        self._pause = pause.total_seconds()
        self._run = run
        self._next_allowed_at = 0.0
        self._handle: Handle | None = None
        self._closed = False

    @callback
    def request(self, *, at_once: bool) -> None:
        """Have it called once more, in this turn of the event loop or after the pause."""
        waits = isinstance(self._handle, TimerHandle)
        if self._closed or (self._handle is not None and not (at_once and waits)):
            return
        self._cancel()
        if not at_once and self._loop.time() < self._next_allowed_at:
            self._handle = self._loop.call_at(self._next_allowed_at, self._call)
        else:
            self._handle = self._loop.call_soon(self._call)

    @callback
    def close(self) -> None:
        """Call nobody any more."""
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
