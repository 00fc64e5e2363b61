"""Deduplicate the access reports of locks."""

from asyncio import TimerHandle
from collections import deque
from collections.abc import Callable
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ...model.access import AccessEvent, AccessType
from ...model.credential import LockId
from ...model.lock_events import Method
from ...model.timing import Timing

_BOLT_EVENTS: Final = (AccessType.LOCKED, AccessType.UNLOCKED)

_MAX_RECENT: Final = 64
"""Recent events that a report is compared with."""


class ReportFilter:
    """Passes on each access event once.

    Some locks report a keypad operation first without the user, and then again with the
    user. So a report without a user is held for a moment, and dropped if the other one
    follows. A report of the opposite operation ends the wait, so that the order is kept.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        timing: Timing,
        let_through: Callable[[AccessEvent], None],
    ) -> None:
        """Call `let_through` once for each event."""
        self._hass = hass
        self._timing = timing
        self._on_accepted = let_through
        self._recent: deque[AccessEvent] = deque(maxlen=_MAX_RECENT)
        self._held: list[tuple[AccessEvent, TimerHandle]] = []

    @callback
    def async_process(self, event: AccessEvent) -> None:
        """Process a report."""
        if self._is_duplicate(event):
            return
        self._recent.append(event)
        if event.type in _BOLT_EVENTS:
            self._release(event.lock, besides=event.type)
        if _is_anonymous(event):
            self._hold(event)
            return
        if event.type in _BOLT_EVENTS and event.method is Method.KEYPAD:
            self._drop_anonymous(event)
        self._on_accepted(event)

    @callback
    def async_close(self) -> None:
        """Pass on all held events at once."""
        for held in list(self._held):
            self._end(*held)

    def _is_duplicate(self, event: AccessEvent) -> bool:
        """Return whether the event was reported before, with no opposite operation since."""
        for earlier in reversed(self._recent):
            if earlier.lock != event.lock:
                continue
            if _is_same_report(earlier, event) and self._is_close(earlier, event):
                return True
            if _is_opposite_operation(earlier, event) and earlier.at <= event.at:
                return False
        return False

    def _is_close(self, one: AccessEvent, other: AccessEvent) -> bool:
        return abs(one.at - other.at) < self._timing.duplicate_window

    @callback
    def _hold(self, event: AccessEvent) -> None:
        def go_on() -> None:
            self._end(event, timer)

        wait = self._timing.anonymous_event_delay.total_seconds()
        timer = self._hass.loop.call_later(wait, go_on)
        self._held.append((event, timer))

    @callback
    def _end(self, event: AccessEvent, timer: TimerHandle) -> None:
        timer.cancel()
        self._held.remove((event, timer))
        self._on_accepted(event)

    @callback
    def _release(self, lock: LockId, besides: AccessType) -> None:
        for event, timer in list(self._held):
            if event.lock == lock and event.type is not besides:
                self._end(event, timer)

    @callback
    def _drop_anonymous(self, named: AccessEvent) -> None:
        for event, timer in list(self._held):
            if (
                event.lock == named.lock
                and event.type is named.type
                and self._is_close(event, named)
            ):
                timer.cancel()
                self._held.remove((event, timer))


def _is_anonymous(event: AccessEvent) -> bool:
    return (
        event.type in _BOLT_EVENTS
        and event.method is Method.KEYPAD
        and event.slot is None
    )


def _is_same_report(earlier: AccessEvent, event: AccessEvent) -> bool:
    """Return whether an earlier event has all that this one has, times aside."""
    return (
        earlier.type is event.type
        and earlier.method is event.method
        and (earlier.slot == event.slot or _is_anonymous(event))
    )


def _is_opposite_operation(earlier: AccessEvent, event: AccessEvent) -> bool:
    return (
        earlier.type in _BOLT_EVENTS
        and event.type in _BOLT_EVENTS
        and earlier.type is not event.type
    )
