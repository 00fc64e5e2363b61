"""What each event does to the autolock record and the timer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.keyholder.logic.autolock import context_of
from custom_components.keyholder.logic.autolock_reducer import (
    MOVING_RECHECK,
    STARTUP_GRACE,
    reduce,
)
from custom_components.keyholder.logic.autolock_step import AutolockStep
from custom_components.keyholder.model.autolock import (
    AutolockAction,
    AutolockConfig,
    AutolockContext,
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    Door,
    Position,
    TimerReason,
    UnknownDoorPolicy,
)
from custom_components.keyholder.model.autolock_events import (
    AutolockEffect,
    AutolockEvent,
    CancelRequested,
    CancelTimer,
    ConfigChanged,
    ControllerClosing,
    ControllerStarting,
    DoorChanged,
    EvaluateTimer,
    JamReported,
    LockAvailable,
    LockCommandReturned,
    LockCommandSent,
    PositionChanged,
    PublishNotice,
    StartRequested,
    StartTimer,
    TimerElapsed,
    TimerRestored,
    UnlockReported,
)
from custom_components.keyholder.model.autolock_record import (
    AutolockRecord,
    DoorState,
    UnlockState,
)
from custom_components.keyholder.model.autolock_timer import (
    Finished,
    RetryAfter,
    TimerOutcome,
    TimerStatus,
    WaitForChange,
)
from tests.harness.sampling import FULL, sample_size
from tests.unit.logic.autolock_cases import (
    CLOSE,
    ELAPSED,
    LOCKED,
    MINUTE,
    NO_TIMER,
    NOW,
    OFF,
    ON,
    RUNNING,
    SECOND,
    TODAY,
    UNLOCKED,
    after,
    bolt,
    notices,
)

NOTHING_SEEN = AutolockRecord(config=ON)
EVALUATE = EvaluateTimer(timedelta(0))
CLEARED = PublishNotice(AutolockNotice(AutolockNoticeType.CLEARED))


def published(
    notice: AutolockNoticeType, failure: AutolockFailure | None = None
) -> PublishNotice:
    return PublishNotice(AutolockNotice(notice, failure))


def starts(reason: TimerReason) -> StartTimer:
    return StartTimer(reason=reason)


@pytest.mark.parametrize(
    ("record", "config", "effects"),
    [
        (replace(UNLOCKED, config=OFF), ON, [starts(TimerReason.SWITCHED_ON)]),
        (replace(LOCKED, config=OFF), ON, [EVALUATE]),
        (AutolockRecord(config=OFF), ON, [EVALUATE]),
        (UNLOCKED, OFF, [CancelTimer()]),
        (UNLOCKED, replace(ON, day=MINUTE), [EVALUATE]),
        (UNLOCKED, ON, []),
        (replace(UNLOCKED, config=OFF), OFF, []),
    ],
)
def test_a_changed_configuration_applies_to_the_timer(
    record: AutolockRecord, config: AutolockConfig, effects: list[AutolockEffect]
) -> None:
    step = after(record, ConfigChanged(config))
    assert list(step.effects) == effects
    assert step.record.config is config


@pytest.mark.parametrize(
    ("record", "timer", "is_started"),
    [
        (UNLOCKED, NO_TIMER, True),
        (NOTHING_SEEN, NO_TIMER, True),
        (LOCKED, RUNNING, True),
        (LOCKED, NO_TIMER, False),
        (replace(UNLOCKED, config=OFF), NO_TIMER, False),
    ],
)
def test_a_requested_timer_starts_where_there_is_something_to_lock(
    record: AutolockRecord, timer: TimerStatus, is_started: bool
) -> None:
    step = after(record, StartRequested(MINUTE), timer=timer)
    if is_started:
        assert step.record.unlock.is_overridden
        assert step.effects == (StartTimer(reason=TimerReason.ACTION, duration=MINUTE),)
    else:
        assert step == AutolockStep(record)


def test_a_requested_cancel_clears_the_notice_and_keeps_the_retry_delay() -> None:
    record = replace(
        UNLOCKED,
        active_notice=AutolockNoticeType.FAILED,
        retry_not_before=NOW + 15,
        unconfirmed_commands=1,
    )
    step = after(record, CancelRequested(), timer=ELAPSED)
    assert step.effects == (CLEARED, CancelTimer())
    assert step.record == replace(
        record, active_notice=None, unlock=UnlockState(is_overridden=True)
    )


@pytest.mark.parametrize(
    ("config", "timer", "effects", "reported"),
    [
        (ON, NO_TIMER, [], False),
        (OFF, NO_TIMER, [], False),
        (OFF, ELAPSED, [CancelTimer()], False),
        (ON, ELAPSED, [EvaluateTimer(STARTUP_GRACE)], True),
    ],
)
def test_a_restored_timer_waits_for_its_lock_or_is_cancelled(
    config: AutolockConfig,
    timer: TimerStatus,
    effects: list[AutolockEffect],
    reported: bool,
) -> None:
    if timer.entry is not None:
        timer = replace(timer, entry=replace(timer.entry, operated_at=TODAY))
    step = after(
        AutolockRecord(), ControllerStarting(config), TimerRestored(), timer=timer
    )
    assert list(step.effects) == effects
    assert step.record.config is config
    assert step.record.unlock.reported_at == (TODAY if reported else None)


@pytest.mark.parametrize(
    ("action", "outcome", "effects"),
    [
        ("cancel", Finished(), [CLEARED]),
        ("wait_for_availability", RetryAfter(40 * SECOND, failed=False), []),
        ("wait_while_locking", RetryAfter(MOVING_RECHECK, failed=False), []),
        ("wait_close_delay", RetryAfter(7 * SECOND, failed=False), []),
        ("wait_for_door", WaitForChange(), [published(AutolockNoticeType.DOOR_OPEN)]),
        (
            "wait_for_sensor",
            WaitForChange(),
            [published(AutolockNoticeType.DOOR_UNKNOWN)],
        ),
        (
            "fail",
            RetryAfter(30 * SECOND, failed=True),
            [published(AutolockNoticeType.FAILED, AutolockFailure.UNAVAILABLE)],
        ),
        ("lock", Finished(), []),
    ],
)
def test_an_elapsed_timer_waits_fails_or_ends_as_was_decided(
    action: str, outcome: TimerOutcome, effects: list[AutolockEffect]
) -> None:
    record = AutolockRecord(
        config=ON,
        bolt=bolt(Position.UNAVAILABLE, Position.UNLOCKED),
        door=DoorState(door=Door.CLOSED, closed_at=NOW - 3),
        startup_grace_until=NOW + 40,
        active_notice=AutolockNoticeType.GAVE_UP,
    )
    step = after(record, TimerElapsed(AutolockAction(action), 1), timer=ELAPSED)
    assert step.outcome == outcome
    assert list(step.effects) == effects


def test_a_notice_that_applies_already_is_not_published_again() -> None:
    waits = TimerElapsed(AutolockAction.WAIT_FOR_DOOR, 0)
    assert notices(after(UNLOCKED, waits, waits)) == []


def test_closing_clears_what_nothing_would_clear_later() -> None:
    record = replace(UNLOCKED, active_notice=AutolockNoticeType.FAILED)
    assert after(record, ControllerClosing()).effects == (CLEARED,)
    assert after(UNLOCKED, ControllerClosing()).effects == ()


@pytest.mark.parametrize(
    ("door", "sensor", "expected"),
    [
        (Door.NO_SENSOR, None, Door.NO_SENSOR),
        # a configured sensor that has no state yet is no closed door
        (Door.NO_SENSOR, "a registry id", Door.UNKNOWN),
        (Door.CLOSED, "a registry id", Door.CLOSED),
        (Door.OPEN, None, Door.OPEN),
    ],
)
def test_a_sensor_without_a_state_is_an_unknown_door(
    door: Door, sensor: str | None, expected: Door
) -> None:
    record = AutolockRecord(config=replace(ON, door=sensor), door=DoorState(door=door))
    assert context_of(record, NO_TIMER, NOW).door is expected


@pytest.mark.parametrize(
    ("record", "seconds", "was_available"),
    [
        (AutolockRecord(startup_grace_until=NOW + 10), 9.9, False),
        (AutolockRecord(startup_grace_until=NOW + 10), 10, True),
        (replace(LOCKED, startup_grace_until=NOW + 10), 0, True),
    ],
)
def test_a_lock_was_available_once_it_was_verified_or_the_grace_is_over(
    record: AutolockRecord, seconds: float, was_available: bool
) -> None:
    context = context_of(record, NO_TIMER, NOW + seconds)
    assert context.was_available is was_available


def test_the_inputs_of_a_decision_are_those_of_the_moment() -> None:
    record = AutolockRecord(
        config=replace(CLOSE, unknown_door=UnknownDoorPolicy.LOCK_ANYWAY),
        bolt=bolt(Position.LOCKING, Position.UNLOCKED),
        door=DoorState(door=Door.CLOSED, closed_at=NOW - 3),
    )
    assert context_of(record, ELAPSED, NOW) == AutolockContext(
        enabled=True,
        position=Position.LOCKING,
        door=Door.CLOSED,
        unknown_door=UnknownDoorPolicy.LOCK_ANYWAY,
        overdue_by=SECOND,
        was_available=True,
        close_delay_left=7 * SECOND,
        moving=NOW * SECOND,
    )


ANY_EVENT: Sequence[AutolockEvent] = [
    *(PositionChanged(position) for position in Position),
    *(DoorChanged(door) for door in Door),
    *(ConfigChanged(config) for config in (ON, OFF, CLOSE)),
    *(TimerElapsed(action, 0) for action in AutolockAction if action != "fail"),
    UnlockReported(at=TODAY, received_at=TODAY),
    JamReported(),
    LockAvailable(),
    StartRequested(MINUTE),
    CancelRequested(),
    LockCommandSent(),
    LockCommandReturned(succeeded=True),
    LockCommandReturned(succeeded=False),
    ControllerClosing(),
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ANY_EVENT),
            st.sampled_from([NO_TIMER, RUNNING, ELAPSED]),
            st.sampled_from([0.0, 1.0, 9.0, 11.0, 400.0]),
        ),
        max_size=20,
    )
)
@settings(
    max_examples=sample_size(50, 2000),
    deadline=None,
    derandomize=not FULL,
    database=None,
)
def test_whatever_is_seen_no_timer_starts_while_autolock_is_off(
    scenario: list[tuple[AutolockEvent, TimerStatus, float]],
) -> None:
    record, now = AutolockRecord(), NOW
    for event, timer, passed in scenario:
        now += passed
        before = record
        step = reduce(record, event, timer, now)
        assert step == reduce(before, event, timer, now)
        record = step.record
        started = [each for each in step.effects if isinstance(each, StartTimer)]
        assert len(started) <= record.config.enabled
        if started:
            # a new timer has no failures behind it
            assert record.active_notice is None
            assert record.unconfirmed_commands == 0
        waits = [each for each in step.effects if isinstance(each, EvaluateTimer)]
        assert all(each.after >= timedelta(0) for each in waits)
