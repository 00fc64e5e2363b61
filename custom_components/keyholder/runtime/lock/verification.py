"""Background verification: read one verified slot at a time, the oldest first."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...logic.verification_schedule import (
    VerificationRate,
    oldest_verification,
    verification_rate,
)
from ...model.timing import backoff
from .job_queue import JobQueue, Priority
from .slot_records import SlotRecords
from .timers import DeadlineTimer

_KEY: Final = "sweep"


class MissedReportsRound:
    """One round of reads over all slots per loss of reports, with back-off.

    An unstable connection must not drain the lock's battery: each round waits longer
    than the one before, up to an hour.
    """

    def __init__(self, hour: timedelta) -> None:
        """Begin with no missed reports; `hour` is the longest wait between two rounds."""
        self._hour = hour
        self._rounds = 0
        self._began_at: datetime | None = None
        self._is_under_way = False
        self._missed_again_at: datetime | None = None
        self.verify_older_than: datetime | None = None
        """Slots verified before this time have to be read again; None if none have to."""

    def mark_missed(self, now: datetime) -> None:
        """Record that reports up to now may be missing."""
        if self._is_under_way:
            self._missed_again_at = now
            return
        if self._began_at is not None and now > self._began_at + 2 * self._hour:
            self._rounds = 0
        self.verify_older_than = now

    def ready_at(self, now: datetime) -> datetime:
        """Return when the round may begin or continue."""
        if self._is_under_way or self._began_at is None or not self._rounds:
            return now
        pause = backoff(self._hour / 12, self._hour, self._rounds)
        return max(now, self._began_at + pause)

    def start_round(self, now: datetime) -> None:
        """Begin a round with its first read; no effect while one is running."""
        if not self._is_under_way:
            self._is_under_way = True
            self._began_at = now
            self._rounds += 1

    def finish(self) -> None:
        """End the round; reports missed meanwhile need another one."""
        self._is_under_way = False
        self.verify_older_than, self._missed_again_at = self._missed_again_at, None


class BackgroundVerifier:
    """Finds changes that a lock did not report. It has one timer, or none.

    Between two of its reads there is always a whole interval of the budget, counted
    from the actual start of the first one, also over reconnects and restarts. Only
    after missed reports every slot is read once without a pause.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        slot_records: SlotRecords,
        queue: JobQueue,
        checks_per_hour: int | None,
        hour: timedelta,
        verify: Callable[[int], Awaitable[object]],
    ) -> None:
        """Await `verify` for one slot at a time, in a job of the lock's queue.

        `checks_per_hour` is the user's choice, None for automatic.
        """
        self._slot_records = slot_records
        self._queue = queue
        self._chosen = checks_per_hour
        self._hour = hour
        self._verify = verify
        self._timer = DeadlineTimer[str](hass, self._on_due)
        # locks that reconnect together are not all read at the same time
        self._start_offset = crc32(slot_records.journal_entry.lock.encode()) / 2**32
        self._attempted_at: dict[int, datetime] = {}
        self._last: datetime | None = None
        self._not_before: datetime | None = None
        self._reachable_since: datetime | None = None
        self._missed_reports = MissedReportsRound(hour)
        self._is_armed = False

    @callback
    def async_start(self) -> None:
        """Start when the lock is reachable: changes meanwhile were not reported."""
        now = dt_util.utcnow()
        self._reachable_since = now
        if (rate := self._rate) is None:
            return
        if self._missed_reports.verify_older_than is not None:
            self._not_before = self._missed_reports.ready_at(now)
            self._arm()
            return
        # a slot may have been read just before a restart
        last = self._last or now
        self._not_before = max(last, now - rate.interval) + rate.interval
        self._not_before += self._start_offset * rate.interval
        self._arm()

    @callback
    def async_verify_all_soon(self) -> None:
        """Verify all slots without a pause: reports up to now may be missing."""
        self._missed_reports.mark_missed(dt_util.utcnow())
        if self._reachable_since is not None:
            self.async_start()

    @callback
    def async_stop(self) -> None:
        """Stop until the lock is reachable again."""
        self._reachable_since = None
        self._queue.cancel(_KEY)
        self._set(None)

    @callback
    def async_reschedule(self) -> None:
        """Set the timer after a change if it is not set: there may be a slot to verify.

        This is cheap: it does not go through the slots.
        """
        if self._is_armed or self._is_busy or self._not_before is None:
            return
        rate = self._rate
        if rate is None or rate.once or not self._slot_records.records:
            return
        self._set(max(self._not_before, dt_util.utcnow() + rate.interval))

    @callback
    def async_close(self) -> None:
        """Stop for good."""
        self._reachable_since = None
        self._timer.async_close()

    @property
    def _rate(self) -> VerificationRate | None:
        if self._reachable_since is None:
            return None
        rate = verification_rate(
            self._chosen, self._slot_records.capabilities, self._hour
        )
        if rate is None or self._missed_reports.verify_older_than is None:
            return rate
        return VerificationRate(timedelta(), once=True)

    @property
    def _is_busy(self) -> bool:
        return self._queue.is_waiting(_KEY) or self._queue.is_running(_KEY)

    @callback
    def _set(self, due: datetime | None) -> None:
        self._is_armed = due is not None
        self._timer.async_schedule(_KEY, due)

    @callback
    def _arm(self) -> None:
        found = self._next()
        is_up = self._rate is not None and self._not_before is not None
        if (
            found is None
            and is_up
            and self._missed_reports.verify_older_than is not None
        ):
            self._missed_reports.finish()
            self._resume(dt_util.utcnow())
            found = self._next()
        self._set(None if found is None else found[1])

    def _resume(self, now: datetime) -> None:
        """Continue after a round over all slots: with the next round, or by the budget."""
        if self._missed_reports.verify_older_than is not None:
            self._not_before = self._missed_reports.ready_at(now)
        elif (rate := self._rate) is not None:
            self._not_before = now + rate.interval

    def _next(self) -> tuple[int, datetime] | None:
        """Return the slot to read next, and when its read is due."""
        rate = self._rate
        if rate is None or self._not_before is None or self._reachable_since is None:
            return None
        found = oldest_verification(
            self._slot_records.records.values(), self._attempted_at
        )
        since = self._missed_reports.verify_older_than or self._reachable_since
        if found is None or (rate.once and found[1] >= since):
            return None
        slot, seen_at = found
        # a slot that was read lately for another reason is not read again yet
        return slot, max(self._not_before, seen_at + rate.interval)

    @callback
    def _on_due(self, _key: str) -> None:
        self._is_armed = False
        if self._rate is not None:
            self._queue.submit(_KEY, Priority.SCAN, self._check)

    async def _check(self) -> None:
        """Read the slot that is due now, if any: a slot may have been read meanwhile."""
        now = dt_util.utcnow()
        found, rate = self._next(), self._rate
        try:
            if found is not None and rate is not None and found[1] <= now:
                slot = found[0]
                if self._missed_reports.verify_older_than is not None:
                    self._missed_reports.start_round(now)
                self._last, self._not_before = now, now + rate.interval
                self._attempted_at = {slot: now} | {
                    other: at
                    for other, at in self._attempted_at.items()
                    if other in self._slot_records.records and other != slot
                }
                await self._verify(slot)
        finally:
            self._arm()
