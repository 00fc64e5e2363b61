"""Access log: deduplicate access events, count uses and notify listeners."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...model.access import AccessEvent, Use
from ...model.credential import PersonId
from ...model.timing import Timing
from ..storage.durable_store import StorageError
from ..storage.use_counters import UseCounters
from .report_filter import ReportFilter

_LOGGER: Final = logging.getLogger(__name__)

type AccessListener = Callable[[AccessEvent], None]


def _nothing(_person: PersonId) -> None:
    """Ignore a counted use."""


class AccessLog:
    """Deduplicates access events, stores the use counts, then notifies the listeners.

    An event reported long after it happened is marked historic. A late use is counted
    and published unless it is stored as counted already: a lock may report again what
    it reported before a restart.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        counters: UseCounters,
        timing: Timing,
        on_counted: Callable[[PersonId], None] = _nothing,
    ) -> None:
        """Call `on_counted` once a person's use is stored, before listeners are notified."""
        self._hass = hass
        self._counters = counters
        self._timing = timing
        self._on_counted = on_counted
        self._listeners: list[AccessListener] = []
        self._reports = ReportFilter(hass, timing, self._queue)
        self._waiting: deque[tuple[AccessEvent, bool]] = deque()
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_listen(self, listener: AccessListener) -> Callable[[], None]:
        """Subscribe to all access events; return a callback that unsubscribes."""
        self._listeners.append(listener)

        @callback
        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    @callback
    def async_record(self, event: AccessEvent) -> None:
        """Process an event that a lock reported; a time in the future counts as now."""
        now = dt_util.utcnow()
        at = min(event.at, now)
        past = now - at > self._timing.historic_event_age
        self._reports.async_process(replace(event, at=at, is_historic=past))

    async def async_close(self) -> None:
        """Process all events that were reported so far, then stop."""
        self._reports.async_close()
        while self._task is not None:
            await asyncio.wait({self._task})

    @callback
    def _queue(self, event: AccessEvent) -> None:
        is_late = dt_util.utcnow() - event.at >= self._timing.duplicate_window
        self._waiting.append((event, is_late))
        if self._task is None:
            # not eagerly: it could finish before `_task` is assigned
            self._task = self._hass.async_create_task(
                self._async_process(), "keyholder access log", eager_start=False
            )

    async def _async_process(self) -> None:
        try:
            while self._waiting:
                event, is_late = self._waiting.popleft()
                if (person := event.counts_for) is not None:
                    use = Use(event.lock, event.at)
                    if is_late and self._is_counted(person, use):
                        continue
                    if event.reported_at is not None and self._is_counted(
                        person, Use(event.lock, event.reported_at)
                    ):
                        # reported before, as after a restart
                        continue
                    await self._count(person, use)
                self._notify(event)
        finally:
            self._task = None

    def _is_counted(self, person: PersonId, use: Use) -> bool:
        window = self._timing.duplicate_window
        return self._counters.is_counted(person, use, window)

    async def _count(self, person: PersonId, use: Use) -> None:
        with suppress(StorageError):  # the store has logged it
            await self._counters.async_count(person, use)
        try:
            self._on_counted(person)
        except Exception:
            _LOGGER.exception("Evaluating rules after an access event failed")

    @callback
    def _notify(self, event: AccessEvent) -> None:
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                _LOGGER.exception("A listener failed on an access event")
