"""Records, timers and moments for the tests of the autolock reducer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from custom_components.keyholder.logic.autolock_reducer import reduce
from custom_components.keyholder.logic.autolock_step import AutolockStep
from custom_components.keyholder.model.autolock import (
    AutolockConfig,
    AutolockNotice,
    Position,
    TimerReason,
)
from custom_components.keyholder.model.autolock_events import (
    AutolockEvent,
    PublishNotice,
)
from custom_components.keyholder.model.autolock_record import AutolockRecord, BoltState
from custom_components.keyholder.model.autolock_timer import TimerEntry, TimerStatus

NOW: Final = 1000.0
"""Seconds of the event loop's clock."""
TODAY: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
ON: Final = AutolockConfig(enabled=True)
OFF: Final = AutolockConfig(enabled=False)
CLOSE: Final = replace(ON, lock_when_closed=True, close_delay=10 * SECOND)
"""Locks ten seconds after the door was closed."""


def entry(attempt: int = 0, reason: TimerReason = TimerReason.UNLOCKED) -> TimerEntry:
    """Return a timer entry of five minutes."""
    return TimerEntry(
        lock="front",
        deadline=TODAY,
        duration=5 * MINUTE,
        reason=reason,
        attempt=attempt,
    )


NO_TIMER: Final = TimerStatus()
RUNNING: Final = TimerStatus(
    entry=entry(), pending_entry=entry(), overdue_by=-2 * MINUTE
)
ELAPSED: Final = TimerStatus(entry=entry(), pending_entry=entry(), overdue_by=SECOND)


def bolt(position: Position, last: Position | None = None) -> BoltState:
    """Return a bolt in this position, which was in the last one before that."""
    return BoltState().with_position(last or position, 0).with_position(position, 0)


LOCKED: Final = AutolockRecord(config=ON, bolt=bolt(Position.LOCKED))
UNLOCKED: Final = AutolockRecord(config=ON, bolt=bolt(Position.UNLOCKED))


def after(
    record: AutolockRecord,
    *events: AutolockEvent,
    timer: TimerStatus = NO_TIMER,
    now: float = NOW,
) -> AutolockStep:
    """Return the step of the last of these events."""
    step = AutolockStep(record)
    for event in events:
        step = reduce(step.record, event, timer, now)
    return step


def notices(step: AutolockStep) -> list[AutolockNotice]:
    """Return the notices that a step publishes."""
    return [
        effect.notice for effect in step.effects if isinstance(effect, PublishNotice)
    ]
