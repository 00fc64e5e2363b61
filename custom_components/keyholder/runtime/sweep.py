"""Settled slots, verified one by one: the longest unseen first."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..model.slot import SlotRecord
from .wakeups import Wakeups

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Sweep:
    """One pass over the slots of a lock after it was away. Idle, it holds no timer."""

    def __init__(
        self,
        hass: HomeAssistant,
        interval: timedelta,
        verify: Callable[[int], bool],
    ) -> None:
        """Ask `verify` for one slot in every interval, until it returns False.

        Then the pass is over; it is begun anew when the lock is back.
        """
        self._interval = interval
        self._verify = verify
        self._wakeups = Wakeups[str](hass, self._on_due)
        self._slots: list[int] = []

    @callback
    def begin(self, records: Iterable[SlotRecord]) -> None:
        """Begin a pass over those that are settled; the others are read at once."""
        settled = [record for record in records if record.is_settled]
        settled.sort(key=lambda record: record.verified_at or _NEVER)
        self._slots = [record.slot for record in settled]
        self._next()

    @callback
    def close(self) -> None:
        """Stop."""
        self._wakeups.close()

    @callback
    def _next(self) -> None:
        due = dt_util.utcnow() + self._interval
        self._wakeups.set("sweep", due if self._slots else None)

    @callback
    def _on_due(self, _key: str) -> None:
        if self._slots and not self._verify(self._slots.pop(0)):
            self._slots.clear()
        self._next()
