"""Reports at the very edges of the windows within which they are one."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.model.access import AccessEvent
from custom_components.keyholder.model.lock_events import Method
from custom_components.keyholder.model.timing import Timing
from tests.harness.engine.access_log_harness import (
    LOCKED,
    UNLOCKED,
    AccessLogHarness,
    moved,
    run_with_access_log,
    soon,
)

WINDOW = Timing().duplicate_window
MOMENT = timedelta(milliseconds=1)


def by_hand(after: timedelta = timedelta(0)) -> AccessEvent:
    event = moved(ago=10, kind=LOCKED, method=Method.MANUAL)
    return replace(event, at=event.at + after)


@pytest.mark.parametrize(
    ("apart", "times"),
    [(WINDOW - MOMENT, 1), (WINDOW, 2), (WINDOW + MOMENT, 2)],
    ids=str,
)
@pytest.mark.parametrize("order", [1, -1], ids=["in order", "the later one first"])
def test_the_end_of_the_window_is_outside_of_it(
    apart: timedelta, times: int, order: int
) -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(*[by_hand(), by_hand(apart)][::order])
        await soon()
        assert len(there.published) == times

    run_with_access_log(scenario)


@pytest.mark.parametrize(
    ("apart", "slots"), [(WINDOW - MOMENT, {1}), (WINDOW, {None, 1})], ids=str
)
def test_a_name_belongs_to_what_was_done_within_the_window_only(
    apart: timedelta, slots: set[int | None]
) -> None:
    async def scenario(there: AccessLogHarness) -> None:
        unnamed = moved(None, ago=10)
        there.report(unnamed, replace(moved(1), at=unnamed.at + apart))
        await asyncio.sleep(5)
        assert {event.slot for event in there.published} == slots

    run_with_access_log(scenario)


def test_a_bolt_that_moves_back_within_one_tick_of_the_clock_has_moved() -> None:
    # some locks tell the time in whole seconds
    async def scenario(there: AccessLogHarness) -> None:
        locked = by_hand()
        there.report(locked, replace(locked, type=UNLOCKED), locked)
        await soon()
        assert [event.type for event in there.published] == [LOCKED, UNLOCKED, LOCKED]

    run_with_access_log(scenario)
