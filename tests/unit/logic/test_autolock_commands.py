"""Our lock command in the autolock record: confirmed, contradicted, failed."""

from dataclasses import replace

import pytest

from custom_components.keyholder.logic.autolock import MAX_ATTEMPTS, RETRY_CAP
from custom_components.keyholder.logic.autolock_commands import LATE_LOCK_WINDOW
from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    Door,
    Position,
    TimerReason,
)
from custom_components.keyholder.model.autolock_events import (
    AttemptFailed,
    AutolockEffect,
    AutolockEvent,
    CancelRequested,
    CancelTimer,
    EvaluateTimer,
    JamReported,
    LockCommandReturned,
    LockCommandSent,
    PositionChanged,
    PublishNotice,
    ResumeTimer,
    StartTimer,
)
from custom_components.keyholder.model.autolock_record import (
    AutolockRecord,
    CommandReports,
    DoorState,
    UnlockState,
)
from custom_components.keyholder.model.autolock_timer import (
    RetryAfter,
    TimerOutcome,
    TimerStatus,
    WaitForChange,
)
from tests.unit.logic.autolock_cases import (
    ELAPSED,
    NO_TIMER,
    NOW,
    RUNNING,
    SECOND,
    TODAY,
    UNLOCKED,
    after,
    entry,
    notices,
)

JAM = JamReported()
SHOWS_LOCKED = PositionChanged(Position.LOCKED)
SHOWS_UNLOCKED = PositionChanged(Position.UNLOCKED)
SHOWS_JAMMED = PositionChanged(Position.JAMMED)
SHOWS_UNAVAILABLE = PositionChanged(Position.UNAVAILABLE)
SENT = after(UNLOCKED, LockCommandSent(), timer=ELAPSED).record
CONFIRMED = after(SENT, SHOWS_LOCKED, timer=ELAPSED).record
RETURNED = after(CONFIRMED, LockCommandReturned(succeeded=True)).record
REPORTS_UNLOCKS = UnlockState(reported_at=TODAY)


@pytest.mark.parametrize(
    ("reports", "has_result", "failure"),
    [
        ([], False, None),
        (["locked"], True, None),
        (["jammed"], True, "jammed"),
        (["jam"], True, "jammed"),
        # a locked state after a reported jam is an assumption
        (["jam", "locked"], True, "jammed"),
        (["jammed", "locked"], True, None),
        # it may change before the command returns
        (["locked", "unlocked"], True, "still_unlocked"),
        (["locked", "jammed", "unlocked"], True, "jammed"),
        # unlocked says nothing before there was a result
        (["unlocked"], False, None),
        (["unlocked", "locked"], True, None),
        (["locked", "unavailable", "missing", "locking"], True, None),
    ],
)
def test_the_last_report_of_the_lock_is_the_result_of_the_command(
    reports: list[str], has_result: bool, failure: str | None
) -> None:
    state = CommandReports()
    for report in reports:
        state = (
            state.with_jam()
            if report == "jam"
            else state.with_position(Position(report))
        )
    assert (state.has_result, state.failure) == (has_result, failure)
    assert state.jam_reported is ("jam" in reports)


def test_a_command_is_counted_until_the_lock_is_locked() -> None:
    twice = after(SENT, LockCommandSent()).record
    assert (twice.unconfirmed_commands, twice.commanded_at) == (2, NOW)
    locked = after(twice, SHOWS_LOCKED).record
    assert (locked.unconfirmed_commands, locked.commanded_at) == (0, None)


@pytest.mark.parametrize(
    ("record", "timer", "is_optimistic"),
    [
        (SENT, ELAPSED, True),
        # its time is not over: somebody else locked it
        (SENT, RUNNING, False),
        (SENT, NO_TIMER, False),
        # no command is in flight
        (UNLOCKED, ELAPSED, False),
    ],
)
def test_a_locked_state_is_optimistic_only_as_the_result_of_our_command(
    record: AutolockRecord, timer: TimerStatus, is_optimistic: bool
) -> None:
    step = after(record, SHOWS_LOCKED, timer=timer)
    assert step.effects == (CancelTimer(),)
    assert (step.record.optimistic is not None) is is_optimistic


