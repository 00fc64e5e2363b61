"""An unlock is shown and reported: what is asked for after the first is not undone."""

from collections.abc import Callable
from typing import Final

import pytest

from custom_components.keyholder.model.autolock import TimerReason
from custom_components.keyholder.model.lock_events import Method
from tests.harness.autolock.fake_door import MINUTE, AutolockHarness, minutes
from tests.harness.autolock.scenario import run_at_door

type Sign = Callable[[AutolockHarness], None]

SECOND: Final = 1 / 60


def _report(there: AutolockHarness) -> None:
    there.report_unlock(Method.KEYPAD, "ann")


BOTH: Final = pytest.mark.parametrize(
    ("first", "second"),
    [(AutolockHarness.unlock, _report), (_report, AutolockHarness.unlock)],
    ids=["shown first", "reported first"],
)


@BOTH
def test_a_time_that_was_asked_for_at_the_first_sign_outlives_the_second(
    first: Sign, second: Sign
) -> None:
    """An automation on the unlock set two seconds, and had the usual minutes again."""

    async def scenario(there: AutolockHarness) -> None:
        first(there)
        assert await there.guard.async_start_timer(MINUTE)
        second(there)
        await minutes(0.5)
        assert there.guard.entry is not None
        assert there.guard.entry.reason is TimerReason.ACTION
        assert there.door.commands == []
        await minutes(0.6)
        assert there.door.bolt == "locked"

    run_at_door(scenario)


@BOTH
def test_what_was_cancelled_at_the_first_sign_is_not_armed_by_the_second(
    first: Sign, second: Sign
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        first(there)
        await there.guard.async_cancel_timer()
        second(there)
        await minutes(60)

    assert run_at_door(scenario).commands == []


@BOTH
@pytest.mark.parametrize("between", [0.0, 9.0])
def test_an_unlock_after_both_signs_is_another_one(
    first: Sign, second: Sign, between: float
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        first(there)
        await minutes(between * SECOND)
        second(there)
        await minutes(SECOND)
        await there.guard.async_cancel_timer()
        await minutes(SECOND)
        there.report_unlock(Method.KEYPAD, "ben")
        await minutes(5.1)

    assert run_at_door(scenario).bolt == "locked"


@BOTH
def test_signs_that_lie_far_apart_are_two_unlocks(first: Sign, second: Sign) -> None:
    async def scenario(there: AutolockHarness) -> None:
        first(there)
        await there.guard.async_cancel_timer()
        await minutes(11 * SECOND)
        second(there)
        await minutes(5.1)

    assert run_at_door(scenario).bolt == "locked"


def test_an_unlock_after_the_door_was_locked_is_another_one() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await there.guard.async_cancel_timer()
        there.set_bolt("locked")
        _report(there)
        await minutes(SECOND)
        assert there.guard.entry is not None
        there.unlock()
        await minutes(5.1)

    assert run_at_door(scenario).bolt == "locked"


def test_two_reports_are_two_unlocks() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock_at_keypad()
        await minutes(1)
        _report(there)
        await there.guard.async_cancel_timer()
        await minutes(SECOND)
        _report(there)
        await minutes(5.1)

    assert run_at_door(scenario).bolt == "locked"


def test_a_state_after_a_reconnect_is_the_unlock_reported_before() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.set_reachable(reachable=False)
        _report(there)
        await there.guard.async_cancel_timer()
        there.door.bolt = "unlocked"
        there.set_reachable(reachable=True)
        await minutes(60)

    assert run_at_door(scenario).commands == []
