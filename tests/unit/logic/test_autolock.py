"""Whether a door is to be locked now, and how long it may stay unlocked."""

from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest

from custom_components.keyholder.logic.autolock import (
    CONFIRMATION_WINDOW,
    MAX_ATTEMPTS,
    RETRY_BASE,
    RETRY_CAP,
    STALE_AFTER,
    STUCK_AFTER,
    autolock_duration,
    decide_action,
    is_same_unlock,
    is_unconfirmed,
    is_within,
    min_command_interval,
    remaining,
    retracted_by,
    retry_after,
)
from custom_components.keyholder.model.autolock import (
    MAX_DURATION,
    AutolockAction,
    AutolockConfig,
    AutolockContext,
    AutolockFailure,
    Door,
    NightHours,
    Position,
    ReportedLocked,
    UnknownDoorPolicy,
    UnlockSource,
)
from custom_components.keyholder.model.lock_events import Method

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def situation(
    position: Position = Position.UNLOCKED,
    door: Door = Door.CLOSED,
    *,
    enabled: bool = True,
    unknown_door: UnknownDoorPolicy = UnknownDoorPolicy.WAIT,
    overdue: timedelta = timedelta(0),
    seen: bool = True,
    closing: timedelta = timedelta(0),
    moving: timedelta = timedelta(0),
) -> AutolockContext:
    return AutolockContext(
        enabled=enabled,
        position=position,
        door=door,
        unknown_door=unknown_door,
        overdue_by=overdue,
        was_available=seen,
        close_delay_left=closing,
        moving=moving,
    )


@pytest.mark.parametrize(
    ("position", "closed", "opened", "unknown", "unwatched"),
    [
        ("locked", "cancel", "cancel", "cancel", "cancel"),
        ("unlocked", "lock", "wait_for_door", "wait_for_sensor", "lock"),
        ("jammed", "lock", "wait_for_door", "wait_for_sensor", "lock"),
        (
            "locking",
            "wait_while_locking",
            "wait_for_door",
            "wait_for_sensor",
            "wait_while_locking",
        ),
        ("unavailable", "fail", "fail", "fail", "fail"),
        ("missing", "fail", "fail", "fail", "fail"),
    ],
)
def test_a_door_is_judged_by_its_bolt_and_its_leaf(
    position: str, closed: str, opened: str, unknown: str, unwatched: str
) -> None:
    doors = (Door.CLOSED, Door.OPEN, Door.UNKNOWN, Door.NO_SENSOR)
    for door, verdict in zip(doors, (closed, opened, unknown, unwatched), strict=True):
        assert decide_action(situation(Position(position), door)) == verdict, door


def test_a_disabled_autolock_locks_nothing() -> None:
    for position, door, unknown_door in product(Position, Door, UnknownDoorPolicy):
        case = situation(position, door, enabled=False, unknown_door=unknown_door)
        assert decide_action(case) is AutolockAction.CANCEL


def test_the_owner_may_choose_to_lock_a_door_of_unknown_position() -> None:
    anyway = UnknownDoorPolicy.LOCK_ANYWAY
    assert (
        decide_action(situation(door=Door.UNKNOWN, unknown_door=anyway))
        is AutolockAction.LOCK
    )
    opened = situation(door=Door.OPEN, unknown_door=anyway)
    assert decide_action(opened) is AutolockAction.WAIT_FOR_DOOR


@pytest.mark.parametrize("unknown_door", UnknownDoorPolicy)
@pytest.mark.parametrize(
    ("door", "verdict"),
    [
        (Door.CLOSED, AutolockAction.LOCK),
        (Door.OPEN, AutolockAction.WAIT_FOR_DOOR),
        (Door.UNKNOWN, AutolockAction.WAIT_FOR_SENSOR),
        (Door.NO_SENSOR, AutolockAction.WAIT_FOR_SENSOR),
    ],
)
def test_what_is_older_than_a_day_locks_only_a_door_known_to_be_closed(
    door: Door, verdict: AutolockAction, unknown_door: UnknownDoorPolicy
) -> None:
    old = STALE_AFTER + timedelta(seconds=1)
    case = situation(door=door, unknown_door=unknown_door, overdue=old)
    assert decide_action(case) is verdict


def test_a_day_is_not_yet_more_than_a_day() -> None:
    assert (
        decide_action(situation(door=Door.NO_SENSOR, overdue=STALE_AFTER))
        is AutolockAction.LOCK
    )


@pytest.mark.parametrize("position", [Position.UNAVAILABLE, Position.MISSING])
def test_a_lock_that_has_said_nothing_since_the_start_is_waited_for(
    position: Position,
) -> None:
    assert (
        decide_action(situation(position, seen=False))
        is AutolockAction.WAIT_FOR_AVAILABILITY
    )


def test_a_door_that_was_closed_a_moment_ago_is_waited_for() -> None:
    assert (
        decide_action(situation(closing=timedelta(seconds=1)))
        is AutolockAction.WAIT_CLOSE_DELAY
    )
    unwatched = situation(door=Door.NO_SENSOR, closing=timedelta(seconds=1))
    assert decide_action(unwatched) is AutolockAction.LOCK


MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("moving", "verdict"),
    [
        (STUCK_AFTER - MOMENT, AutolockAction.WAIT_WHILE_LOCKING),
        (STUCK_AFTER, AutolockAction.LOCK),
        (STUCK_AFTER + MOMENT, AutolockAction.LOCK),
    ],
)
def test_a_bolt_that_is_on_its_way_for_a_minute_does_not_move(
    moving: timedelta, verdict: AutolockAction
) -> None:
    assert decide_action(situation(Position.LOCKING, moving=moving)) is verdict
    opened = situation(Position.LOCKING, Door.OPEN, moving=moving)
    assert decide_action(opened) is AutolockAction.WAIT_FOR_DOOR