def resumes(attempt: int, seconds: float | None = None) -> ResumeTimer:
    wait = None if seconds is None else seconds * SECOND
    return ResumeTimer(entry(attempt), wait)


def failed(failure: AutolockFailure) -> PublishNotice:
    return PublishNotice(AutolockNotice(AutolockNoticeType.FAILED, failure))


JAMMED = [failed(AutolockFailure.JAMMED), resumes(1, 15)]
QUIETLY = [resumes(1, 15)]
NEW_UNLOCK = [StartTimer(reason=TimerReason.UNLOCKED)]


@pytest.mark.parametrize(
    ("record", "event", "seconds", "reports_unlocks", "effects"),
    [
        # a jam is a failure of the command until ten seconds after its return
        (CONFIRMED, SHOWS_JAMMED, 500, False, JAMMED),
        (CONFIRMED, JAM, 500, True, JAMMED),
        (RETURNED, SHOWS_JAMMED, 9.9, False, JAMMED),
        (RETURNED, JAM, 9.9, False, JAMMED),
        (RETURNED, SHOWS_JAMMED, 10, False, NEW_UNLOCK),
        (RETURNED, JAM, 10, False, []),
        # unlocked is one only where the lock would have reported an unlock
        (CONFIRMED, SHOWS_UNLOCKED, 9.9, True, QUIETLY),
        (RETURNED, SHOWS_UNLOCKED, 9.9, True, QUIETLY),
        (RETURNED, SHOWS_UNLOCKED, 9.9, False, NEW_UNLOCK),
        (CONFIRMED, SHOWS_UNLOCKED, 9.9, False, NEW_UNLOCK),
        (
            RETURNED,
            SHOWS_UNLOCKED,
            10,
            True,
            [StartTimer(reason=TimerReason.UNLOCKED, operated_at=TODAY)],
        ),
        # an unavailable lock says nothing about its bolt
        (RETURNED, SHOWS_UNAVAILABLE, 1, True, []),
    ],
)
def test_a_report_soon_after_our_command_may_contradict_it(
    record: AutolockRecord,
    event: AutolockEvent,
    seconds: float,
    reports_unlocks: bool,
    effects: list[AutolockEffect],
) -> None:
    if reports_unlocks:
        record = replace(record, unlock=REPORTS_UNLOCKS)
    step = after(record, event, now=NOW + seconds)
    assert list(step.effects) == effects


@pytest.mark.parametrize(
    ("attempt", "effects"),
    [
        (0, [resumes(1, 15)]),
        (1, [failed(AutolockFailure.STILL_UNLOCKED), resumes(2, 30)]),
        (
            4,
            [
                PublishNotice(
                    AutolockNotice(
                        AutolockNoticeType.GAVE_UP, AutolockFailure.STILL_UNLOCKED
                    )
                ),
                resumes(5),
            ],
        ),
    ],
)
def test_the_first_contradiction_without_a_reason_is_tried_again_quietly(
    attempt: int, effects: list[AutolockEffect]
) -> None:
    optimistic = RETURNED.optimistic
    assert optimistic is not None
    record = replace(
        RETURNED,
        unlock=REPORTS_UNLOCKS,
        optimistic=replace(optimistic, entry=entry(attempt)),
    )
    step = after(record, SHOWS_UNLOCKED, now=NOW + 1)
    assert list(step.effects) == effects
    # what was sent before counts for the pauses between commands
    assert step.record.unconfirmed_commands == attempt + 1
    assert step.record.commanded_at == NOW + 1


def test_the_reason_may_follow_the_contradiction() -> None:
    record = replace(RETURNED, unlock=REPORTS_UNLOCKS)
    quiet = after(record, SHOWS_UNLOCKED, now=NOW + 1)
    jammed = after(quiet.record, JAM, now=NOW + 2)
    assert jammed.effects == (failed(AutolockFailure.JAMMED),)
    again = after(jammed.record, SHOWS_JAMMED, now=NOW + 3)
    assert again.effects == ()
    # ten seconds later it is another unlock, or another jam
    later = after(jammed.record, SHOWS_JAMMED, timer=ELAPSED, now=NOW + 11)
    assert [type(effect) for effect in later.effects] == [EvaluateTimer]


