"""Durations and bounds of the engine, in one place where tests can scale them."""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, Final, Self


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The durations of the engine. The defaults fit battery locks on a real radio."""

    write_window: timedelta = _seconds(60)
    """How long after a write the lock may still commit it."""
    clear_window: timedelta = _seconds(10)
    """How long a clear may take to show in a read before it is tried again."""
    read_back_delays: tuple[timedelta, ...] = (_seconds(0), _seconds(2), _seconds(5))
    """When a slot is read after a command returned; once more when its window ends."""
    report_window: timedelta = _seconds(10)
    """How long after a command's effect was read the lock may still report it."""
    empty_read_max_age: timedelta = _seconds(10)
    """How old a read of an empty slot may be for a write to rely on it."""
    reread_delay: timedelta = timedelta(minutes=3)
    """How long after a new code was first proven it is read once more."""
    final_read_grace: timedelta = _seconds(30)
    """How long after a window's end the read that decides may still come."""

    failed_read_backoff: timedelta = _seconds(2)
    """Wait after the first failed read; doubles each time."""
    clear_backoff: timedelta = _seconds(5)
    """Wait after the first clear without effect; doubles each time."""
    slot_backoff_cap: timedelta = timedelta(minutes=30)
    """The longest wait of one slot, whatever it waits for."""

    restore_interval: timedelta = timedelta(hours=1)
    """The least time between two writes that undo an external change."""
    restore_window: timedelta = timedelta(days=7)
    """How long such a write counts towards `MAX_RESTORES_PER_WINDOW`."""

    job_timeout: timedelta = timedelta(minutes=2)
    """How long a job may run before its lock is free for the next one."""
    command_spacing: timedelta = _seconds(0.05)
    """The pause between two jobs on one lock."""
    unreachable_backoff: timedelta = _seconds(15)
    """Wait after the first sign that a lock is unreachable; doubles each time."""
    unreachable_backoff_cap: timedelta = timedelta(hours=1)
    """The longest wait between two probes of an unreachable lock, per command of a probe."""

    overdue_delay: timedelta = timedelta(minutes=15)
    """How long a wanted code may not be proven before the user is told."""

    publish_interval: timedelta = _seconds(0.05)
    """The least time between two published states of a lock while jobs run on it."""
    verification_period: timedelta = timedelta(hours=1)
    """The period that a lock's number of checks per hour refers to."""
    saved_subentry_poll: timedelta = _seconds(0.5)
    """How often Home Assistant's saved registry is read for a new owner."""
    removal_timeout: timedelta = timedelta(minutes=2)
    """How long a removal stays on the screen before it continues in the background."""
    removal_report: timedelta = _seconds(5)
    """After how long a removal says on the screen which locks give no answer."""
    form_timeout: timedelta = _seconds(20)
    """How long a form waits for a lock's answer."""
    duplicate_window: timedelta = _seconds(2)
    """Two equal reports of one operation within this time are duplicates."""
    anonymous_event_delay: timedelta = _seconds(1)
    """How long a keypad operation without a user may yet be reported with one."""
    historic_event_age: timedelta = _seconds(60)
    """What is reported later than this after it happened is historic."""

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
"""Consecutive failures of the lock after which a slot is suspended."""
MAX_UNANSWERED_CALLS: Final = 3
"""Consecutive calls without an answer after which a lock counts as unreachable."""
MAX_RESTORES_PER_WINDOW: Final = 3
"""External changes that are undone within `Timing.restore_window`."""


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
