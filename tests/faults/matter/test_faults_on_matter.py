"""Every fault, while each thing is done to a slot, on the real delays."""

from collections.abc import Iterator
from functools import cache

import pytest

from simulators.matter import CHIP
from tests.effort import FULL
from tests.faults.scene import FIRST_PIN, SECOND_PIN, Doing
from tests.tables import assert_documented, rendered

from .cases import FAULTS, MORE, NO_FAULT
from .scene import (
    OTHER,
    OTHER_PIN,
    STRANGER,
    STRANGERS_PIN,
    UNPROVEN,
    Fault,
    Run,
    play,
)

pytestmark = pytest.mark.xdist_group("faults/matter")

CASES = [
    pytest.param(fault, doing, id=f"{fault.name}-{fault.said}-{doing}")
    for fault in (*FAULTS, *(MORE if FULL else ()))
    for doing in fault.doings
]
MOMENTS = 8
"""States that a row shows; what follows repeats them with longer waits."""

played = cache(play)


@pytest.mark.parametrize(("fault", "doing"), CASES)
def test_the_truth_is_shown_the_radio_spared_and_nothing_else_touched(
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
    assert not {FIRST_PIN, SECOND_PIN} & set(run.left.values()) or "duplicate" in (
        fault.end(doing)
    )

    assert run.back_left == well.back_left
    if not fault.closes:
        assert run.back_shown == well.back_shown
        extra = run.back_commands - well.back_commands
        assert set(extra) <= {"ask", "other ask"}
        assert all(count <= fault.elsewhere for count in extra.values())


def _assert_the_end_is_right(fault: Fault, doing: Doing, run: Run) -> None:
    _, shown = run.shown[-1]
    end = fault.end(doing)
    if end == UNPROVEN:
        assert shown not in ("in_sync", "gone")
        assert doing is not Doing.CLEAR or "repair revocation_pending" in run.told
        return
    assert shown == end
    if end == "gone":
        assert run.held is None
    elif end == "in_sync":
        assert run.held == (SECOND_PIN if doing is Doing.CHANGE else FIRST_PIN)


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
    for (name, doing, found), said in alike.items():
        yield (name, ", ".join(filter(None, said)) or "–", doing.value, *found)


def cells(run: Run) -> tuple[str, str, str]:
    """Return what a table shows of a run."""
    moments = [f"{second} s {shown}" for second, shown in run.shown]
    if len(moments) > MOMENTS:
        moments = [*moments[: MOMENTS - 1], "and so on"]
    return (
        ", ".join(moments).replace("_", " "),
        ", ".join(run.told).replace("_", " ") or "–",
        " / ".join(map(str, run.commands)),
    )
