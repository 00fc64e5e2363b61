"""From what locks report to who did what, each told once."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..model.access import AccessEvent, AccessType
from ..model.credential import LockId, PersonId
from ..model.lock_events import Method
from .durable import StorageFailed
from .stores import Counters

_LOGGER: Final = logging.getLogger(__name__)

type AccessListener = Callable[[AccessEvent], None]
type _Key = tuple[LockId, AccessType, Method | None, int | None]

_MOVES: Final = (AccessType.LOCKED, AccessType.UNLOCKED)

_REMEMBERED: Final = 64
"""Recent events that a duplicate report is compared with."""


class AccessLog:
    """Drops what is reported twice, counts uses on disk, then tells who listens."""

    def __init__(
        self, hass: HomeAssistant, counters: Counters, duplicate_window: timedelta
    ) -> None:
        """Take equal events within the window for one."""
        self._hass = hass
        self._counters = counters
        self._window = duplicate_window
        self._listeners: list[AccessListener] = []
        self._recent: deque[tuple[_Key, datetime]] = deque(maxlen=_REMEMBERED)
        self._waiting: deque[AccessEvent] = deque()
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_listen(self, listener: AccessListener) -> Callable[[], None]:
        """Tell every event from now on; call what is returned to stop."""
        self._listeners.append(listener)

        @callback
        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    @callback
    def async_record(self, event: AccessEvent) -> None:
        """Take in what a lock reported."""
        key = (event.lock, event.type, event.method, event.slot)
        if self._is_told(key, event.at):
            return
        self._recent.append((key, event.at))
        self._waiting.append(event)
        if self._task is None:
            # not eagerly: it might be done before it is known that it has begun
            self._task = self._hass.async_create_task(
                self._drain(), "keyholder access log", eager_start=False
            )

    def _is_told(self, key: _Key, at: datetime) -> bool:
        """Return whether this was reported, and the bolt not moved back since."""
        lock, kind, _, _ = key
        for known, known_at in reversed(self._recent):
            if known == key and abs(at - known_at) < self._window:
                return True
            if (
                kind in _MOVES
                and known[0] == lock
                and known[1] in _MOVES
                and known[1] is not kind
                and known_at <= at
            ):
                return False
        return False

    async def _drain(self) -> None:
        try:
            while self._waiting:
                event = self._waiting.popleft()
                if is_use(event):
                    await self._count(event.person, event.at)
                self._tell(event)
        finally:
            self._task = None

    async def _count(self, person: PersonId | None, at: datetime) -> None:
        if person is None:
            return
        with suppress(StorageFailed):  # the store has said so
            await self._counters.async_count(person, at)

    @callback
    def _tell(self, event: AccessEvent) -> None:
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                _LOGGER.exception("A listener failed on an access event")


def is_use(event: AccessEvent) -> bool:
    """Return whether somebody's code opened the door."""
    return (
        event.type is AccessType.UNLOCKED
        and event.method is Method.KEYPAD
        and event.person is not None
    )
