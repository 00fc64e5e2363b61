"""Which events of a Matter lock are news, whatever its clock says."""

from typing import Final

import pytest

from custom_components.keyholder.providers.matter.event_clock import (
    CATCH_UP_SECONDS,
    Arrival,
    EventClock,
    Verdict,
)

NOW: Final = 1_800_000_000.0
MINUTE, HOUR, YEAR = 60.0, 3600.0, 365 * 86400.0
LIVE, HISTORY, UNDECIDED = Verdict.LIVE, Verdict.HISTORY, Verdict.UNDECIDED


def late(by: float, at: float = NOW) -> Arrival:
    """Return an event that seems to have happened so long before it arrived."""
    return Arrival(at - by, at)


def clock_after(*live: float) -> EventClock:
    """Return a clock by which live events seemed so late, one an hour."""
    clock = EventClock()
    for hour, by in enumerate(live):
        clock.learn(late(by, NOW - HOUR * (len(live) - hour)))
    return clock


@pytest.mark.parametrize(
    ("before", "by", "verdict"),
    [
        # a right clock
        ([], 0, LIVE),
        ([], 59, LIVE),
        ([], -59, LIVE),
        ([0], 59, LIVE),
        # a clock that has been wrong all the time
        ([5 * MINUTE], 5 * MINUTE, LIVE),
        ([3 * YEAR], 3 * YEAR + 10, LIVE),
        ([-HOUR], -HOUR, LIVE),
        # it was set right
        ([5 * MINUTE], 0, UNDECIDED),
        # one that is not known, or that has been another
        ([], 5 * MINUTE, UNDECIDED),
        ([], 3 * YEAR, UNDECIDED),
        ([], -HOUR, UNDECIDED),
        ([0], 5 * MINUTE, UNDECIDED),
        ([0], 3 * YEAR, UNDECIDED),
        ([5 * MINUTE], 10 * MINUTE, UNDECIDED),
    ],
)
def test_a_time_that_fits_those_before_is_that_of_news(
    before: list[float], by: float, verdict: Verdict
) -> None:
    """Clause 16.13."""
    assert clock_after(*before).judge(late(by)) is verdict


@pytest.mark.parametrize(
    ("before", "by", "verdict"),
    [
        ([], 59, LIVE),
        ([], 61, HISTORY),
        ([0], 5 * MINUTE, HISTORY),
        # a clock that is known to be wrong
        ([5 * MINUTE], 5 * MINUTE, LIVE),
        ([5 * MINUTE], 7 * MINUTE, HISTORY),
        ([3 * YEAR], 3 * YEAR + HOUR, HISTORY),
        # what is still to come was not missed before
        ([], -HOUR, UNDECIDED),
    ],
)
@pytest.mark.parametrize("after", [0, CATCH_UP_SECONDS - 1])
def test_what_is_late_after_a_connection_is_history(
    before: list[float], by: float, verdict: Verdict, after: float
) -> None:
    """Clause 16.13: it was missed before."""
    clock = clock_after(*before)
    clock.on_connected(NOW - after)
    assert clock.judge(late(by)) is verdict


def test_a_restart_may_lose_the_time() -> None:
    clock = clock_after(3 * YEAR)
    clock.on_restarted(NOW)
    assert not clock.is_known
    assert clock.judge(late(3 * YEAR)) is HISTORY
    assert clock.judge(late(3 * YEAR, NOW + CATCH_UP_SECONDS)) is UNDECIDED
    assert clock.judge(late(0)) is LIVE


@pytest.mark.parametrize(
    ("reported", "arrived", "verdict"),
    [
        # alone
        ([0], [0], LIVE),
        # one by one, by a clock of any time
        ([0, 1], [0, 1], LIVE),
        ([0, 0], [0, 0], LIVE),
        ([YEAR, YEAR + 2], [0, 1], LIVE),
        # a burst of what happened over minutes or years
        ([0, 30], [0, 0], HISTORY),
        ([0, 1, 90], [0, 0.1, 0.2], HISTORY),
        ([0, YEAR], [0, 0], HISTORY),
        # a clock that was set between them
        ([YEAR, 0], [0, 0], HISTORY),
    ],
)
def test_what_arrives_together_is_news_if_it_happened_so(
    reported: list[float], arrived: list[float], verdict: Verdict
) -> None:
    """Clause 16.13."""
    events = [
        Arrival(NOW - HOUR + happened, NOW + came)
        for happened, came in zip(reported, arrived, strict=True)
    ]
    assert EventClock().judge_together(events) is verdict


@pytest.mark.parametrize(
    ("live", "wrong"),
    [
        ([], False),
        ([0], False),
        ([59], False),
        ([61], True),
        ([-61], True),
        ([3 * YEAR], True),
        # one event that was held up alone
        ([0, 2 * MINUTE], False),
        ([0, 2 * MINUTE, 0], False),
        ([0, 2 * MINUTE, 5 * MINUTE], False),
        # a clock that is wrong from now on
        ([0, 5 * MINUTE, 5 * MINUTE + 10], True),
        ([0, 3 * YEAR], True),
        ([0, -HOUR], True),
        # and right again
        ([5 * MINUTE, 0], False),
        ([3 * YEAR, 2], False),
    ],
)
def test_a_clock_is_wrong_by_what_arrives_live(live: list[float], wrong: bool) -> None:
    """Clause 16.13: the repair says so."""
    assert clock_after(*live).is_wrong is wrong


@pytest.mark.parametrize(
    ("by", "ago"), [(5, 5), (-5, 0), (5 * MINUTE, 0), (-HOUR, 0), (3 * YEAR, 0)]
)
def test_news_of_a_wrong_clock_happened_when_it_arrived(by: float, ago: float) -> None:
    assert EventClock().time_of_live(late(by)) == NOW - ago


@pytest.mark.parametrize(
    ("before", "burst", "ago"),
    [
        ([], [2 * HOUR], [2 * HOUR]),
        ([], [HOUR, 5 * MINUTE], [HOUR, 5 * MINUTE]),
        ([5 * MINUTE], [25 * MINUTE, 15 * MINUTE], [20 * MINUTE, 10 * MINUTE]),
        # history is never taken for news, and its intervals stay
        ([], [-HOUR, -2 * HOUR], [HOUR + 61, 61]),
        ([], [-YEAR], [61]),
    ],
)
def test_history_has_a_time_of_our_clock(
    before: list[float], burst: list[float], ago: list[float]
) -> None:
    times = clock_after(*before).times_of_history([late(by) for by in burst])
    assert times == [NOW - seconds for seconds in ago]
