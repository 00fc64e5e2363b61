"""When all slots of a lock are read because its reports were lost, and how often."""

from datetime import datetime, timedelta

from ..model.timing import backoff


class MissedReportsRound:
    """One round over the slots for each loss; the more losses, the longer the waits.

    A connection that comes and goes is no reason to wear out a battery: after a round
    the next one waits, longer each time, up to an hour.
    """

    def __init__(self, hour: timedelta) -> None:
        """Begin with nothing lost."""
        self._hour = hour
        self._rounds = 0
        self._began_at: datetime | None = None
        self._is_under_way = False
        self._lost_again_at: datetime | None = None
        self.verify_older_than: datetime | None = None
        """What was seen before that has to be seen again; None if nothing was lost."""

    def mark_missed(self, now: datetime) -> None:
        """Reports up to now are lost."""
        if self._is_under_way:
            self._lost_again_at = now
            return
        if self._began_at is not None and now > self._began_at + 2 * self._hour:
            self._rounds = 0
        self.verify_older_than = now

    def ready_at(self, now: datetime) -> datetime:
        """Return when the round may begin, or go on."""
        if self._is_under_way or self._began_at is None or not self._rounds:
            return now
        pause = backoff(self._hour / 12, self._hour, self._rounds)
        return max(now, self._began_at + pause)

    def start_round(self, now: datetime) -> None:
        """A slot is read for it."""
        if not self._is_under_way:
            self._is_under_way = True
            self._began_at = now
            self._rounds += 1

    def finish(self) -> None:
        """All slots were seen. What was lost meanwhile is for another round."""
        self._is_under_way = False
        self.verify_older_than, self._lost_again_at = self._lost_again_at, None
