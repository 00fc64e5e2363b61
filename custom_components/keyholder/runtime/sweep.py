"""Settled slots, verified one by one within a budget: the longest unseen first."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..logic.sweep import VerificationRate, oldest_verification, verification_rate
from .catching_up import MissedReportsRound
from .queue import JobQueue, Priority
from .slot_book import SlotRecords
from .wakeups import DeadlineTimer

_KEY: Final = "sweep"


class BackgroundVerifier:
    """Finds what a lock did not report. It has one timer, or none.

    Between two of its reads there is always a whole interval of the budget, counted
    from when the first one really began, over reconnects and restarts too. Only where
    reports were lost every slot is read once without a pause.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        book: SlotRecords,
        queue: JobQueue,
        checks_per_hour: int | None,
        hour: timedelta,
        verify: Callable[[int], Awaitable[object]],
    ) -> None:
        """Await `verify` for a slot at a time, from within the queue of the lock.

        `checks_per_hour` is what the user chose, None for automatic.
        """
        self._book = book
        self._queue = queue
        self._chosen = checks_per_hour
        self._hour = hour
        self._verify = verify
        self._wakeups = DeadlineTimer[str](hass, self._on_due)
        # locks that come back together are not all asked together
        self._start_offset = crc32(book.page.lock.encode()) / 2**32
        self._attempted_at: dict[int, datetime] = {}
        self._last: datetime | None = None
        self._not_before: datetime | None = None
        self._reachable_since: datetime | None = None
        self._catching_up = MissedReportsRound(hour)
        self._is_armed = False

    @callback
    def start(self) -> None:
        """The lock is back: what happened meanwhile was not reported."""
        now = dt_util.utcnow()
        self._reachable_since = now
        if (pace := self._pace) is None:
            return
        if self._catching_up.verify_older_than is not None:
            self._not_before = self._catching_up.ready_at(now)
            self._arm()
            return
        # before a restart a slot may have been read just now
        last = self._last or now
        self._not_before = max(last, now - pace.interval) + pace.interval
        self._not_before += self._start_offset * pace.interval
        self._arm()

    @callback
    def verify_all_soon(self) -> None:
        """What happened until now was not reported: let it be looked for at once."""
        self._catching_up.mark_missed(dt_util.utcnow())
        if self._reachable_since is not None:
            self.start()

    @callback
    def stop(self) -> None:
        """The lock is out of reach: read nothing until it is back."""
        self._reachable_since = None
        self._queue.cancel(_KEY)
        self._set(None)

    @callback
    def reschedule(self) -> None:
        """Something has changed: there may be slots to verify where there were none.

        This is cheap: it does not look at the slots.
        """
        if self._is_armed or self._is_at_it or self._not_before is None:
            return
        pace = self._pace
        if pace is None or pace.once or not self._book.records:
            return
        self._set(max(self._not_before, dt_util.utcnow() + pace.interval))

    @callback
    def close(self) -> None:
        """Stop for good."""
        self._reachable_since = None
        self._wakeups.close()

    @property
    def _pace(self) -> VerificationRate | None:
        if self._reachable_since is None:
            return None
        pace = verification_rate(self._chosen, self._book.capabilities, self._hour)
        if pace is None or self._catching_up.verify_older_than is None:
            return pace
        return VerificationRate(timedelta(), once=True)

    @property
    def _is_at_it(self) -> bool:
        return self._queue.is_waiting(_KEY) or self._queue.is_running(_KEY)

    @callback
    def _set(self, due: datetime | None) -> None:
        self._is_armed = due is not None
        self._wakeups.schedule(_KEY, due)

    @callback
    def _arm(self) -> None:
        found = self._next()
        is_up = self._pace is not None and self._not_before is not None
        if found is None and is_up and self._catching_up.verify_older_than is not None:
            self._catching_up.finish()
            self._resume(dt_util.utcnow())
            found = self._next()
        self._set(None if found is None else found[1])

    def _resume(self, now: datetime) -> None:
        """Go on after a round over all slots: with the next one, or by the budget."""
        if self._catching_up.verify_older_than is not None:
            self._not_before = self._catching_up.ready_at(now)
        elif (pace := self._pace) is not None:
            self._not_before = now + pace.interval

    def _next(self) -> tuple[int, datetime] | None:
        """Return the slot to read next, and when that is due."""
        pace = self._pace
        if pace is None or self._not_before is None or self._reachable_since is None:
            return None
        found = oldest_verification(self._book.records.values(), self._attempted_at)
        since = self._catching_up.verify_older_than or self._reachable_since
        if found is None or (pace.once and found[1] >= since):
            return None
        slot, seen_at = found
        # what was read lately for another reason need not be read again
        return slot, max(self._not_before, seen_at + pace.interval)

    @callback
    def _on_due(self, _key: str) -> None:
        self._is_armed = False
        if self._pace is not None:
            self._queue.submit(_KEY, Priority.SCAN, self._check)

    async def _check(self) -> None:
        """Read the slot whose turn it is now; others may have been read meanwhile."""
        now = dt_util.utcnow()
        found, pace = self._next(), self._pace
        try:
            if found is not None and pace is not None and found[1] <= now:
                slot = found[0]
                if self._catching_up.verify_older_than is not None:
                    self._catching_up.start_round(now)
                self._last, self._not_before = now, now + pace.interval
                self._attempted_at = {slot: now} | {
                    other: at
                    for other, at in self._attempted_at.items()
                    if other in self._book.records and other != slot
                }
                await self._verify(slot)
        finally:
            self._arm()
