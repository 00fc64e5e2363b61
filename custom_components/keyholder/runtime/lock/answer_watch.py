"""Watch how long a lock has given no answer, and how long wanted codes have been waiting."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...logic.unanswered import (
    Unanswered,
    is_outdated,
    next_deadline,
    overdue_codes,
    waiting_since,
)
from ...model.credential import CredentialRef
from ...model.snapshot import LockSnapshot
from .connection import LockConnection
from .slot_records import SlotRecords
from .timers import DeadlineTimer

_KEY: Final = "deadline"


class AnswerWatch:
    """What time alone changes in the state of a lock. It has one timer, or none.

    Since when there was no answer is stored, once it is worth it: a restart is none.
    Since when a code has been waiting is not: after a start it counts anew.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        slot_records: SlotRecords,
        connection: LockConnection,
        overdue_delay: timedelta,
        unanswered_limit: timedelta,
        on_due: Callable[[], None],
    ) -> None:
        """Continue with what is stored; `on_due` is called when the state has changed."""
        self._slot_records = slot_records
        self._connection = connection
        self._delay = overdue_delay
        self._limit = unanswered_limit
        self._timer = DeadlineTimer[str](hass, lambda _key: on_due())
        self._waiting: dict[CredentialRef, datetime] = {}
        connection.unanswered = Unanswered(
            calls=slot_records.journal_entry.unanswered_since
        )

    @property
    def unanswered_since(self) -> datetime | None:
        """Return since when the lock has given no answer, None if it answers."""
        if self._connection.reachable and not self._slot_records.records:
            # nothing is ever asked of it
            return None
        return self._connection.unanswered.since

    @property
    def is_outdated(self) -> bool:
        """Return whether nothing of the lock is to be shown as proven now."""
        return is_outdated(self.unanswered_since, self._limit, dt_util.utcnow())

    @callback
    def async_observe(
        self, snapshot: LockSnapshot, changed: Collection[CredentialRef]
    ) -> LockSnapshot:
        """Return a new snapshot with its overdue codes, and set the timer.

        `changed` are the credentials that may be in another state than before.
        """
        now, since = dt_util.utcnow(), self.unanswered_since
        if changed:
            self._waiting = waiting_since(self._waiting, snapshot, changed, now)
        if since is None or now >= since + self._delay:
            self._slot_records.async_set_unanswered_since(since)
        self._timer.async_schedule(
            _KEY,
            next_deadline(self._waiting.values(), self._delay, since, self._limit, now),
        )
        overdue = overdue_codes(self._waiting, self._delay, now)
        return replace(snapshot, overdue=overdue) if overdue else snapshot

    @callback
    def async_close(self) -> None:
        """Cancel the timer."""
        self._timer.async_close()
