"""Which reports of a lock are news: each one once, in the lock's own order.

Events of a node are numbered, and the numbers rise over its restarts. After a lost
subscription the server has the lock tell again what may have been missed.
"""

from dataclasses import dataclass
from typing import Final

_OVERTAKEN: Final = 16
"""How many events one may come too late: more than a lock tells at once."""


@dataclass(frozen=True, slots=True)
class EventNumber:
    """The number of an event, and its time by the lock's clock in milliseconds."""

    number: int
    timestamp: int
    timestamp_type: int


class EventDeduplicator:
    """What was heard of one node."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._last: EventNumber | None = None
        self._missing: list[int] = []
        """Numbers just before the highest that were not heard yet."""

    def is_new(self, event: EventNumber) -> bool:
        """Return whether an event was not heard yet, and take it for heard.

        One that others have overtaken is. A lock that began to count anew, against the
        rules, has events of a later time with lower numbers.
        """
        last = self._last
        if event.number in self._missing:
            self._missing.remove(event.number)
            return True
        if last is not None and event.number > last.number:
            first = max(last.number + 1, event.number - _OVERTAKEN)
            between = [*self._missing, *range(first, event.number)]
            self._missing = between[-_OVERTAKEN:]
        elif last is not None:
            same_clock = event.timestamp_type == last.timestamp_type
            if not same_clock or event.timestamp <= last.timestamp:
                return False
            self._missing = []
        self._last = event
        return True
