"""Schedule one read of all slots after reports of a lock were missed."""

from datetime import datetime, timedelta

from ...model.timing import backoff


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
