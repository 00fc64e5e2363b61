"""What is shown of a slot, from which second on; for sensors and for the engine alone.

How to use it: derive it, call `note` with what is shown now whenever that may have
changed; the loop is one on virtual time.
"""

import asyncio


class StateRecorder:
    """Keeps what is shown at the end of each second of a scenario."""

    def __init__(self) -> None:
        """Count the seconds from now on."""
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._seconds: dict[int, str] = {}

    def note(self, shown: str) -> None:
        """Note what is shown now."""
        self._seconds[int(self._loop.time() - self._began + 0.01)] = shown

    @property
    def shown(self) -> tuple[tuple[int, str], ...]:
        """Return from which second on something else was shown."""
        changes: list[tuple[int, str]] = []
        for second, shown in sorted(self._seconds.items()):
            if not changes or changes[-1][1] != shown:
                changes.append((second, shown))
        return tuple(changes)

    @property
    def states(self) -> tuple[str, ...]:
        """Return what was shown, in order."""
        return tuple(shown for _, shown in self.shown)
