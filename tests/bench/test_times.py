"""How long it takes. Loose here: script/bench measures in peace.

Only in `script/test --full`: among other tests a stopwatch measures the others.
"""

from homeassistant.util import dt as dt_util
import pytest

from tests.bench.bench_site import Size
from tests.bench.limits import LIMITS, LOOSENESS, STALL
from tests.bench.measures import ZONE, closed_at, measure, measure_boundary
from tests.harness.sampling import FULL

__test__ = FULL

SIZES = pytest.mark.parametrize("size", LIMITS, ids=str)


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Import what Home Assistant imports at the first setup."""
    measure(Size(1, 1))


@SIZES
def test_a_site_is_set_up_and_converges_in_time(size: Size) -> None:
    figures = measure(size)
    limits = LIMITS[size]
    assert figures.setup <= limits.setup * LOOSENESS
    assert figures.convergence <= limits.convergence * LOOSENESS


@SIZES
def test_no_callback_keeps_the_event_loop_for_long(size: Size) -> None:
    assert measure(size, watched=True).longest <= STALL * LOOSENESS


def test_the_time_to_converge_grows_with_the_number_of_codes() -> None:
    few, many = (
        min(measure(Size(locks, 30)).convergence for _ in range(2)) for locks in (4, 16)
    )
    assert many <= 4 * few * LOOSENESS


def test_people_with_schedules_are_within_the_same_limits() -> None:
    size = Size(20, 50)
    # Here time is the real one: the hour is not to come before the end
    rule = closed_at((dt_util.utcnow().astimezone(ZONE).hour + 12) % 24)
    figures, limits = measure(size, rule=rule), LIMITS[size]
    assert figures.setup <= limits.setup * LOOSENESS
    assert figures.convergence <= limits.convergence * LOOSENESS


def test_schedules_that_all_change_at_once_do_not_block_the_loop() -> None:
    assert measure_boundary(Size(20, 50)).longest <= STALL * LOOSENESS