def test_a_jam_reported_before_the_locked_state_contradicts_it_at_once() -> None:
    step = after(SENT, JAM, SHOWS_LOCKED, timer=ELAPSED)
    assert step.effects == (
        CancelTimer(),
        failed(AutolockFailure.JAMMED),
        resumes(1, 15),
    )


def test_a_lock_that_comes_back_locked_keeps_the_optimistic_state() -> None:
    back = after(RETURNED, SHOWS_UNAVAILABLE, SHOWS_LOCKED, now=NOW + 1).record
    assert back.optimistic == RETURNED.optimistic
    assert list(after(back, SHOWS_JAMMED, now=NOW + 2).effects) == JAMMED


@pytest.mark.parametrize("event", [CancelRequested(), LockCommandSent()])
def test_a_cancel_or_another_command_ends_the_optimistic_state(
    event: AutolockEvent,
) -> None:
    record = after(RETURNED, event).record
    assert record.optimistic is None
    assert after(record, JAM, now=NOW + 1).effects == ()


def test_the_confirmation_window_counts_from_the_first_return() -> None:
    again = after(RETURNED, LockCommandReturned(succeeded=False), now=NOW + 8).record
    assert again.optimistic == RETURNED.optimistic


@pytest.mark.parametrize("succeeded", [True, False])
def test_a_command_that_locked_the_door_is_published(succeeded: bool) -> None:
    step = after(CONFIRMED, LockCommandReturned(succeeded))
    autolocked = [AutolockNotice(AutolockNoticeType.AUTOLOCKED)]
    assert notices(step) == (autolocked if succeeded else [])
    assert step.record.active_notice is None
    assert step.record.command is None


@pytest.mark.parametrize(
    ("door", "seconds", "is_published"),
    [
        (Door.OPEN, 0, True),
        (Door.OPEN, LATE_LOCK_WINDOW.total_seconds() - 0.1, True),
        (Door.OPEN, LATE_LOCK_WINDOW.total_seconds(), False),
        (Door.CLOSED, 0, False),
        (Door.UNKNOWN, 0, False),
    ],
)
def test_a_late_lock_on_an_open_door_is_published(
    door: Door, seconds: float, is_published: bool
) -> None:
    record = after(SENT, LockCommandReturned(succeeded=False)).record
    record = replace(record, door=DoorState(door=door, last_door=door))
    step = after(record, SHOWS_LOCKED, now=NOW + seconds)
    late = [AutolockNotice(AutolockNoticeType.LOCKED_WHILE_OPEN)]
    assert notices(step) == (late if is_published else [])


@pytest.mark.parametrize(
    ("attempt", "outcome", "notice", "retry_in"),
    [
        (0, RetryAfter(15 * SECOND, failed=True), AutolockNoticeType.FAILED, 15),
        (1, RetryAfter(30 * SECOND, failed=True), AutolockNoticeType.FAILED, 30),
        (
            MAX_ATTEMPTS - 1,
            WaitForChange(failed=True),
            AutolockNoticeType.GAVE_UP,
            RETRY_CAP.total_seconds(),
        ),
    ],
)
def test_a_failed_attempt_is_published_and_tried_again_until_the_last(
    attempt: int, outcome: TimerOutcome, notice: AutolockNoticeType, retry_in: float
) -> None:
    failure = AutolockFailure.COMMAND_FAILED
    step = after(SENT, AttemptFailed(attempt, failure))
    assert step.outcome == outcome
    assert notices(step) == [AutolockNotice(notice, failure)]
    assert step.record.retry_not_before == NOW + retry_in
    again = after(step.record, AttemptFailed(attempt, AutolockFailure.JAMMED))
    assert notices(again) == []
    assert again.outcome == outcome
