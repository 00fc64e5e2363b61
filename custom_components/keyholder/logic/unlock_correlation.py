"""Correlate the state change and the report of one unlock, in either order.

Each of them starts the timer. But an action called after the first one stays in force
when the second arrives: an automation on an unlock is faster than some locks.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from ..model.autolock import UnlockSource
from ..model.autolock_record import UnlockSign, UnlockState
from .autolock import is_same_unlock, is_stale_unlock

type Correlated = tuple[UnlockState, bool]
"""The state after a sign of an unlock, and whether the timer starts."""


def on_unlocked_state(unlock: UnlockState, now: float) -> Correlated:
    """Process a state change from locked."""
    return _correlate(unlock, UnlockSource.STATE, now)


def on_unlock_report(
    unlock: UnlockState, at: datetime, received_at: datetime, now: float
) -> Correlated:
    """Process an unlock report; one that is not newer than the last starts no timer."""
    if is_stale_unlock(at, unlock.reported_at, received_at):
        return unlock, False
    return _correlate(replace(unlock, reported_at=at), UnlockSource.EVENT, now)


def overridden(unlock: UnlockState) -> UnlockState:
    """Return the state after an action has set or cancelled the timer of the unlock."""
    return replace(unlock, is_overridden=True)


def locked_again(unlock: UnlockState) -> UnlockState:
    """Return the state after the door was locked: the next unlock is another one."""
    return replace(unlock, first_sign=None)


def _correlate(unlock: UnlockState, source: UnlockSource, now: float) -> Correlated:
    first = unlock.first_sign
    if first is not None:
        apart = timedelta(seconds=now - first.at)
        if is_same_unlock(first.source, source, apart):
            return replace(unlock, first_sign=None), not unlock.is_overridden
    sign = UnlockSign(source, now)
    return replace(unlock, first_sign=sign, is_overridden=False), True
