"""What an event of a lock or its door does to the autolock record and the timer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.logic.autolock_step import AutolockStep
from custom_components.keyholder.model.autolock import (
    AutolockConfig,
    AutolockNotice,
    AutolockNoticeType,
    Door,
    Position,
    TimerReason,
)
from custom_components.keyholder.model.autolock_events import (
    AutolockEffect,
    CancelTimer,
    DoorChanged,
    EvaluateTimer,
    LockAvailable,
    LockCommandSent,
    PositionChanged,
    PublishNotice,
    StartTimer,
    UnlockReported,
)
from custom_components.keyholder.model.autolock_record import (
    AutolockRecord,
    DoorState,
)
from custom_components.keyholder.model.autolock_timer import TimerStatus
from custom_components.keyholder.model.lock_events import Method
from tests.unit.logic.autolock_cases import (
    CLOSE,
    ELAPSED,
    LOCKED,
    NO_TIMER,
    NOW,
    OFF,
    ON,
    RUNNING,
    SECOND,
    TODAY,
    UNLOCKED,
    after,
    entry,
)

NOTHING_SEEN = AutolockRecord(config=ON)
EVALUATE = EvaluateTimer(timedelta(0))
CLEARED = PublishNotice(AutolockNotice(AutolockNoticeType.CLEARED))


def starts(reason: TimerReason) -> StartTimer:
    return StartTimer(reason=reason)


@pytest.mark.parametrize(
    ("record", "position", "timer", "effects"),
    [
        # unlocked or jammed
        (LOCKED, "unlocked", NO_TIMER, [starts(TimerReason.UNLOCKED)]),
        (LOCKED, "jammed", NO_TIMER, [starts(TimerReason.UNLOCKED)]),
        (LOCKED, "unlocked", RUNNING, [EVALUATE]),
        (NOTHING_SEEN, "unlocked", NO_TIMER, [starts(TimerReason.FOUND_UNLOCKED)]),
        (NOTHING_SEEN, "unlocked", ELAPSED, [EVALUATE]),
        (UNLOCKED, "jammed", NO_TIMER, [EVALUATE]),
        (UNLOCKED, "unlocked", NO_TIMER, []),
        (replace(LOCKED, config=OFF), "unlocked", NO_TIMER, []),
        (replace(NOTHING_SEEN, config=OFF), "unlocked", NO_TIMER, []),
        # locked, by whomever
        (UNLOCKED, "locked", NO_TIMER, [CancelTimer()]),
        (UNLOCKED, "locked", RUNNING, [CancelTimer()]),
        (NOTHING_SEEN, "locked", ELAPSED, [CancelTimer()]),
        (replace(UNLOCKED, config=OFF), "locked", NO_TIMER, [CancelTimer()]),
        # moving, unavailable or missing
        (UNLOCKED, "locking", RUNNING, []),
        (NOTHING_SEEN, "locking", ELAPSED, [EVALUATE]),
        (UNLOCKED, "unavailable", ELAPSED, []),
        (UNLOCKED, "missing", ELAPSED, []),
    ],
)
def test_a_position_starts_cancels_or_evaluates_the_timer(
    record: AutolockRecord,
    position: str,
    timer: TimerStatus,
    effects: list[AutolockEffect],
) -> None:
    step = after(record, PositionChanged(Position(position)), timer=timer)
    assert list(step.effects) == effects
    assert step.record.bolt.position == position


@pytest.mark.parametrize(
    ("positions", "last", "is_unlocked"),
    [
        ([], None, False),
        (["unlocked"], "unlocked", True),
        (["jammed", "unavailable", "missing"], "jammed", True),
        (["unlocked", "locking"], "unlocked", True),
        (["locked", "locking"], "locked", False),
        (["unlocked", "locked"], "locked", False),
    ],
)
def test_the_last_position_verified_is_kept(
    positions: list[str], last: str | None, is_unlocked: bool
) -> None:
    events = [PositionChanged(Position(position)) for position in positions]
    state = after(NOTHING_SEEN, *events).record.bolt
    assert state.last_position == last
    assert state.is_unlocked is is_unlocked


def test_the_time_that_a_bolt_has_been_locking_ends_with_it() -> None:
    moving = after(UNLOCKED, PositionChanged(Position.LOCKING)).record.bolt
    assert moving.locking_for(NOW + 7) == 7 * SECOND
    assert moving.with_position(Position.LOCKED, NOW + 8).locking_for(
        NOW + 9
    ) == timedelta(0)


@pytest.mark.parametrize(
    ("retry_in", "commands", "since", "wait"),
    [
        # the retry delay after a failure
        (0, 0, 0, 0),
        (12, 0, 0, 12),
        # at least 15 s, 30 s … after a command that locked nothing
        (0, 1, 5, 10),
        (0, 2, 5, 25),
        (20, 1, 5, 20),
        (0, 1, 60, 0),
    ],
)
def test_a_position_after_a_failure_does_not_shorten_the_wait(
    retry_in: float, commands: int, since: float, wait: float
) -> None:
    record = replace(
        UNLOCKED,
        retry_not_before=NOW + retry_in,
        commanded_at=NOW - since,
        unconfirmed_commands=commands,
    )
    step = after(record, PositionChanged(Position.JAMMED), timer=ELAPSED)
    assert step.effects == (EvaluateTimer(wait * SECOND),)


def test_a_position_during_a_command_is_left_to_the_command() -> None:
    step = after(UNLOCKED, LockCommandSent(), PositionChanged(Position.JAMMED))
    assert step.effects == ()


def test_a_lock_that_is_available_again_is_evaluated() -> None:
    assert after(UNLOCKED, LockAvailable(), timer=ELAPSED).effects == (EVALUATE,)


def test_an_unlock_report_starts_the_timer_of_its_person_and_method() -> None:
    report = UnlockReported(
        at=TODAY, received_at=TODAY, person="ann", method=Method.KEYPAD
    )
    step = after(LOCKED, report, timer=RUNNING)
    assert step.effects == (
        StartTimer(
            reason=TimerReason.UNLOCKED,
            person="ann",
            method=Method.KEYPAD,
            operated_at=TODAY,
        ),
    )
    again = after(step.record, report)
    assert (again.effects, again.record) == ((), step.record)


def test_an_unlock_report_while_autolock_is_off_is_not_remembered() -> None:
    record = replace(LOCKED, config=OFF)
    step = after(record, UnlockReported(at=TODAY, received_at=TODAY))
    assert step == AutolockStep(record)


def seconds_left(seconds: float, reason: TimerReason) -> TimerStatus:
    pending = entry(reason=reason)
    return TimerStatus(
        entry=pending, pending_entry=pending, overdue_by=-seconds * SECOND
    )


@pytest.mark.parametrize(
    ("config", "doors", "timer", "effects"),
    [
        # the delay is shorter than what is left of the timer
        (CLOSE, ["open", "closed"], RUNNING, ["door_closed"]),
        (CLOSE, ["open", "closed"], seconds_left(10.1, TimerReason.ACTION), ["door_closed"]),
        (CLOSE, ["open", "closed"], seconds_left(10, TimerReason.ACTION), [10]),
        (CLOSE, ["open", "unknown", "closed"], RUNNING, ["door_closed"]),
        # nothing is to be locked
        (CLOSE, ["open", "closed"], NO_TIMER, [10]),
        # the door was not open
        (CLOSE, ["closed"], RUNNING, [10]),
        (CLOSE, ["closed", "unknown", "closed"], RUNNING, [10]),
        # not wanted
        (replace(CLOSE, lock_when_closed=False), ["open", "closed"], RUNNING, [10]),
        # it opens before it was locked
        (CLOSE, ["closed", "open"], RUNNING, []),
        (CLOSE, ["closed", "open"], seconds_left(3, TimerReason.DOOR_CLOSED), ["unlocked"]),
        (CLOSE, ["open", "open"], seconds_left(3, TimerReason.DOOR_CLOSED), []),
        (CLOSE, ["closed", "unknown"], RUNNING, [10]),
    ],
)  # fmt: skip
def test_a_door_that_closes_starts_the_close_delay(
    config: AutolockConfig,
    doors: list[str],
    timer: TimerStatus,
    effects: list[str | float],
) -> None:
    events = [DoorChanged(Door(door)) for door in doors]
    step = after(replace(UNLOCKED, config=config), *events, timer=timer)
    assert [
        effect.reason.value
        if isinstance(effect, StartTimer)
        else effect.after.total_seconds()
        for effect in step.effects
        if isinstance(effect, StartTimer | EvaluateTimer)
    ] == effects


def test_a_door_that_closes_while_the_lock_is_locked_starts_nothing() -> None:
    """The unlock that was reported is not in its state yet."""
    record = replace(LOCKED, config=CLOSE)
    events = (DoorChanged(Door.OPEN), DoorChanged(Door.CLOSED))
    step = after(record, *events, timer=RUNNING)
    assert step.effects == (EvaluateTimer(10 * SECOND),)


@pytest.mark.parametrize(
    ("doors", "left"),
    [
        # the first state of a sensor is no closing
        (["closed"], 0),
        (["unknown", "closed"], 0),
        (["open", "closed"], 7),
        (["closed", "unknown", "closed"], 7),
        (["open"], 0),
    ],
)
def test_the_close_delay_counts_from_the_last_closing(
    doors: list[str], left: float
) -> None:
    state = DoorState()
    for door in doors:
        state = state.with_door(Door(door), NOW)
    assert state.close_delay_left(10 * SECOND, NOW + 3) == left * SECOND
    assert state.close_delay_left(10 * SECOND, NOW + 11) == timedelta(0)


@pytest.mark.parametrize(
    ("notice", "door", "cleared"),
    [
        (AutolockNoticeType.LOCKED_WHILE_OPEN, Door.CLOSED, True),
        (AutolockNoticeType.LOCKED_WHILE_OPEN, Door.NO_SENSOR, True),
        (AutolockNoticeType.LOCKED_WHILE_OPEN, Door.UNKNOWN, False),
        (AutolockNoticeType.DOOR_OPEN, Door.CLOSED, False),
    ],
)
def test_a_late_lock_on_an_open_door_is_cleared_once_it_is_closed(
    notice: AutolockNoticeType, door: Door, cleared: bool
) -> None:
    is_open = DoorState(door=Door.OPEN, last_door=Door.OPEN)
    record = replace(LOCKED, door=is_open, active_notice=notice)
    step = after(record, DoorChanged(door))
    assert (CLEARED in step.effects) is cleared
    assert step.record.active_notice is (None if cleared else notice)
