"""Durations, and waits that grow."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.timing import Timing, backoff

SECOND = timedelta(seconds=1)
CAP = timedelta(minutes=30)


def test_scaling_shrinks_every_duration() -> None:
    usual = Timing()
    scaled = usual.scaled(0.01)
    for name in Timing.__slots__:
        before, after = getattr(usual, name), getattr(scaled, name)
        if isinstance(before, tuple):
            assert after == tuple(each * 0.01 for each in before)
        else:
            assert after == before * 0.01
    assert usual == Timing()


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 5), (1, 5), (2, 10), (3, 20), (9, 1280), (10, 1800), (11, 1800)],
)
def test_a_wait_doubles_up_to_its_cap(failures: int, seconds: float) -> None:
    assert backoff(5 * SECOND, CAP, failures) == seconds * SECOND


@pytest.mark.parametrize("failures", [31, 64, 10_000, 10**9])
@pytest.mark.parametrize("base", [SECOND, timedelta(days=1), timedelta(microseconds=1)])
def test_no_count_of_failures_overflows(base: timedelta, failures: int) -> None:
    """A base of a day or more overflowed at 31 failures."""
    cap = timedelta(days=7)
    assert backoff(base, cap, failures) <= cap
    assert backoff(base, cap, 10**9) == cap


def test_a_base_above_the_cap_is_the_cap() -> None:
    assert backoff(timedelta(hours=2), CAP, 1) == CAP


def test_no_wait_stays_no_wait() -> None:
    assert backoff(timedelta(), CAP, 10**9) == timedelta()
