"""Every delay, window and bound of the engine, in one place that tests can shrink."""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, Final, Self


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Durations of the engine. The defaults fit battery locks on a real radio."""

    write_window: timedelta = _seconds(60)
    """How long after a write the lock may still commit it."""
    clear_window: timedelta = _seconds(10)
    """How long a clear may take to show before it is tried again."""
    read_back_delays: tuple[timedelta, ...] = (_seconds(0), _seconds(2), _seconds(5))
    """When a slot is read after a write or clear; once more when its window ends."""
    report_window: timedelta = _seconds(10)
    """How long after an operation has shown the lock may still report it."""
    empty_read_max_age: timedelta = _seconds(10)
    """How old an `empty` may be for a write to rely on it."""
    final_read_grace: timedelta = _seconds(30)
    """How long after a window's end a read that settles it may still come."""

    failed_read_backoff: timedelta = _seconds(2)
    """Wait after the first read that told nothing; doubles each time."""
    clear_backoff: timedelta = _seconds(5)
    """Wait after the first clear that did not show; doubles each time."""
    slot_backoff_cap: timedelta = timedelta(minutes=30)
    """The longest wait of one slot, whatever it waits for."""

    restore_interval: timedelta = timedelta(hours=1)
    """The least time between two writes that undo a change made at the lock."""
    restore_window: timedelta = timedelta(days=7)
    """How long such a write counts."""

    job_timeout: timedelta = timedelta(minutes=2)
    """After this a job that does not return gives the lock free."""
    command_spacing: timedelta = _seconds(0.05)
    """The pause between two jobs on one lock."""
    unreachable_backoff: timedelta = _seconds(15)
    """Wait after the first sign that a lock is out of reach; doubles each time."""
    unreachable_backoff_cap: timedelta = timedelta(hours=1)
    """The longest wait between two probes of a lock that is out of reach, for each
    command that a probe takes."""

    publish_interval: timedelta = _seconds(0.05)
    """The least time from one change of what is shown of a lock to the next, as long as
    the lock is being worked on."""
    verification_period: timedelta = timedelta(hours=1)
    """The time for which a lock's budget of unasked checks is meant."""
    saved_subentry_poll: timedelta = _seconds(0.5)
    """How often a new owner is looked for in Home Assistant's saved registry."""
    removal_timeout: timedelta = timedelta(minutes=2)
    """How long a removal stays on the screen before it goes on in the background."""
    form_timeout: timedelta = _seconds(20)
    """How long a form waits for a lock's answer."""
    duplicate_window: timedelta = _seconds(2)
    """Two equal reports of one operation within this time are one."""
    anonymous_event_delay: timedelta = _seconds(1)
    """How long a keypad operation without a user may yet be reported with one."""
    historic_event_age: timedelta = _seconds(60)
    """What is reported later than this after it happened is no news any more."""

    def scaled(self, factor: float) -> Self:
        """Return the same timing with every duration multiplied."""
        scaled: dict[str, Any] = {}
        for field in fields(self):
            value: timedelta | tuple[timedelta, ...] = getattr(self, field.name)
            scaled[field.name] = (
                tuple(item * factor for item in value)
                if isinstance(value, tuple)
                else value * factor
            )
        return replace(self, **scaled)


MAX_FAILURES: Final = 3
"""Consecutive charged failures after which a slot is suspended."""
MAX_UNANSWERED_CALLS: Final = 3
"""Calls in a row without news after which a lock counts as out of reach."""
MAX_RESTORES_PER_WINDOW: Final = 3
"""Changes made at the lock that are undone within `Timing.restore_memory`."""


def backoff(base: timedelta, cap: timedelta, failures: int) -> timedelta:
    """Return base × 2^(failures - 1), never more than cap; failures count from 1.

    The cap is applied before the power grows, so no count of failures overflows.
    """
    if not base:
        return base
    exponent = max(failures - 1, 0)
    if exponent >= (cap // base).bit_length():
        return cap
    return min(base * (1 << exponent), cap)
