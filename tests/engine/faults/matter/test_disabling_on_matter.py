"""Every fault while a code is switched off and on: off is said of no code that opens."""

from collections.abc import Iterator
from functools import cache

import pytest

from simulators.matter import CHIP
from tests.engine.faults.matter.disabling_cases import FAULTS, NO_FAULT
from tests.harness.doc_tables import (
    assert_documented,
    read_table,
    render_table,
    writes_documents,
)
from tests.harness.faults.fault_scenario import (
    FIRST_PIN,
    OTHER,
    OTHER_PIN,
    UserChange,
    table_row,
)
from tests.harness.faults.matter.fault_injectors import EXTERNAL_PIN
from tests.harness.faults.matter.scenario import Fault, run_scenario
from tests.harness.faults.site_scenario import (
    AWAY,
    UNMANAGED_PIN,
    UNMANAGED_SLOT,
    UNPROVEN,
    Outcome,
)
from tests.harness.sampling import FULL, PATIENCE, full_only, sample_share

pytestmark = pytest.mark.xdist_group("faults/matter/switching")

PAGE, TABLE = "reliability.md", "faults-matter-switching"
HEAD = (
    *("fault", "status", "while", "what the sensor shows"),
    *("told", "a / w / c", "afterwards"),
)

type Cells = tuple[str, ...]

ALL = [(fault, change) for fault in FAULTS for change in fault.changes]
CASES = [
    pytest.param(fault, change, id=f"{fault.name}-{fault.said}-{change}")
    for fault, change in sample_share(ALL, 0.6)
]

played = cache(run_scenario)


@pytest.mark.parametrize(("fault", "change"), CASES)
def test_what_is_shown_is_true_and_what_is_not_proven_is_cleared(
    fault: Fault, change: UserChange
) -> None:
    run = played(fault, change)
    well = played(NO_FAULT, change)

    assert run.false_claims == ()
    assert run.leaks == ()
    assert sum(run.commands) <= fault.at_most
    _assert_the_end_is_right(fault, change, run)

    assert run.other_shown == ("in_sync",)
    assert run.left[OTHER] == OTHER_PIN
    assert fault.resets or set(run.other_commands) <= {"other ask"}
    assert run.other_commands["other ask"] <= fault.others
    assert fault.resets or run.left[UNMANAGED_SLOT] == UNMANAGED_PIN
    assert FIRST_PIN not in run.left.values()

    if not fault.closes:
        assert run.back_reported == ()
        assert run.back_left == well.back_left
        assert run.back_shown == well.back_shown

    if not writes_documents():
        assert _cells(run) == _documented()[fault.name, fault.said, change]


def _assert_the_end_is_right(fault: Fault, change: UserChange, run: Outcome) -> None:
    _, shown = run.shown[-1]
    end = fault.end(change)
    if end == UNPROVEN:
        assert shown not in ("in_sync", "gone")
        assert (
            change is not UserChange.CLOSE
            or "repair revocation_pending" in run.reported
        )
        return
    assert shown == end
    if change in AWAY:
        assert run.held in (None, EXTERNAL_PIN)
    elif end == "in_sync":
        assert run.held == FIRST_PIN


def test_without_a_fault_nothing_is_cleared_and_nothing_written_anew() -> None:
    assert played(NO_FAULT, UserChange.CLOSE).commands == (3, 1, 0)
    assert played(NO_FAULT, UserChange.CLOSE).kept
    assert played(NO_FAULT, UserChange.OPEN).commands == (3, 1, 0)
    assert played(NO_FAULT, UserChange.OFF).commands == (0, 0, 0)


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
    return {
        (name, status.strip("–"), change): tuple(shown)
        for name, said, change, *shown in read_table(PAGE, TABLE)
        for status in said.split(", ")
    }


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each fault and thing done; statuses that do the same are merged."""
    alike: dict[tuple[str, UserChange, Cells], list[str]] = {}
    for fault, change in ALL:
        row = (fault.name, change, _cells(played(fault, change)))
        alike.setdefault(row, []).append(fault.said)
    for (name, change, found), said in alike.items():
        yield (name, ", ".join(filter(None, said)) or "–", change.value, *found)


def _cells(run: Outcome) -> Cells:
    return (*table_row(run), _afterwards(run))


def _afterwards(run: Outcome) -> str:
    if run.held == FIRST_PIN:
        return "on"
    if run.held is not None:
        return "theirs"
    return "kept, off" if run.kept else "cleared"
