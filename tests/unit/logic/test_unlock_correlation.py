"""One unlock, its state change and its report: which of them starts the timer."""

from datetime import timedelta

import pytest

from custom_components.keyholder.logic.unlock_correlation import (
    Correlated,
    locked_again,
    on_unlock_report,
    on_unlocked_state,
    overridden,
)
from custom_components.keyholder.model.autolock_record import UnlockState
from tests.unit.logic.autolock_cases import NOW, SECOND, TODAY


def sign(state: UnlockState, source: str, seconds: float) -> Correlated:
    if source == "state":
        return on_unlocked_state(state, NOW + seconds)
    at = TODAY + seconds * SECOND
    return on_unlock_report(state, at, at, NOW + seconds)


@pytest.mark.parametrize("others", [("state", "report"), ("report", "state")])
@pytest.mark.parametrize(
    ("apart", "between", "starts"),
    [
        # the second sign of one unlock starts the timer again, with what it knows more
        (0, None, True),
        (10, None, True),
        # but not against an action
        (0, overridden, False),
        (10, overridden, False),
        # another unlock
        (10.1, overridden, True),
        (1, locked_again, True),
    ],
)
def test_the_second_sign_of_an_unlock_does_not_undo_an_action(
    others: tuple[str, str], apart: float, between: object, starts: bool
) -> None:
    first, second = others
    state, is_started = sign(UnlockState(), first, 0)
    assert is_started
    if between is not None:
        assert callable(between)
        state = between(state)
    assert sign(state, second, apart)[1] is starts


@pytest.mark.parametrize("source", ["state", "report"])
def test_two_signs_of_one_kind_are_two_unlocks(source: str) -> None:
    state, _ = sign(UnlockState(), source, 0)
    state, starts = sign(overridden(state), source, 1)
    assert starts
    assert not state.is_overridden


def test_a_third_sign_is_another_unlock() -> None:
    state, _ = sign(UnlockState(), "state", 0)
    state, _ = sign(state, "report", 1)
    assert sign(overridden(state), "state", 2)[1]


@pytest.mark.parametrize(
    ("last", "at", "received", "starts"),
    [
        (None, 0, 0, True),
        (None, -3600, 0, True),
        (0, 0, 1, False),
        (0, -1, 1, False),
        (0, 1, 1, True),
        # the clock was set back since the last one
        (0, -3600, -3600, True),
    ],
)
def test_a_report_that_is_not_newer_than_the_last_one_is_ignored(
    last: float | None, at: float, received: float, starts: bool
) -> None:
    def moment(seconds: float) -> timedelta:
        return timedelta(seconds=seconds)

    reported_at = None if last is None else TODAY + moment(last)
    before = UnlockState(reported_at=reported_at)
    state, is_started = on_unlock_report(
        before, TODAY + moment(at), TODAY + moment(received), NOW
    )
    assert is_started is starts
    assert state.reported_at == (TODAY + moment(at) if starts else reported_at)
