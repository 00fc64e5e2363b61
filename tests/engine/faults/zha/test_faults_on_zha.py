"""Every fault, while each thing is done to a slot, on the real delays of all libraries."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from tests.engine.faults.zha.cases import FAULTS, NO_FAULT, REVOKED
from tests.harness.doc_tables import (
    assert_documented,
    read_rows,
    render_table,
    writes_documents,
)
from tests.harness.faults.fault_scenario import UserChange, table_row
from tests.harness.faults.site_scenario import Outcome, assert_expectations
from tests.harness.faults.zha.scenario import Fault, Kind, run_scenario
from tests.harness.sampling import FULL, PATIENCE, full_only, sample

pytestmark = pytest.mark.xdist_group("faults/zha")

PAGE, TABLE = "locks/zigbee.md", "faults-zha"
HEAD = ("fault", "while", "codes are", "what the sensor shows", "told", "a / w / c")
IN_TABLE = {Kind.SHOWS: "shown", Kind.FF: "masked"}
"""The other ways to mask show and tell the same; one of them costs more questions."""
ANY = "any"
type Case = tuple[Fault, UserChange, Kind]

played = cache(run_scenario)


def cases(kind: Kind) -> list[Case]:
    """Return every fault of a kind of lock while each thing is done."""
    return [
        (fault, change, kind)
        for fault in FAULTS
        if kind in fault.kinds
        for change in fault.changes
    ]


def sampled() -> list[Case]:
    """Return each kind's part of what there is: the most of those that show codes."""
    sizes = {Kind.SHOWS: 44, Kind.FF: 8, Kind.EMPTY: 3, Kind.REFUSES: 3}
    return [case for kind, size in sizes.items() for case in sample(cases(kind), size)]


TRIED = [case for kind in Kind for case in cases(kind)] if FULL else sampled()


ALIKE = [case for case in TRIED if case[2] not in IN_TABLE and Kind.FF in case[0].kinds]


def each(of: list[Case]) -> pytest.MarkDecorator:
    """Try each of these cases."""
    named = [
        pytest.param(*case, id=f"{case[0].name}-{case[1]}-{case[2]}") for case in of
    ]
    return pytest.mark.parametrize(("fault", "change", "kind"), named)


@each(TRIED)
def test_fault_never_shows_a_false_in_sync_within_its_radio_budget(
    fault: Fault, change: UserChange, kind: Kind
) -> None:
    run = played(fault, change, kind)
    if kind is Kind.REFUSES:
        # each look at a slot is two questions, of which the first is refused
        fault = replace(fault, at_most=2 * fault.at_most)
    well = played(REVOKED if fault.revoked else NO_FAULT, change, kind)
    assert_expectations(fault, change, run, well)
    if kind in IN_TABLE and not writes_documents():
        rows = _documented()
        row = fault.name, change.value
        assert table_row(run) == (rows.get((*row, ANY)) or rows[*row, IN_TABLE[kind]])


@each(ALIKE)
def test_all_ways_to_mask_a_code_are_one_to_who_looks_at_the_sensor(
    fault: Fault, change: UserChange, kind: Kind
) -> None:
    run, alike = played(fault, change, kind), played(fault, change, Kind.FF)
    # a second question may be a second later, and show what was over by then
    assert _states(run)[-1] == _states(alike)[-1]
    assert run.reported == alike.reported


@full_only
@pytest.mark.timeout(PATIENCE)
def test_the_documentation_says_it_of_every_fault() -> None:
    assert_documented(PAGE, TABLE, render_table(HEAD, _rows()))


@cache
def _documented() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return what is documented of each run."""
    return {row[:3]: row[3:] for row in read_rows(PAGE, TABLE)}


def _states(run: Outcome) -> list[str]:
    return [shown for _, shown in run.shown]


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each fault and thing done, two where it is not the same if masked."""
    for fault in FAULTS:
        for change in fault.changes:
            reported = {
                word: _cells(fault, change, kind)
                for kind, word in IN_TABLE.items()
                if kind in fault.kinds
            }
            if len(reported) > 1 and len(set(reported.values())) == 1:
                reported = {ANY: next(iter(reported.values()))}
            for word, each in reported.items():
                yield (fault.name, change.value, word, *each)


def _cells(fault: Fault, change: UserChange, kind: Kind) -> tuple[str, str, str]:
    return table_row(played(fault, change, kind))
