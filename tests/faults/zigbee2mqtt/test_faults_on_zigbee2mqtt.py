"""Every fault, on every kind of lock, while each thing is done to a slot, on the real delays."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.effort import FULL, every
from tests.faults.scene import Doing
from tests.faults.stage import (
    OTHER,
    OTHER_PIN,
    STRANGER,
    STRANGERS_PIN,
    Run,
    assert_the_end_is_right,
    cells,
)
from tests.tables import assert_documented, documented, rendered, writes_documents

from .cases import FAULTS, NO_FAULT
from .fault import Fault, Kind
from .scene import play

PAGE, TABLE = "locks/zigbee.md", "faults-zigbee2mqtt"
HEAD = ("what happens", "while", "lock", "what the sensor shows", "told", "q / w / c")
EVERY = "every"
SAMPLED = 40

type Case = tuple[Fault, Doing, Kind]
type Cells = tuple[str, str, str]

ALL: list[Case] = [
    (fault, doing, kind)
    for fault in FAULTS
    for doing in fault.doings
    for kind in fault.kinds
]
CASES = [
    pytest.param(
        fault,
        doing,
        kind,
        id=f"{fault.name}-{doing}-{kind}",
        marks=pytest.mark.xdist_group(f"faults/zigbee2mqtt/{kind if FULL else ''}"),
    )
    for fault, doing, kind in every(ALL, SAMPLED)
]

played = cache(play)


@pytest.mark.parametrize(("fault", "doing", "kind"), CASES)
def test_the_truth_is_shown_the_lock_spared_and_nothing_else_touched(
    fault: Fault, doing: Doing, kind: Kind
) -> None:
    """Other rules than elsewhere: not every lock shows what it holds, none tells a duplicate.

    And what a bridge goes through, both of its locks do.
    """
    run = played(fault, doing, kind)
    # what a lock that shows no codes holds in secret, no read of it can tell
    is_seen = kind.shows_codes or not fault.hidden

    assert run.lies == () or not is_seen
    assert run.leaks == ()
    assert sum(run.commands) <= fault.allowed(fault.at_most, kind)
    assert_the_end_is_right(fault, doing, run, is_seen=is_seen)

    assert run.other_shown == ("in_sync",)
    assert run.left[OTHER] == OTHER_PIN
    assert run.left[STRANGER] == STRANGERS_PIN
    assert set(run.other_commands) <= {"other ask"}
    assert run.other_commands["other ask"] <= fault.allowed(fault.others, kind)
    _assert_the_other_lock_is_well(fault, doing, kind, run)

    assert writes_documents() or cells(run) == _documented()[fault.name, doing, kind]


def _assert_the_other_lock_is_well(
    fault: Fault, doing: Doing, kind: Kind, run: Run
) -> None:
    well = played(NO_FAULT, doing, kind)
    if fault.moves_away:
        return
    assert run.back_left == well.back_left
    if fault.closes:
        for name, shown in well.back_shown.items():
            assert run.back_shown[name][-1] == shown[-1]
        assert set(run.back_commands) <= {*well.back_commands, "ask", "other ask"}
        return
    assert run.back_told == ()
    assert run.back_shown == well.back_shown
    extra = run.back_commands - well.back_commands
    elsewhere = fault.allowed(fault.elsewhere, kind)
    assert set(extra) <= {"ask", "other ask"}
    assert max(extra.values(), default=0) <= elsewhere


def test_what_is_shown_is_what_the_documentation_says() -> None:
    """Each run is compared with its row where it is played."""
    if writes_documents():
        assert_documented(PAGE, TABLE, rendered(HEAD, _rows()))
    assert _documented().keys() == {(f.name, doing, kind) for f, doing, kind in ALL}


@cache
def _documented() -> dict[tuple[str, str, str], Cells]:
    rows: dict[tuple[str, str, str], Cells] = {}
    for name, doing, kinds, *shown in documented(PAGE, TABLE):
        fault = next(fault for fault in FAULTS if fault.name == name)
        moments, told, sent = shown
        for kind in fault.kinds if kinds == EVERY else kinds.split(", "):
            rows[name, doing, kind] = (moments, told, sent)
    return rows


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each fault and thing done; kinds of lock that do the same are merged."""
    for fault in FAULTS:
        for doing in fault.doings:
            alike: dict[Cells, list[str]] = {}
            for kind in fault.kinds:
                row = cells(played(fault, doing, kind))
                alike.setdefault(row, []).append(kind)
            for row, kinds in alike.items():
                named = EVERY if len(kinds) == len(fault.kinds) else ", ".join(kinds)
                yield (fault.name, doing.value, named, *row)
