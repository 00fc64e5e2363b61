"""Every fault, on every kind of lock, while each thing is done to a slot, on the real delays."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.engine.faults.zigbee2mqtt.cases import FAULTS, NO_FAULT
from tests.harness.doc_tables import (
    assert_documented,
    read_table,
    render_table,
    writes_documents,
)
from tests.harness.faults.fault_scenario import OTHER, OTHER_PIN, UserChange, table_row
from tests.harness.faults.site_scenario import (
    UNMANAGED_PIN,
    UNMANAGED_SLOT,
    Outcome,
    assert_end_state,
)
from tests.harness.faults.zigbee2mqtt.fault import Fault, Kind
from tests.harness.faults.zigbee2mqtt.scenario import run_scenario
from tests.harness.sampling import FULL, sample

PAGE, TABLE = "locks/zigbee.md", "faults-zigbee2mqtt"
HEAD = ("what happens", "while", "lock", "what the sensor shows", "told", "q / w / c")
EVERY = "every"
SAMPLED = 40

type Case = tuple[Fault, UserChange, Kind]
type Cells = tuple[str, str, str]

ALL: list[Case] = [
    (fault, change, kind)
    for fault in FAULTS
    for change in fault.changes
    for kind in fault.kinds
]
CASES = [
    pytest.param(
        fault,
        change,
        kind,
        id=f"{fault.name}-{change}-{kind}",
        marks=pytest.mark.xdist_group(f"faults/zigbee2mqtt/{kind if FULL else ''}"),
    )
    for fault, change, kind in sample(ALL, SAMPLED)
]

played = cache(run_scenario)


@pytest.mark.parametrize(("fault", "change", "kind"), CASES)
def test_the_truth_is_shown_the_lock_spared_and_nothing_else_touched(
    fault: Fault, change: UserChange, kind: Kind
) -> None:
    """Other rules than elsewhere: not every lock shows what it holds, none tells a duplicate.

    And what a bridge goes through, both of its locks do.
    """
    run = played(fault, change, kind)
    # what a lock that shows no codes holds in secret, no read of it can tell
    is_seen = kind.shows_codes or not fault.hidden

    assert run.false_claims == () or not is_seen
    assert run.leaks == ()
    assert sum(run.commands) <= fault.allowed(fault.at_most, kind)
    assert_end_state(fault.on(kind), change, run, is_seen=is_seen)

    assert run.other_shown == ("in_sync",)
    assert run.left[OTHER] == OTHER_PIN
    assert run.left[UNMANAGED_SLOT] == UNMANAGED_PIN
    assert set(run.other_commands) <= {"other ask"}
    assert run.other_commands["other ask"] <= fault.allowed(fault.others, kind)
    _assert_the_other_lock_is_well(fault, change, kind, run)

    assert (
        writes_documents() or table_row(run) == _documented()[fault.name, change, kind]
    )


def _assert_the_other_lock_is_well(
    fault: Fault, change: UserChange, kind: Kind, run: Outcome
) -> None:
    well = played(NO_FAULT, change, kind)
    if fault.moves_away:
        return
    assert run.back_left == well.back_left
    if fault.closes:
        for name, shown in well.back_shown.items():
            assert run.back_shown[name][-1] == shown[-1]
        assert set(run.back_commands) <= {*well.back_commands, "ask", "other ask"}
        return
    assert run.back_reported == ()
    assert run.back_shown == well.back_shown
    extra = run.back_commands - well.back_commands
    elsewhere = fault.allowed(fault.elsewhere, kind)
    assert set(extra) <= {"ask", "other ask"}
    assert max(extra.values(), default=0) <= elsewhere


def test_what_is_shown_is_what_the_documentation_says() -> None:
    """Each run is compared with its row where it is played."""
    if writes_documents():
        assert_documented(PAGE, TABLE, render_table(HEAD, _rows()))
    assert _documented().keys() == {(f.name, change, kind) for f, change, kind in ALL}


@cache
def _documented() -> dict[tuple[str, str, str], Cells]:
    rows: dict[tuple[str, str, str], Cells] = {}
    for name, change, kinds, *shown in read_table(PAGE, TABLE):
        fault = next(fault for fault in FAULTS if fault.name == name)
        moments, reported, sent = shown
        for kind in fault.kinds if kinds == EVERY else kinds.split(", "):
            rows[name, change, kind] = (moments, reported, sent)
    return rows


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each fault and thing done; kinds of lock that do the same are merged."""
    for fault in FAULTS:
        for change in fault.changes:
            alike: dict[Cells, list[str]] = {}
            for kind in fault.kinds:
                row = table_row(played(fault, change, kind))
                alike.setdefault(row, []).append(kind)
            for row, kinds in alike.items():
                named = EVERY if len(kinds) == len(fault.kinds) else ", ".join(kinds)
                yield (fault.name, change.value, named, *row)
