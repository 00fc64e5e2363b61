"""Which reports of a lock are news: each one once, in the lock's own order.

Events of a node are numbered, and the numbers rise over its restarts. After a lost
subscription the server has the lock tell again what may have been missed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numbered:
    """The number of an event, and its time by the lock's clock in milliseconds."""

    number: int
    timestamp: int
    timestamp_type: int


class Seen:
    """What was heard of one node."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._last: Numbered | None = None

    def is_news(self, event: Numbered) -> bool:
        """Return whether an event was not heard yet, and take it for heard.

        A lock that began to count anew, against the rules, has events of a later time
        with lower numbers.
        """
        last = self._last
        if last is not None and event.number <= last.number:
            same_clock = event.timestamp_type == last.timestamp_type
            if not same_clock or event.timestamp <= last.timestamp:
                return False
        self._last = event
        return True
