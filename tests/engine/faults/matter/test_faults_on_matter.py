"""Every fault, while each thing is done to a slot, on the real delays."""

from collections.abc import Iterator
from functools import cache

import pytest

from simulators.matter import CHIP
from tests.engine.faults.matter.cases import FAULTS, MORE, NO_FAULT
from tests.harness.doc_tables import (
    assert_documented,
    read_table,
    render_table,
    writes_documents,
)
from tests.harness.faults.fault_scenario import UserChange, table_row
from tests.harness.faults.matter.scenario import Fault, run_scenario
from tests.harness.faults.site_scenario import assert_expectations
from tests.harness.sampling import FULL, PATIENCE, full_only, sample_share

pytestmark = pytest.mark.xdist_group("faults/matter")

PAGE, TABLE = "reliability.md", "faults-matter"
HEAD = ("fault", "status", "while", "what the sensor shows", "told", "a / w / c")

type Cells = tuple[str, str, str]

ALL = [(fault, change) for fault in FAULTS for change in fault.changes]
"""Those that are documented."""
MORE_OF_ALL = [(fault, change) for fault in MORE for change in fault.changes if FULL]
CASES = [
    pytest.param(fault, change, id=f"{fault.name}-{fault.said}-{change}")
    for fault, change in (*sample_share(ALL, 0.6), *MORE_OF_ALL)
]

played = cache(run_scenario)


@pytest.mark.parametrize(("fault", "change"), CASES)
def test_fault_never_shows_a_false_in_sync_within_its_radio_budget(
    fault: Fault, change: UserChange
) -> None:
    run = played(fault, change)
    assert_expectations(fault, change, run, played(NO_FAULT, change))
    if fault in FAULTS and not writes_documents():
        assert table_row(run) == _documented()[fault.name, fault.said, change]


@full_only
@pytest.mark.parametrize(("fault", "change"), CASES)
def test_the_wording_of_the_other_server_makes_no_difference(
    fault: Fault, change: UserChange
) -> None:
    assert run_scenario(fault, change, CHIP) == played(fault, change)


@pytest.mark.timeout(PATIENCE)
def test_the_documentation_has_a_row_of_each_fault() -> None:
    """Each run is compared with its row where it is played."""
    if FULL or writes_documents():
        assert_documented(PAGE, TABLE, render_table(HEAD, _rows()))
    documented = {(fault.name, fault.said, change) for fault, change in ALL}
    assert _documented().keys() == documented


@cache
def _documented() -> dict[tuple[str, str, str], Cells]:
    """Return what is documented of each run."""
    rows: dict[tuple[str, str, str], Cells] = {}
    for name, said, change, *shown in read_table(PAGE, TABLE):
        moments, reported, radio = shown
        for status in said.split(", "):
            rows[name, status.strip("–"), change] = (moments, reported, radio)
    return rows


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each fault and thing done; statuses that do the same are merged."""
    alike: dict[tuple[str, UserChange, Cells], list[str]] = {}
    for fault, change in ALL:
        row = (fault.name, change, table_row(played(fault, change)))
        alike.setdefault(row, []).append(fault.said)
    for (name, change, shown), said in alike.items():
        yield (name, ", ".join(filter(None, said)) or "–", change.value, *shown)
