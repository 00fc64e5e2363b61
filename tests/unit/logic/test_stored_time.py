"""Which stored times are usable."""

from datetime import UTC, datetime

import pytest

from custom_components.keyholder.logic.stored_time import (
    parse_stored_time,
    parse_wall_time,
)


def test_a_time_of_any_zone_is_the_same_moment_in_utc() -> None:
    """Clause 16.21: what is compared later is in one zone."""
    for text in (
        "2026-03-02T08:00:00+00:00",
        "2026-03-02T08:00:00Z",
        "2026-03-01T18:00:00-14:00",
    ):
        time = parse_stored_time(text)
        assert time == datetime(2026, 3, 2, 8, tzinfo=UTC)
        assert time.tzinfo is UTC


@pytest.mark.parametrize(
    "stored",
    [
        "2026-03-02T08:00:00",
        "2026-03-02",
        "",
        "soon",
        None,
        1772442000,
        ["2026-03-02T08:00:00Z"],
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59+00:00",
    ],
)
def test_any_other_is_refused(stored: object) -> None:
    """Clause 16.21: it would raise where it is compared, or added to."""
    with pytest.raises(ValueError, match=r"time|isoformat"):
        parse_stored_time(stored)


def test_a_time_of_a_locks_own_clock_has_no_zone() -> None:
    """Clause 16.21: the schedules that a lock holds are in its wall time."""
    assert parse_wall_time("2026-08-01T15:00:00") == datetime(2026, 8, 1, 15)  # noqa: DTZ001


@pytest.mark.parametrize("stored", ["2026-08-01T15:00:00+00:00", "soon", None, 7])
def test_another_time_is_no_time_of_a_locks_own_clock(stored: object) -> None:
    """Clause 16.21: refused where it is read."""
    with pytest.raises(ValueError, match=r"."):
        parse_wall_time(stored)
