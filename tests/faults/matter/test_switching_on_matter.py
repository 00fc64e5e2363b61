"""Every fault while a code is switched off and on: off is said of no code that opens."""

from collections.abc import Iterator
from functools import cache

import pytest

from simulators.matter import CHIP
from tests.effort import FULL, PATIENCE, full_only, share
from tests.faults.scene import FIRST_PIN, Doing
from tests.faults.stage import (
    AWAY,
    OTHER,
    OTHER_PIN,
    STRANGER,
    STRANGERS_PIN,
    UNPROVEN,
    Run,
    cells,
)
from tests.tables import assert_documented, documented, rendered, writes_documents

from .scene import Fault, play
from .strikes import FOREIGN_PIN
from .switching_cases import FAULTS, NO_FAULT

pytestmark = pytest.mark.xdist_group("faults/matter/switching")

PAGE, TABLE = "reliability.md", "faults-matter-switching"
HEAD = (
    *("fault", "status", "while", "what the sensor shows"),
    *("told", "a / w / c", "afterwards"),
)

type Cells = tuple[str, ...]

ALL = [(fault, doing) for fault in FAULTS for doing in fault.doings]
CASES = [
    pytest.param(fault, doing, id=f"{fault.name}-{fault.said}-{doing}")
    for fault, doing in share(ALL, 0.6)
]

played = cache(play)


@pytest.mark.parametrize(("fault", "doing"), CASES)
def test_what_is_shown_is_true_and_what_is_not_proven_is_cleared(
    fault: Fault, doing: Doing
) -> None:
    run = played(fault, doing)
    well = played(NO_FAULT, doing)

    assert run.lies == ()
    assert run.leaks == ()
    assert sum(run.commands) <= fault.at_most
    _assert_the_end_is_right(fault, doing, run)

    assert run.other_shown == ("in_sync",)
    assert run.left[OTHER] == OTHER_PIN
    assert fault.resets or set(run.other_commands) <= {"other ask"}
    assert run.other_commands["other ask"] <= fault.others
    assert fault.resets or run.left[STRANGER] == STRANGERS_PIN
    assert FIRST_PIN not in run.left.values()

    if not fault.closes:
        assert run.back_told == ()
        assert run.back_left == well.back_left
        assert run.back_shown == well.back_shown

    if not writes_documents():
        assert _cells(run) == _documented()[fault.name, fault.said, doing]


def _assert_the_end_is_right(fault: Fault, doing: Doing, run: Run) -> None:
    _, shown = run.shown[-1]
    end = fault.end(doing)
    if end == UNPROVEN:
        assert shown not in ("in_sync", "gone")
        assert doing is not Doing.CLOSE or "repair revocation_pending" in run.told
        return
    assert shown == end
    if doing in AWAY:
        assert run.held in (None, FOREIGN_PIN)
    elif end == "in_sync":
        assert run.held == FIRST_PIN


def test_without_a_fault_nothing_is_cleared_and_nothing_written_anew() -> None:
    assert played(NO_FAULT, Doing.CLOSE).commands == (3, 1, 0)
    assert played(NO_FAULT, Doing.CLOSE).kept
    assert played(NO_FAULT, Doing.OPEN).commands == (3, 1, 0)
    assert played(NO_FAULT, Doing.OFF).commands == (0, 0, 0)


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
    return {
        (name, status.strip("–"), doing): tuple(shown)
        for name, said, doing, *shown in documented(PAGE, TABLE)
        for status in said.split(", ")
    }


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each fault and thing done; statuses that do the same are merged."""
    alike: dict[tuple[str, Doing, Cells], list[str]] = {}
    for fault, doing in ALL:
        row = (fault.name, doing, _cells(played(fault, doing)))
        alike.setdefault(row, []).append(fault.said)
    for (name, doing, found), said in alike.items():
        yield (name, ", ".join(filter(None, said)) or "–", doing.value, *found)


def _cells(run: Run) -> Cells:
    return (*cells(run), _afterwards(run))


def _afterwards(run: Run) -> str:
    if run.held == FIRST_PIN:
        return "on"
    if run.held is not None:
        return "theirs"
    return "kept, off" if run.kept else "cleared"
