"""Deduplicate the events of a Matter node by their number.

Events of a node are numbered, and the numbers rise across restarts. After a lost
subscription the server has the lock send again what may have been missed.
"""

from dataclasses import dataclass
from typing import Final

_MAX_REORDERED: Final = 16
"""How many events later one may arrive: more than a lock sends at once."""


@dataclass(frozen=True, slots=True)
class EventNumber:
    """The number of an event, and its time by the lock's clock in milliseconds."""

    number: int
    timestamp: int
    timestamp_type: int


class EventDeduplicator:
    """The event numbers received from one node."""

    def __init__(self) -> None:
        """Begin without received events."""
        self._last: EventNumber | None = None
        self._missing: list[int] = []
        """Numbers just below the highest that were not received yet."""

    def is_new(self, event: EventNumber) -> bool:
        """Return whether an event was not received before, and record it.

        An event that later ones have overtaken is new. A lock that restarts its
        numbering, against the specification, sends lower numbers with a later time.
        """
        last = self._last
        if event.number in self._missing:
            self._missing.remove(event.number)
            return True
        if last is not None and event.number > last.number:
            first = max(last.number + 1, event.number - _MAX_REORDERED)
            between = [*self._missing, *range(first, event.number)]
            self._missing = between[-_MAX_REORDERED:]
        elif last is not None:
            same_clock = event.timestamp_type == last.timestamp_type
            if not same_clock or event.timestamp <= last.timestamp:
                return False
            self._missing = []
        self._last = event
        return True
