"""`FaultQueue`: the faults that wait for the commands of one lock."""

from collections.abc import Hashable


class FaultQueue[Key: Hashable, Fault]:
    """Faults by the kind of command that takes them, in the order of adding."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: dict[Key, list[Fault]] = {}
        self._always: dict[Key, Fault] = {}

    def put(self, key: Key, fault: Fault, count: int | None) -> None:
        """Let the next `count` commands of a kind take a fault; None: all, until cleared."""
        if count is None:
            self._always[key] = fault
        else:
            self._waiting.setdefault(key, []).extend([fault] * count)

    def clear(self) -> None:
        """Remove all faults."""
        self._waiting.clear()
        self._always.clear()

    def pop(self, *keys: Key) -> Fault | None:
        """Return the fault for a command of these kinds, and use it up.

        A counted fault comes before one that stays, and an earlier kind before a later.
        """
        for key in keys:
            if waiting := self._waiting.get(key):
                return waiting.pop(0)
        return next((self._always[key] for key in keys if key in self._always), None)