@pytest.mark.parametrize("reports", [True, False])
@pytest.mark.parametrize(
    ("shown", "returned", "jam", "fell_back"),
    [
        (MOMENT, None, True, True),
        (CONFIRMATION_WINDOW - MOMENT, None, True, True),
        (CONFIRMATION_WINDOW, None, True, False),
        (CONFIRMATION_WINDOW - MOMENT, CONFIRMATION_WINDOW - MOMENT, True, True),
        (CONFIRMATION_WINDOW, CONFIRMATION_WINDOW - MOMENT, True, False),
        (CONFIRMATION_WINDOW, CONFIRMATION_WINDOW, False, False),
        (2 * CONFIRMATION_WINDOW, 2 * CONFIRMATION_WINDOW, False, False),
    ],
)
def test_what_seemed_to_be_locked_may_be_known_not_to_be(
    shown: timedelta,
    returned: timedelta | None,
    jam: bool,
    fell_back: bool,
    reports: bool,
) -> None:
    locked = ReportedLocked(
        since_reported=shown, since_returned=returned, reports_unlocks=reports
    )
    assert is_unconfirmed(locked) is jam
    known = {
        Position.JAMMED: AutolockFailure.JAMMED if jam else None,
        Position.UNLOCKED: AutolockFailure.STILL_UNLOCKED
        if fell_back and reports
        else None,
    }
    for position in Position:
        assert retracted_by(position, locked) is known.get(position), position


def test_no_situation_locks_what_is_locked_open_or_disabled() -> None:
    for position, door, unknown_door, enabled, seen in product(
        Position, Door, UnknownDoorPolicy, (True, False), (True, False)
    ):
        case = situation(
            position, door, enabled=enabled, unknown_door=unknown_door, seen=seen
        )
        if decide_action(case) is AutolockAction.LOCK:
            assert enabled
            assert position.is_not_locked
            assert door is not Door.OPEN


@pytest.mark.parametrize(
    ("failed", "seconds"),
    [(1, 15), (2, 30), (3, 60), (4, 120), (5, None), (6, None), (10**9, None)],
)
def test_each_failure_doubles_the_wait_until_it_is_given_up(
    failed: int, seconds: float | None
) -> None:
    wait = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(failed) == wait
    assert MAX_ATTEMPTS == 5


def test_commands_that_lock_nothing_come_ever_more_rarely_up_to_a_bound() -> None:
    assert min_command_interval(1) == RETRY_BASE
    assert min_command_interval(2) == 2 * RETRY_BASE
    assert min_command_interval(100) == RETRY_CAP


@pytest.mark.parametrize(
    ("ahead", "left"),
    [(3, 3), (5, 5), (0, 0), (-1, 0), (-100_000, 0), (6, 5), (10_000_000, 5)],
)
def test_after_a_start_what_is_left_is_capped_at_the_duration(
    ahead: float, left: float
) -> None:
    assert remaining(NOW + ahead * MINUTE, 5 * MINUTE, NOW) == left * MINUTE


RULES = AutolockConfig(
    day=10 * MINUTE,
    night=2 * MINUTE,
    per_person={"ann": 30 * MINUTE, "far": timedelta(days=9)},
    per_method={Method.KEYPAD: 7 * MINUTE},
)


@pytest.mark.parametrize(
    ("night", "person", "method", "expected"),
    [
        (False, None, None, 10),
        (True, None, None, 2),
        (False, None, Method.KEYPAD, 7),
        (True, None, Method.KEYPAD, 7),
        (True, "ann", Method.KEYPAD, 30),
        (False, "ann", None, 30),
        (False, "ben", Method.KEYPAD, 7),
        (False, "ben", Method.MANUAL, 10),
        (True, "ben", None, 2),
    ],
)
def test_a_person_goes_before_a_method_and_both_before_day_and_night(
    night: bool, person: str | None, method: Method | None, expected: float
) -> None:
    duration = autolock_duration(RULES, night=night, person=person, method=method)
    assert duration == expected * MINUTE


def test_no_rule_leaves_a_door_unlocked_for_more_than_a_day() -> None:
    assert (
        autolock_duration(RULES, night=False, person="far", method=None) == MAX_DURATION
    )


@pytest.mark.parametrize(
    ("begin", "end", "at", "within"),
    [
        (22, 6, 23, True),
        (22, 6, 22, True),
        (22, 6, 5, True),
        (22, 6, 6, False),
        (22, 6, 12, False),
        (1, 5, 3, True),
        (1, 5, 1, True),
        (1, 5, 5, False),
        (1, 5, 0, False),
        (7, 7, 7, True),
        (7, 7, 3, True),
    ],
)
def test_hours_of_the_night_may_span_midnight(
    begin: int, end: int, at: int, within: bool
) -> None:
    assert is_within(NightHours(time(begin), time(end)), time(at)) is within


@pytest.mark.parametrize(
    ("first", "second", "seconds", "are_one"),
    [
        (UnlockSource.STATE, UnlockSource.EVENT, 0, True),
        (UnlockSource.EVENT, UnlockSource.STATE, 10, True),
        (UnlockSource.STATE, UnlockSource.EVENT, 10.1, False),
        (UnlockSource.EVENT, UnlockSource.EVENT, 1, False),
        (UnlockSource.STATE, UnlockSource.STATE, 1, False),
    ],
)
def test_what_is_shown_and_reported_within_seconds_is_one_unlock(
    first: UnlockSource, second: UnlockSource, seconds: float, are_one: bool
) -> None:
    assert is_same_unlock(first, second, timedelta(seconds=seconds)) is are_one
