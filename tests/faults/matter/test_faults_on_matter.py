"""Every fault, while each thing is done to a slot, on the real delays."""

from collections.abc import Iterator
from functools import cache

import pytest

from simulators.matter import CHIP
from tests.effort import FULL
from tests.faults.scene import Doing
from tests.faults.stage import assert_kept, cells
from tests.tables import assert_documented, rendered

from .cases import FAULTS, MORE, NO_FAULT
from .scene import Fault, play

pytestmark = pytest.mark.xdist_group("faults/matter")

CASES = [
    pytest.param(fault, doing, id=f"{fault.name}-{fault.said}-{doing}")
    for fault in (*FAULTS, *(MORE if FULL else ()))
    for doing in fault.doings
]

played = cache(play)


@pytest.mark.parametrize(("fault", "doing"), CASES)
def test_the_truth_is_shown_the_radio_spared_and_nothing_else_touched(
    fault: Fault, doing: Doing
) -> None:
    assert_kept(fault, doing, played(fault, doing), played(NO_FAULT, doing))


@pytest.mark.skipif(not FULL, reason="the same as with the other server")
@pytest.mark.parametrize(("fault", "doing"), CASES)
def test_the_wording_of_the_other_server_makes_no_difference(
    fault: Fault, doing: Doing
) -> None:
    assert play(fault, doing, CHIP) == played(fault, doing)


def test_what_is_shown_is_what_the_documentation_says() -> None:
    assert_documented(
        "reliability.md",
        "faults-matter",
        rendered(
            ("fault", "status", "while", "what the sensor shows", "told", "a / w / c"),
            _rows(),
        ),
    )


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each fault and thing done; statuses that do the same are merged."""
    alike: dict[tuple[str, Doing, tuple[str, str, str]], list[str]] = {}
    for fault in FAULTS:
        for doing in fault.doings:
            row = (fault.name, doing, cells(played(fault, doing)))
            alike.setdefault(row, []).append(fault.said)
    for (name, doing, shown), said in alike.items():
        yield (name, ", ".join(filter(None, said)) or "–", doing.value, *shown)
