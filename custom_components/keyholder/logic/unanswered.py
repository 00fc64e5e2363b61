"""Since when a lock has given no answer, and which wanted codes it has not shown in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Self

from ..model.credential import CredentialRef
from ..model.slot import DesiredState
from ..model.snapshot import LockSnapshot


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Since when a lock has given no answer; neither is set while it answers.

    `calls`: since the first of its calls that got no answer. A new connection does not
    end that: many technologies report one without a word of the lock. `connection`:
    since the connection was lost.
    """

    calls: datetime | None = None
    connection: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """Return since when there was no answer, None if the lock answers."""
        return min(filter(None, (self.calls, self.connection)), default=None)

    def after_failed_call(self, now: datetime) -> Self:
        """Return it after a call that got no answer."""
        return replace(self, calls=self.calls or now)

    def after_disconnected(self, now: datetime) -> Self:
        """Return it after the connection was lost."""
        return replace(self, connection=self.connection or now)

    def after_connected(self, *, is_asked: bool) -> Self:
        """Return it after a new connection; `is_asked`: the lock itself is asked soon."""
        return replace(self, calls=self.calls if is_asked else None, connection=None)


ANSWERED = Unanswered()
"""The state of a lock that answers."""


def is_outdated(since: datetime | None, limit: timedelta, now: datetime) -> bool:
    """Return whether what a lock showed before `since` is too old to count as proven."""
    return since is not None and now >= since + limit


def waiting_since(
    before: Mapping[CredentialRef, datetime],
    snapshot: LockSnapshot,
    changed: Iterable[CredentialRef],
    now: datetime,
) -> dict[CredentialRef, datetime]:
    """Return since when each wanted code has not been proven, the earliest first.

    `before` is the last result, and `changed` are the credentials that may be in another
    state now. Codes are left out that were proven and whose lock has given no answer for
    too long since: those have a repair of their own.
    """
    waiting = dict(before)
    for credential in changed:
        if not _is_waiting(snapshot, credential):
            waiting.pop(credential, None)
        elif credential not in waiting:
            waiting[credential] = now
    return waiting


def _is_waiting(snapshot: LockSnapshot, credential: CredentialRef) -> bool:
    view = snapshot.slot_of(credential)
    if view is None:
        return credential in snapshot.unassigned
    is_wanted = view.desired is DesiredState.PRESENT
    return is_wanted and not view.outdated and not view.is_completed


def overdue_codes(
    waiting: Mapping[CredentialRef, datetime], delay: timedelta, now: datetime
) -> frozenset[CredentialRef]:
    """Return the codes that have been waiting for `delay` or longer."""
    due = takewhile(lambda item: now >= item[1] + delay, waiting.items())
    return frozenset(ref for ref, _since in due)


def next_deadline(
    waiting: Iterable[datetime],
    delay: timedelta,
    since: datetime | None,
    limit: timedelta,
    now: datetime,
) -> datetime | None:
    """Return when the next code is overdue or the lock outdated; None if neither is due.

    `waiting` are the times since which codes wait, the earliest first.
    """
    overdue = (moment + delay for moment in waiting)
    moments = [next((moment for moment in overdue if moment > now), None)]
    if since is not None:
        # the first is when it is worth storing
        moments += [since + delay, since + limit]
    return min((each for each in moments if each and each > now), default=None)
