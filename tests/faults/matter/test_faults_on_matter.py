"""Every fault, while each thing is done to a slot, on the real delays."""

from collections.abc import Iterator
from functools import cache

import pytest

from simulators.matter import CHIP
from tests.effort import FULL, PATIENCE, full_only, share
from tests.faults.scene import Doing
from tests.faults.stage import assert_kept, cells
from tests.tables import assert_documented, documented, rendered, writes_documents

from .cases import FAULTS, MORE, NO_FAULT
from .scene import Fault, play

pytestmark = pytest.mark.xdist_group("faults/matter")

PAGE, TABLE = "reliability.md", "faults-matter"
HEAD = ("fault", "status", "while", "what the sensor shows", "told", "a / w / c")

type Cells = tuple[str, str, str]

ALL = [(fault, doing) for fault in FAULTS for doing in fault.doings]
"""Those that are documented."""
MORE_OF_ALL = [(fault, doing) for fault in MORE for doing in fault.doings if FULL]
CASES = [
    pytest.param(fault, doing, id=f"{fault.name}-{fault.said}-{doing}")
    for fault, doing in (*share(ALL, 0.6), *MORE_OF_ALL)
]

played = cache(play)


@pytest.mark.parametrize(("fault", "doing"), CASES)
def test_the_truth_is_shown_the_radio_spared_and_nothing_else_touched(
    fault: Fault, doing: Doing
) -> None:
    run = played(fault, doing)
    assert_kept(fault, doing, run, played(NO_FAULT, doing))
    if fault in FAULTS and not writes_documents():
        assert cells(run) == _documented()[fault.name, fault.said, doing]


@full_only
@pytest.mark.parametrize(("fault", "doing"), CASES)
def test_the_wording_of_the_other_server_makes_no_difference(
    fault: Fault, doing: Doing
) -> None:
    assert play(fault, doing, CHIP) == played(fault, doing)


@pytest.mark.timeout(PATIENCE)
def test_the_documentation_has_a_row_of_each_fault() -> None:
    """Each run is compared with its row where it is played."""
    if FULL or writes_documents():
        assert_documented(PAGE, TABLE, rendered(HEAD, _rows()))
    documented = {(fault.name, fault.said, doing) for fault, doing in ALL}
    assert _documented().keys() == documented


@cache
def _documented() -> dict[tuple[str, str, str], Cells]:
    """Return what is documented of each run."""
    rows: dict[tuple[str, str, str], Cells] = {}
    for name, said, doing, *shown in documented(PAGE, TABLE):
        moments, told, radio = shown
        for status in said.split(", "):
            rows[name, status.strip("–"), doing] = (moments, told, radio)
    return rows


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each fault and thing done; statuses that do the same are merged."""
    alike: dict[tuple[str, Doing, Cells], list[str]] = {}
    for fault, doing in ALL:
        row = (fault.name, doing, cells(played(fault, doing)))
        alike.setdefault(row, []).append(fault.said)
    for (name, doing, shown), said in alike.items():
        yield (name, ", ".join(filter(None, said)) or "–", doing.value, *shown)
