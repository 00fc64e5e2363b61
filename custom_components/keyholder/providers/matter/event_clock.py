"""Decide which events of a Matter lock are news, whatever its clock says. Pure.

An event that arrives over a living subscription is news. A lock, or the server, also
reports late what was missed: after a reboot, a reconnect or a lost subscription, all at
once. Only the times by the lock's clock tell the two apart, and that clock may be wrong,
by minutes or years. So a time is compared with that of the events before, and where it
does not fit, with the events that arrive in the same moment: what happened at other
intervals than those at which it arrives was held up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

LIVE_SECONDS: Final = 60.0
"""What is reported within this time after it happened is news."""
CATCH_UP_SECONDS: Final = 5.0
"""So long after a connection what is reported late is what was missed before. It comes
in one burst, which the report of a restart begins."""
HOLD_SECONDS: Final = 2.0
"""How long an event whose time does not fit waits for others of the same burst."""
_MAX_SILENT_SECONDS: Final = 7200.0
"""A subscription that is lost is renewed before: what is older was not held up by it."""
_SPACING_SECONDS: Final = 5.0
"""What happens one by one arrives at the same intervals, give or take this."""


class Verdict(StrEnum):
    """What an event is."""

    LIVE = "live"
    HISTORY = "history"
    UNDECIDED = "undecided"
    """It depends on what arrives in the same moment."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When an event happened by the lock's clock, and when it arrived by ours.

    In seconds of Unix time.
    """

    reported: float
    arrived: float

    @property
    def lateness(self) -> float:
        """Return how long it took to arrive, if both clocks are right."""
        return self.arrived - self.reported


class EventClock:
    """What the events of one lock have shown of its clock."""

    def __init__(self) -> None:
        """Begin with a clock that is not known."""
        self._offset: float | None = None
        """How late live events seem to be: how far the lock's clock is behind."""
        self._unconfirmed_offset: float | None = None
        self._connected_at: float | None = None
        self._has_restarted = False
        self.is_wrong = False
        """Whether live events have shown that the clock is not right."""

    @property
    def is_known(self) -> bool:
        """Return whether a live event has shown what the clock says."""
        return self._offset is not None

    def on_connected(self, at: float) -> None:
        """Take what is reported late from now on for what was missed before."""
        self._connected_at, self._has_restarted = at, False

    def on_restarted(self, at: float) -> None:
        """Forget what the clock said: a lock that restarts may have lost the time."""
        self._offset = self._unconfirmed_offset = None
        self._connected_at, self._has_restarted = at, True

    def is_catching_up_after_restart(self, now: float) -> bool:
        """Return whether the lock may still report what was missed while it restarted."""
        return self._has_restarted and self._is_catching_up(now)

    def judge(self, event: Arrival) -> Verdict:
        """Return what an event is, as far as it can be told at its arrival."""
        unexplained = event.lateness - (self._offset or 0.0)
        if abs(unexplained) <= LIVE_SECONDS:
            return Verdict.LIVE
        if unexplained > 0 and self._is_catching_up(event.arrived):
            return Verdict.HISTORY
        return Verdict.UNDECIDED

    def judge_together(self, events: Sequence[Arrival]) -> Verdict:
        """Return what undecided events are that arrived in the same moment."""
        one_by_one = all(
            abs((later.reported - earlier.reported) - (later.arrived - earlier.arrived))
            <= _SPACING_SECONDS
            for earlier, later in pairwise(events)
        )
        return Verdict.LIVE if one_by_one else Verdict.HISTORY

    def learn(self, event: Arrival) -> None:
        """Learn from a live event what the lock's clock says.

        An event that is somewhat late after others that were not may have been held up
        alone: the clock counts as wrong when another one is late by as much.
        """
        offset, known = event.lateness, self._offset
        was_right = known is not None and abs(known) <= LIVE_SECONDS
        is_late = LIVE_SECONDS < offset <= _MAX_SILENT_SECONDS
        if was_right and is_late and not self._is_confirmed(offset):
            self._unconfirmed_offset = offset
            return
        self._offset, self._unconfirmed_offset = offset, None
        self.is_wrong = abs(offset) > LIVE_SECONDS

    def time_of_live(self, event: Arrival) -> float:
        """Return when a live event happened, by our clock, and never in the future.

        That is when it arrived, if the lock's clock is wrong.
        """
        is_right = abs(event.lateness) <= LIVE_SECONDS
        return min(event.reported, event.arrived) if is_right else event.arrived

    def times_of_history(self, events: Sequence[Arrival]) -> list[float]:
        """Return when events of one burst happened, by our clock: all before any news.

        The intervals between them stay as they are.
        """
        happened = [event.reported + (self._offset or 0.0) for event in events]
        latest = min(event.arrived for event in events) - LIVE_SECONDS - 1
        ahead = max(0.0, max(happened) - latest)
        return [at - ahead for at in happened]

    def _is_catching_up(self, now: float) -> bool:
        since = self._connected_at
        return since is not None and now - since < CATCH_UP_SECONDS

    def _is_confirmed(self, offset: float) -> bool:
        unconfirmed = self._unconfirmed_offset
        return unconfirmed is not None and abs(offset - unconfirmed) <= LIVE_SECONDS
