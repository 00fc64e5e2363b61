"""How long it takes and what it holds. Loose here: script/bench measures in peace."""

import pytest

from .limits import LIMITS, LOOSENESS
from .measures import measure, measure_memory
from .world import Size

SIZES = pytest.mark.parametrize("size", LIMITS, ids=str)


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Import what Home Assistant imports at the first setup."""
    measure(Size(1, 1))


@SIZES
def test_a_site_is_set_up_and_converges_in_time_and_keeps_the_loop_free(
    size: Size,
) -> None:
    figures = measure(size)
    limits = LIMITS[size]
    assert figures.setup <= limits.setup * LOOSENESS
    assert figures.convergence <= limits.convergence * LOOSENESS
    assert figures.longest <= 0.05 * LOOSENESS


@SIZES
def test_a_site_holds_no_more_memory_than_it_may(size: Size) -> None:
    assert measure_memory(size) <= LIMITS[size].memory


def test_the_time_to_converge_grows_with_the_number_of_codes_and_no_faster() -> None:
    few, many = measure(Size(4, 30)), measure(Size(16, 30))
    assert many.convergence <= 4 * few.convergence * LOOSENESS
